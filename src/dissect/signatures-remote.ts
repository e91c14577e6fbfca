import { ANSWERS, ASKS, berAt, hasBytes, hasText, MORE, NO, type Signature, YES } from "./family.ts";

const SMB_MAGIC = [0xfe, 0xff, 0xfd, 0xfc];
const KERBEROS_TYPES = [10, 11, 12, 13, 14, 15, 30];
/** Bind, search, modify, add, delete, rename, compare, abandon, extended, and their answers (RFC 4511 §4). */
const LDAP_ASKS = [0x60, 0x42, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77];
const LDAP_ANSWERS = [0x61, 0x64, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, 0x78];

/** Files, desktops, sign-on, routing and tunnels over TCP. */
export const REMOTE_STREAMS: readonly Signature[] = [
  {
    // MS-SMB2 §2.1, RFC 1001 §16: a session message with the magic of SMB 1 to 3; or a NetBIOS session request (RFC 1002 §4.3.2).
    word: "smb",
    ports: [139, 445],
    first: [0, 0x81, 0x82],
    test(s) {
      if (s.bytes[s.start] !== 0) {
        if (!s.isOnPort(139) || s.length < 4 || s.bytes[s.start + 1] > 1) return NO;
        if (s.bytes[s.start] === 0x82) return hasBytes(s, 1, 0, 0, 0) ? ANSWERS : NO;
        return hasBytes(s, 2, 0, 0x44, 0x20) ? ASKS : NO;
      }
      if (s.length < 8) return s.length > 1 && s.bytes[s.start + 1] > 1 ? NO : MORE;
      if (!SMB_MAGIC.includes(s.bytes[s.start + 4]) || !hasText(s, 5, "SMB")) return NO;
      if (s.bytes[s.start + 4] === 0xff) return s.length >= 14 ? ((s.bytes[s.start + 13] & 0x80) !== 0 ? ANSWERS : ASKS) : YES;
      return s.bytes[s.start + 4] === 0xfe && s.length >= 24 ? ((s.bytes[s.start + 20] & 1) !== 0 ? ANSWERS : ASKS) : YES;
    },
  },
  {
    // RFC 4120 §7.2.2: the length, then as over UDP.
    word: "kerberos",
    ports: [88],
    first: [0],
    test(s) {
      if (s.length < 16) return MORE;
      const type = s.bytes[s.start + 4] - 0x60;
      if (s.bytes[s.start + 1] > 1 || !KERBEROS_TYPES.includes(type)) return NO;
      const outer = berAt(s, 4);
      if (outer === undefined || outer.content + outer.length !== 4 + s.bytes.readUInt32BE(s.start) || !hasBytes(s, outer.content, 0x30))
        return NO;
      const inner = berAt(s, outer.content);
      if (inner === undefined || !(hasBytes(s, inner.content, 0xa1, 3, 2, 1, 5) || hasBytes(s, inner.content, 0xa0, 3, 2, 1, 5))) return NO;
      return type === 10 || type === 12 ? ASKS : ANSWERS;
    },
  },
  {
    // RFC 4511 §4.1.1: a sequence, a message number, an operation.
    word: "ldap",
    ports: [389, 3268],
    first: [0x30],
    test(s) {
      if (s.length < 7) return MORE;
      const outer = berAt(s, 0);
      if (outer === undefined || outer.length < 5 || !hasBytes(s, outer.content, 2)) return NO;
      const id = berAt(s, outer.content);
      if (id === undefined || id.length < 1 || id.length > 4) return NO;
      const operation = s.bytes[s.start + id.content + id.length];
      if (s.start + id.content + id.length + 2 >= s.end) return MORE;
      if (LDAP_ASKS.includes(operation))
        return operation !== 0x60 || hasBytes(s, id.content + id.length + 2, 2, 1) ? ASKS : s.isOnPort(389) ? ASKS : NO;
      return LDAP_ANSWERS.includes(operation) && (s.isOnPort(389) || s.isOnPort(3268) || hasBytes(s, id.content + id.length + 2, 0x0a, 1))
        ? ANSWERS
        : NO;
    },
  },
  {
    // T.123 and X.224 as MS-RDPBCGR §2.2.1.1 and §2.2.1.2 use them: a connection request with a cookie or a negotiation, and its confirm.
    word: "rdp",
    ports: [3389],
    first: [3],
    test(s) {
      if (s.length < 11) return hasBytes(s, 1, 0) || s.length === 1 ? MORE : NO;
      const length = s.bytes.readUInt16BE(s.start + 2);
      if (s.bytes[s.start + 1] !== 0 || s.bytes[s.start + 4] !== length - 5) return NO;
      const code = s.bytes[s.start + 5];
      if (code === 0xe0)
        return hasText(s, 11, "Cookie: mstsh") || hasBytes(s, 11, 1, 0, 8, 0) || hasBytes(s, 11, 1, 8, 8, 0) || s.isOnPort(3389)
          ? ASKS
          : NO;
      return code === 0xd0 && (hasBytes(s, 11, 2) || hasBytes(s, 11, 3, 0, 8, 0) || s.isOnPort(3389)) ? ANSWERS : NO;
    },
  },
  {
    // ITU-T S7 over ISO on TCP (RFC 1006): its port, and its identifier after the data header.
    word: "s7comm",
    ports: [102],
    first: [3],
    test: (s) => (s.length >= 9 && hasBytes(s, 4, 2, 0xf0, 0x80, 0x32) ? YES : NO),
  },
  {
    // ITU-T Q.931 in TPKT (H.225.0 §7): the discriminator, a call reference, a message, user-user information.
    word: "h323",
    ports: [1720],
    first: [3],
    test: (s) => (s.length >= 9 && hasBytes(s, 1, 0) && hasBytes(s, 4, 8, 2) && s.bytes.readUInt16BE(s.start + 2) <= 4096 ? YES : NO),
  },
  {
    // RFC 6143 §7.1.1.
    word: "vnc",
    ports: [5900, 5901],
    first: [0x52],
    test: (s) =>
      s.length < 12
        ? hasText(s, 0, "RFB ".slice(0, Math.min(4, s.length)))
          ? MORE
          : NO
        : hasText(s, 0, "RFB 00") && hasBytes(s, 11, 10)
          ? YES
          : NO,
  },
  {
    // RFC 4271 §4.1: the marker.
    word: "bgp",
    ports: [179],
    first: [0xff],
    test(s) {
      for (let n = 0; n < Math.min(16, s.length); n += 1) if (s.bytes[s.start + n] !== 0xff) return NO;
      if (s.length < 19) return MORE;
      return s.bytes[s.start + 18] >= 1 && s.bytes[s.start + 18] <= 5 && s.bytes.readUInt16BE(s.start + 16) >= 19 ? YES : NO;
    },
  },
  {
    // RFC 2637 §2: the magic cookie.
    word: "pptp",
    ports: [1723],
    first: [0],
    test: (s) => (s.length < 8 ? MORE : hasBytes(s, 2, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d) ? YES : NO),
  },
  {
    // OpenVPN over TCP: a length, then a hard reset with a session.
    word: "openvpn",
    ports: [1194],
    first: [0],
    test(s) {
      if (s.length < 16) return MORE;
      const length = s.bytes.readUInt16BE(s.start);
      const opcode = s.bytes[s.start + 2];
      if (length + 2 > s.length || length > 512 || (opcode !== 0x38 && opcode !== 0x40 && opcode !== 0x50)) return NO;
      if (length === 14 && opcode === 0x38 && hasBytes(s, 11, 0, 0, 0, 0, 0)) return ASKS;
      if (length === 26 && opcode === 0x40 && hasBytes(s, 11, 1, 0, 0, 0, 0)) return ANSWERS;
      const hasPacketId = [16, 20, 32, 64].some(
        (hmac) => length >= 22 + hmac && (hasBytes(s, 11 + hmac, 0, 0, 0, 1) || hasBytes(s, 11 + hmac, 0, 0, 0, 2)),
      );
      return hasPacketId || s.isOnPort(1194) ? (opcode === 0x40 ? ANSWERS : ASKS) : NO;
    },
  },
  {
    // C706 §12.6.3: version 5.0 or 5.1, a type, and the fragment's length.
    word: "dcerpc",
    ports: [135],
    first: [5],
    test(s) {
      if (s.length < 16) return MORE;
      const type = s.bytes[s.start + 2];
      if (s.bytes[s.start + 1] > 1 || type > 20 || (s.bytes[s.start + 4] !== 0x10 && s.bytes[s.start + 4] !== 0)) return NO;
      if (!hasBytes(s, 5, 0, 0, 0) || s.bytes.readUInt16LE(s.start + 8) < 16) return NO;
      return type === 11 || type === 0 || type === 14 ? ASKS : type === 12 || type === 13 || type === 2 ? ANSWERS : YES;
    },
  },
  {
    // SCCP: its length, a reserved word, a message it begins with.
    word: "skinny",
    ports: [2000],
    test(s) {
      if (!s.isOnPort(2000) || s.length < 12) return NO;
      return s.bytes.readUInt32LE(s.start) + 8 <= s.length &&
        s.bytes.readUInt32LE(s.start + 4) <= 22 &&
        s.bytes.readUInt32LE(s.start + 8) < 0x0200
        ? YES
        : NO;
    },
  },
  {
    // Modbus Messaging on TCP/IP §3.1.3, on its port: protocol 0, a length that fits, a function.
    word: "modbus",
    ports: [502],
    test(s) {
      if (!s.isOnPort(502) || s.length < 8 || !hasBytes(s, 2, 0, 0)) return NO;
      const length = s.bytes.readUInt16BE(s.start + 4);
      return length >= 2 && length <= 254 && (s.bytes[s.start + 7] & 0x7f) > 0 ? YES : NO;
    },
  },
  {
    // IEEE 1815 §9.2: the two start bytes, on its port.
    word: "dnp3",
    ports: [20000],
    first: [5],
    test: (s) => (hasBytes(s, 1, 0x64) && s.length >= 10 && s.bytes[s.start + 2] >= 5 && s.isOnPort(20_000) ? YES : NO),
  },
  {
    // IEC 60870-5-104 §5: start byte and length, on its port.
    word: "iec104",
    ports: [2404],
    first: [0x68],
    test: (s) => (s.isOnPort(2404) && s.length >= 6 && s.bytes[s.start + 1] >= 4 ? YES : NO),
  },
  {
    // BEP 3.
    word: "bittorrent",
    ports: [6881],
    first: [19],
    test: (s) =>
      hasText(s, 1, "BitTorrent protocol") ? YES : s.length < 20 && hasText(s, 1, "BitTorrent protocol".slice(0, s.length - 1)) ? MORE : NO,
  },
  {
    word: "teamviewer",
    ports: [5938],
    first: [0x17],
    test: (s) => (hasBytes(s, 1, 0x24) && s.isOnPort(5938) ? YES : NO),
  },
];
