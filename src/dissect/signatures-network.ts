import { ANSWERS, ASKS, berAt, hasBytes, hasText, NO, range, type Signature, YES } from "./family.ts";
import { sunRpc } from "./sun-rpc.ts";

const RADIUS = [1645, 1646, 1812, 1813, 3799];
const NETFLOW = [2055, 9995, 9996];

/** Services that keep a network going: addresses, time, names, sign-on, management. */
export const NETWORK_DATAGRAMS: readonly Signature[] = [
  {
    // RFC 8415 §8 and §9, IANA "DHCPv6 Message Types": options fill the message.
    word: "dhcpv6",
    isOnlyOnPorts: true,
    first: range(1, 36),
    ports: [546, 547],
    test(s) {
      const type = s.bytes[s.start];
      if (type < 1 || type > 36 || !(s.isOnPort(546) || s.isOnPort(547))) return NO;
      let at = s.start + (type === 12 || type === 13 ? 34 : 4);
      if (at > s.end) return NO;
      while (at + 4 <= s.end) at += 4 + s.bytes.readUInt16BE(at + 2);
      return at === s.end || s.isCut ? ([2, 7, 10, 13, 15, 17].includes(type) ? ANSWERS : ASKS) : NO;
    },
  },
  {
    // RFC 5905 §7.3, and modes 6 and 7 (RFC 9327) on its port alone.
    word: "ntp",
    isOnlyOnPorts: true,
    first: range(0x08, 0xe7),
    ports: [123],
    test(s) {
      const mode = s.bytes[s.start] & 7;
      const version = (s.bytes[s.start] >>> 3) & 7;
      if (version < 1 || version > 4 || !s.isOnPort(123)) return NO;
      if (mode === 6 || mode === 7) return s.length >= 8 ? YES : NO;
      if (mode === 0 || s.length < 48 || s.bytes[s.start + 1] > 16) return NO;
      return mode === 3 ? ASKS : mode === 4 ? ANSWERS : YES;
    },
  },
  {
    // RFC 1157 §4, RFC 3416 §3, RFC 3412 §6: a sequence as long as the datagram, a version, a community or header.
    word: "snmp",
    ports: [161, 162],
    first: [0x30],
    test(s) {
      const outer = berAt(s, 0);
      // On its ports a length that is not quite right is an agent's mistake, not another protocol.
      const isOnPort = s.isOnPort(161) || s.isOnPort(162);
      if (outer === undefined || (outer.content + outer.length !== s.length && !s.isCut && !isOnPort)) return NO;
      if (!hasBytes(s, outer.content, 2, 1) || s.start + outer.content + 4 > s.end) return NO;
      const version = s.bytes[s.start + outer.content + 2];
      const next = s.bytes[s.start + outer.content + 3];
      if (version === 3) return next === 0x30 ? YES : NO;
      const community = berAt(s, outer.content + 3);
      if (version > 1 || next !== 4 || community === undefined) return NO;
      if (isOnPort && community.length < s.length && community.content + community.length > s.length) return NO;
      const type = s.start + community.content + community.length;
      return type < s.end && s.bytes[type] >= 0xa0 && s.bytes[type] <= 0xa8 ? (s.bytes[type] === 0xa2 ? ANSWERS : ASKS) : NO;
    },
  },
  {
    // UPnP Device Architecture 2.0 §1.
    word: "ssdp",
    ports: [1900],
    first: [0x4d, 0x4e, 0x48],
    test(s) {
      if (hasText(s, 0, "M-SEARCH * HTTP/1.1")) return ASKS;
      if (hasText(s, 0, "NOTIFY * HTTP/1.1")) return YES;
      return hasText(s, 0, "HTTP/1.1 200 OK") ? ANSWERS : NO;
    },
  },
  {
    // Connectionless LDAP (MS-ADTS §3.1.1.2.3.1): an LDAP message that fills the datagram.
    word: "ldap",
    ports: [389],
    first: [0x30],
    test(s) {
      const outer = berAt(s, 0);
      if (outer === undefined || (outer.content + outer.length !== s.length && !s.isCut) || !hasBytes(s, outer.content, 2)) return NO;
      const id = berAt(s, outer.content);
      if (id === undefined || id.length < 1 || id.length > 4) return NO;
      const operation = s.start + id.content + id.length;
      if (operation >= s.end || !s.isOnPort(389)) return NO;
      return s.bytes[operation] === 0x63 ? ASKS : s.bytes[operation] === 0x64 || s.bytes[operation] === 0x65 ? ANSWERS : NO;
    },
  },
  {
    // RFC 1002 §4.4.1.
    word: "netbios-ds",
    isOnlyOnPorts: true,
    ports: [138],
    first: [0x10, 0x11, 0x12],
    test: (s) => (s.isOnPort(138) && s.length >= 82 && s.bytes[s.start + 1] <= 0x0f && s.bytes[s.start + 14] === 0x20 ? YES : NO),
  },
  {
    // RFC 2865 §3, §5: attributes fill the packet.
    word: "radius",
    first: range(1, 45),
    ports: RADIUS,
    test(s) {
      const code = s.bytes[s.start];
      if (code < 1 || (code > 5 && code !== 11 && code !== 12 && code !== 13 && (code < 40 || code > 45)) || s.length < 20) return NO;
      const length = s.bytes.readUInt16BE(s.start + 2);
      if (length < 20 || length > 4096 || length > s.length + (s.isCut ? 4096 : 0)) return NO;
      const stop = s.start + length;
      let at = s.start + 20;
      while (at + 2 <= Math.min(stop, s.end) && s.bytes[at + 1] >= 2) at += s.bytes[at + 1];
      // On its ports the length alone must fit: attributes may be broken, and it is RADIUS all the same.
      const isOnPort = RADIUS.some((port) => s.isOnPort(port));
      if (at !== stop && !s.isCut && !(isOnPort && length <= s.length)) return NO;
      if (length === 20 && !isOnPort) return NO;
      return code === 1 || code === 4 || code === 40 || code === 43 ? ASKS : ANSWERS;
    },
  },
  {
    // RFC 1350 §5, RFC 2347: a name and a mode, both ended by zero.
    word: "tftp",
    ports: [69],
    first: [0],
    test(s) {
      if (s.bytes[s.start + 1] !== 1 && s.bytes[s.start + 1] !== 2) return NO;
      let at = s.start + 2;
      while (at < s.end && s.bytes[at] >= 0x20 && s.bytes[at] < 0x7f) at += 1;
      if (at === s.start + 2 || at >= s.end || s.bytes[at] !== 0) return NO;
      const mode = s.bytes.toString("latin1", at + 1, Math.min(s.end, at + 10)).toLowerCase();
      return mode.startsWith("octet\0") || mode.startsWith("netascii\0".slice(0, 9)) ? ASKS : NO;
    },
  },
  {
    // RFC 7252 §3, on its port: version 1, a token that fits, a code that there is.
    word: "coap",
    isOnlyOnPorts: true,
    first: range(0x40, 0x7f),
    ports: [5683],
    test(s) {
      const [head, code] = [s.bytes[s.start], s.bytes[s.start + 1]];
      if (s.length < 4 || head >>> 6 !== 1 || (head & 15) > 8 || s.length < 4 + (head & 15) || !s.isOnPort(5683)) return NO;
      if (code === 0) return s.length === 4 ? YES : NO;
      const detail = code & 31;
      if (code >>> 5 === 0) return detail <= 7 ? ASKS : NO;
      return [2, 4, 5].includes(code >>> 5) && detail <= 31 ? ANSWERS : NO;
    },
  },
  {
    // NetFlow v1, v5, v7 and v9 (RFC 3954 §5.1), IPFIX (RFC 7011 §3.1): lengths and times that agree.
    word: "netflow",
    ports: NETFLOW,
    first: [0],
    test(s) {
      if (s.length < 20) return NO;
      const version = s.bytes.readUInt16BE(s.start);
      const count = s.bytes.readUInt16BE(s.start + 2);
      if (version === 5) return count > 0 && count <= 30 && s.length === 24 + count * 48 ? ASKS : NO;
      if (version === 7)
        return count > 0 && count <= 28 && (s.length === 24 + count * 52 || NETFLOW.some((port) => s.isOnPort(port))) ? ASKS : NO;
      if (version === 1) return count > 0 && count <= 24 && s.length === 16 + count * 52 ? ASKS : NO;
      if (version !== 9 || count === 0 || count > 400 || s.length < 28) return NO;
      const set = s.bytes.readUInt16BE(s.start + 20);
      const length = s.bytes.readUInt16BE(s.start + 22);
      return (set < 2 || set > 255) && length >= 8 && 20 + length <= s.length ? ASKS : NO;
    },
  },
  {
    word: "ipfix",
    ports: [4739],
    first: [0],
    test(s) {
      if (s.length < 24 || s.bytes.readUInt16BE(s.start) !== 10 || s.bytes.readUInt16BE(s.start + 2) !== s.length) return NO;
      const set = s.bytes.readUInt16BE(s.start + 16);
      const length = s.bytes.readUInt16BE(s.start + 18);
      return (set === 2 || set === 3 || set > 255) && length >= 4 && 16 + length <= s.length ? ASKS : NO;
    },
  },
  {
    // sFlow version 5, datagram header: version, address kind, a few samples of known kinds.
    word: "sflow",
    ports: [6343],
    first: [0],
    test(s) {
      if (s.length < 28 || s.bytes.readUInt32BE(s.start) !== 5) return NO;
      const kind = s.bytes.readUInt32BE(s.start + 4);
      if (kind !== 1 && kind !== 2) return NO;
      const samples = s.start + (kind === 1 ? 24 : 36);
      if (samples + 4 > s.end) return NO;
      const count = s.bytes.readUInt32BE(samples);
      if (count === 0) return s.isOnPort(6343) && samples + 4 === s.end ? ASKS : NO;
      return count > 0 && count < 200 && samples + 8 <= s.end && s.bytes.readUInt32BE(samples + 4) <= 5 ? ASKS : NO;
    },
  },
  {
    // RFC 5531 §9: a call of version 2, or a reply, that was accepted or denied; program 100003 is NFS (RFC 7530).
    word: "nfs",
    ports: [2049],
    test: (s) => sunRpc(s, 0, true),
  },
  {
    word: "rpc",
    ports: [111],
    test: (s) => sunRpc(s, 0, false),
  },
  {
    // RFC 2281 §5: version 0, an operation, a state; version 2 in fields of type, length and value.
    word: "hsrp",
    isOnlyOnPorts: true,
    ports: [1985, 2029],
    test(s) {
      if (s.length < 20) return NO;
      if (hasBytes(s, 0, 1, 40)) return YES;
      return s.bytes[s.start] === 0 && s.bytes[s.start + 1] <= 3 && s.bytes[s.start + 2] <= 16 ? YES : NO;
    },
  },
  {
    // MS-RDPEUDP §2.2.2.1: a first packet acknowledges nothing, and has the flag of a beginning.
    word: "rdp",
    isOnlyOnPorts: true,
    ports: [3389],
    first: [0xff],
    test: (s) => (s.length >= 16 && hasBytes(s, 1, 0xff, 0xff, 0xff) && (s.bytes[s.start + 7] & 1) !== 0 ? ASKS : NO),
  },
];
