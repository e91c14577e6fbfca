import { ANSWERS, ASKS, hasBytes, hasText, NO, type Signature, YES } from "./family.ts";

const IKE_EXCHANGES = [1, 2, 3, 4, 5, 6, 32, 33, 34, 35, 36, 37, 38, 43, 44];

/** Tunnels and other ways around: what carries data out unread. */
export const TUNNEL_DATAGRAMS: readonly Signature[] = [
  {
    // RFC 7296 §3.1, RFC 2408 §3.1; on port 4500 after four zeros (RFC 3948 §2.2).
    word: "ipsec",
    ports: [500, 4500],
    test(s) {
      if (s.isOnPort(4500) && s.length === 1 && s.bytes[s.start] === 0xff) return YES;
      const at = s.start + (hasBytes(s, 0, 0, 0, 0, 0) && s.isOnPort(4500) ? 4 : 0);
      if (at + 28 > s.end) return NO;
      const version = s.bytes[at + 17];
      if (version !== 0x10 && version !== 0x20) return NO;
      if (!IKE_EXCHANGES.includes(s.bytes[at + 18]) || s.bytes.readUInt32BE(at) === 0) return NO;
      if (at + s.bytes.readUInt32BE(at + 24) !== s.end && !s.isCut) return NO;
      const isFirst = s.bytes.readUInt32BE(at + 8) === 0 && s.bytes.readUInt32BE(at + 12) === 0;
      return isFirst ? ASKS : YES;
    },
  },
  {
    // WireGuard, §5.4: types and their exact sizes.
    word: "wireguard",
    ports: [51820],
    first: [1, 2, 3, 4],
    test(s) {
      if (!hasBytes(s, 1, 0, 0, 0)) return NO;
      const type = s.bytes[s.start];
      if (type === 1) return s.length === 148 ? ASKS : NO;
      if (type === 2) return s.length === 92 ? ANSWERS : NO;
      if (type === 3) return s.length === 64 ? ANSWERS : NO;
      return s.length >= 32 && s.length % 16 === 0 && s.isOnPort(51820) ? YES : NO;
    },
  },
  {
    // OpenVPN's control channel: a hard reset with a session, and what comes after it by its size or port.
    word: "openvpn",
    ports: [1194],
    first: [0x38, 0x40, 0x50],
    test(s) {
      const opcode = s.bytes[s.start];
      const isReset = s.length >= 14 && (s.bytes.readUInt32BE(s.start + 1) !== 0 || s.bytes.readUInt32BE(s.start + 5) !== 0);
      if (!isReset) return NO;
      // Without an HMAC: no acknowledgements, packet 0. With one: 16, 20 or 32 bytes, then packet 1.
      if (opcode === 0x38 && s.length === 14 && hasBytes(s, 9, 0, 0, 0, 0, 0)) return ASKS;
      if (opcode === 0x40 && s.length === 26 && hasBytes(s, 9, 1, 0, 0, 0, 0)) return ANSWERS;
      for (const hmac of [16, 20, 32, 64]) {
        if (hasBytes(s, 9 + hmac, 0, 0, 0, 1) && s.length >= 9 + hmac + 13) return opcode === 0x40 ? ANSWERS : ASKS;
        if (hasBytes(s, 9 + hmac, 0, 0, 0, 2) && opcode === 0x40 && s.length >= 9 + hmac + 13) return ANSWERS;
      }
      return s.isOnPort(1194) ? (opcode === 0x40 ? ANSWERS : ASKS) : NO;
    },
  },
  {
    // RFC 2661 §3.1: a control message of version 2 with length and sequence.
    word: "l2tp",
    ports: [1701],
    first: [0xc8],
    test: (s) => (hasBytes(s, 1, 2) && s.length >= 12 && s.bytes.readUInt16BE(s.start + 2) === s.length ? YES : NO),
  },
  {
    // BEP 5 (a dictionary with a query, an answer or an error) and BEP 15 (the tracker's magic).
    word: "bittorrent",
    ports: [6881],
    first: [0x64, 0],
    test(s) {
      if (hasBytes(s, 0, 0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0)) return ASKS;
      if (hasText(s, 0, "d1:ad2:id20:")) return ASKS;
      return hasText(s, 0, "d1:rd2:id20:") || hasText(s, 0, "d1:eli20") ? ANSWERS : NO;
    },
  },
  {
    // RFC 6347 §4.1: a first handshake record.
    word: "dtls",
    ports: [4433, 5684],
    first: [22],
    test(s) {
      const isVersion = hasBytes(s, 1, 0xfe) || hasBytes(s, 1, 1, 0);
      if (!isVersion || s.length < 26 || !hasBytes(s, 3, 0, 0)) return NO;
      if (13 + s.bytes.readUInt16BE(s.start + 11) > s.length && !s.isCut) return NO;
      const message = s.bytes[s.start + 13];
      return message === 1 ? ASKS : message === 2 || message === 3 ? ANSWERS : NO;
    },
  },
  {
    word: "teamviewer",
    ports: [5938],
    test: (s) => (s.isOnPort(5938) && s.length >= 13 && hasBytes(s, 11, 0x17, 0x24) ? YES : NO),
  },
];
