import { ANSWERS, ASKS, berAt, hasBytes, hasText, MORE, NO, type Signature, YES } from "./family.ts";

import { sunRpc } from "./sun-rpc.ts";

/** Bind, search, modify, add, delete, rename, compare, abandon, extended, and their answers (RFC 4511 §4). */
const LDAP_ASKS = [0x60, 0x42, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77];
const LDAP_ANSWERS = [0x61, 0x64, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, 0x78];

/** Files, desktops, sign-on, routing and tunnels over TCP. */
export const REMOTE_STREAMS: readonly Signature[] = [
  {
    // RFC 4511 §4.1.1: a sequence, a message number, an operation.
    word: "ldap",
    ports: [389, 3268],
    mayUpgrade: true,
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
    isOnlyOnPorts: true,
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
    // H.245 in TPKT (H.245 §7.2): its first message, capabilities, has the object identifier of the protocol.
    word: "h323",
    first: [3],
    test: (s) => (s.length >= 14 && hasBytes(s, 1, 0) && hasBytes(s, 7, 6, 0, 8, 0x81, 0x75) ? YES : NO),
  },
  {
    // RFC 5531 §11: a record's last fragment, then the message.
    word: "nfs",
    ports: [2049],
    first: [0x80],
    test: (s) => (s.length < 44 && hasBytes(s, 1, 0) ? MORE : sunRpc(s, 4, true)),
  },
  {
    word: "rpc",
    ports: [111],
    first: [0x80],
    test: (s) => (s.length < 44 && hasBytes(s, 1, 0) ? MORE : sunRpc(s, 4, false)),
  },
  {
    // RFC 8907 §4.1: version 12.0 or 12.1, a type, an odd number from a client, the body's length.
    word: "tacacs",
    ports: [49],
    first: [0xc0, 0xc1],
    test(s) {
      if (s.length < 12) return MORE;
      const type = s.bytes[s.start + 1];
      if (type < 1 || type > 3 || (s.bytes[s.start + 3] & ~5) !== 0) return NO;
      const sequence = s.bytes[s.start + 2];
      if (sequence === 0 || s.bytes.readUInt32BE(s.start + 8) + 12 !== s.length) return NO;
      return (sequence & 1) !== 0 ? ASKS : ANSWERS;
    },
  },
];
