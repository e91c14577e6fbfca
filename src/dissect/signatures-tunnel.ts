import { ANSWERS, ASKS, hasBytes, hasText, type Match, MORE, NO, range, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const IKE_EXCHANGES = [1, 2, 3, 4, 5, 6, 32, 33, 34, 35, 36, 37, 38, 43, 44];

/** ESP: below it are no associations (RFC 4303 §2.1); header, one block and its check. */
const FIRST_SPI = 256;
const LEAST_ESP_BYTES = 24;
/** Numbers between two packets that agree: some may be lost, or take another way. */
const MOST_LOST = 64;
const HIGH = 0x100000000;

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
    // RFC 3948 §2.1, on its port: ESP of an association whose negotiation was not seen. Two packets must follow each other.
    word: "ipsec",
    isOnlyOnPorts: true,
    ports: [4500],
    test(s) {
      if (s.length < LEAST_ESP_BYTES || (s.length & 3) !== 0) return NO;
      const spi = s.bytes.readUInt32BE(s.start);
      return spi < FIRST_SPI ? NO : goesOn(s, spi, s.bytes.readUInt32BE(s.start + 4));
    },
  },
  {
    // WireGuard, §5.4: types and their exact sizes. Data elsewhere than on its port: two packets of a receiver must follow each other.
    word: "wireguard",
    ports: [51820],
    first: [1, 2, 3, 4],
    test(s) {
      if (!hasBytes(s, 1, 0, 0, 0)) return NO;
      const type = s.bytes[s.start];
      if (type === 1) return s.length === 148 ? ASKS : NO;
      if (type === 2) return s.length === 92 ? ANSWERS : NO;
      if (type === 3) return s.length === 64 ? ANSWERS : NO;
      if (type !== 4 || s.length < 32 || s.length % 16 !== 0) return NO;
      if (s.isOnPort(51_820)) return YES;
      const high = s.bytes.readUInt32LE(s.start + 12);
      return high > 0xffff ? NO : goesOn(s, s.bytes.readUInt32LE(s.start + 4), high * HIGH + s.bytes.readUInt32LE(s.start + 8));
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
    // DNSCrypt version 2 protocol, "Protocol flow": what a resolver's answers begin with.
    word: "dnscrypt",
    ports: [],
    first: [0x72],
    test: (s) => (hasText(s, 0, "r6fnvWj8") && s.length >= 48 ? ANSWERS : NO),
  },
  {
    // 3GPP TS 29.060 §6 (version 1, or the GTP' of TS 32.295), TS 29.274 §5.1 (version 2): the length fits the datagram.
    word: "gtp-c",
    isOnlyOnPorts: true,
    ports: [2123, 3386],
    test(s) {
      if (s.length < 8) return NO;
      const version = s.bytes[s.start] >>> 5;
      const length = s.bytes.readUInt16BE(s.start + 2);
      if (version === 2) return length + 4 === s.length ? YES : NO;
      const isPrime = (s.bytes[s.start] & 0x10) === 0;
      return version <= 1 && [6, 8, 20].includes(s.length - length) && (isPrime === s.isOnPort(3386) || length + 8 === s.length) ? YES : NO;
    },
  },
  {
    // 3GPP TS 29.281 §5.1: what is not a tunnelled packet that could be read: echoes, errors, ends, and others.
    word: "gtp-u",
    isOnlyOnPorts: true,
    ports: [2152],
    first: range(0x30, 0x37),
    test: (s) => (s.length >= 8 && s.bytes.readUInt16BE(s.start + 2) + 8 === s.length ? YES : NO),
  },
  {
    // RFC 5415 §4: preamble 0, then a header with its length in words; or preamble 1, then DTLS.
    word: "capwap",
    isOnlyOnPorts: true,
    ports: [5246, 5247],
    first: [0, 1],
    test(s) {
      if (s.length < 8) return NO;
      if (s.bytes[s.start] === 1) return s.bytes[s.start + 4] >= 20 && s.bytes[s.start + 4] <= 26 && hasBytes(s, 5, 0xfe) ? YES : NO;
      const words = s.bytes[s.start + 1] >>> 3;
      return words >= 2 && words * 4 <= s.length ? YES : NO;
    },
  },
];

/** Whether the packet's number is one that follows the last one of the same association, from the same end. */
function goesOn({ hints, peers, initiatorPort, responderPort, isFromInitiator }: Stream, association: number, number: number): Match {
  const key =
    Math.imul(association ^ (isFromInitiator ? 0x5bd1e995 : 0x1b873593), 0x9e3779b1) ^ peers ^ ((initiatorPort << 16) | responderPort);
  const before = hints.sightings.swap(key, number);
  return before >= 0 && number > before && number - before <= MOST_LOST ? YES : MORE;
}
