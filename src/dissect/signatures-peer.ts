import { ANSWERS, ASKS, hasBytes, hasText, MORE, NO, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

/** First bytes of Bitcoin messages: the main network, testnet 3 and 4, regtest (Bitcoin developer reference, "Constants and Defaults"). */
const BITCOIN = [
  [0xf9, 0xbe, 0xb4, 0xd9],
  [0x0b, 0x11, 0x09, 0x07],
  [0x1c, 0x16, 0x3f, 0x28],
  [0xfa, 0xbf, 0xb5, 0xda],
];
const DHT_QUERY = /^d1:(ad|q\d)[\s\S]*2:id20:/;
const DHT_ANSWER = /^d(1:(rd|el|eli|t\d|v\d|q\d+:[a-z_]+1:rd)|2:ip)[\s\S]*(2:id20:|1:el?i20)/;
/** BEP 29: a header of version 1 and what follows each other must agree on, milliseconds of the sender's clock. */
const UTP_HEADER_BYTES = 20;
const UTP_SYN = 0x41;
const CLOCK_MICROS = 200_000;
const WORD = 0x100000000;

/** Exchange between peers over TCP. */
export const PEER_STREAMS: readonly Signature[] = [
  {
    // BEP 3; Resilio's announcement over TCP.
    word: "bittorrent",
    ports: [6881],
    first: [19, 0x42],
    test(s) {
      if (s.bytes[s.start] === 0x42) return hasText(s, 0, "BSYNC\0") ? ASKS : NO;
      const name = "BitTorrent protocol";
      if (hasText(s, 1, name)) return YES;
      return s.length < 20 && hasText(s, 1, name.slice(0, s.length - 1)) ? MORE : NO;
    },
  },
  {
    word: "bitcoin",
    ports: [8333, 18_333],
    first: BITCOIN.map(([byte]) => byte),
    test(s) {
      if (s.length < 24) return BITCOIN.some((magic) => hasBytes(s, 0, ...magic.slice(0, Math.min(4, s.length)))) ? MORE : NO;
      if (!BITCOIN.some((magic) => hasBytes(s, 0, ...magic))) return NO;
      // A command of lower-case letters, filled up with zeros to twelve.
      const command = s.bytes.toString("latin1", s.start + 4, s.start + 16);
      return /^[a-z0-9]{3,12}\0*$/.test(command) ? (command.startsWith("version") ? ASKS : YES) : NO;
    },
  },
  {
    // Gnutella 0.6 §2.1.
    word: "gnutella",
    ports: [6346],
    first: [0x47],
    test: (s) => (hasText(s, 0, "GNUTELLA CONNECT/0.") ? ASKS : hasText(s, 0, "GNUTELLA/0.") ? ANSWERS : NO),
  },
];

/** The same over UDP. */
export const PEER_DATAGRAMS: readonly Signature[] = [
  {
    // BEP 5 (a dictionary with a query, an answer or an error) and BEP 15 (the tracker's magic).
    word: "bittorrent",
    ports: [6881],
    first: [0x64, 0],
    test(s) {
      if (hasBytes(s, 0, 0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0)) return ASKS;
      if (s.bytes[s.start] !== 0x64 || s.length < 20) return NO;
      const text = s.bytes.toString("latin1", s.start, Math.min(s.end, s.start + 160));
      if (DHT_ANSWER.test(text)) return ANSWERS;
      return DHT_QUERY.test(text) ? ASKS : NO;
    },
  },
  {
    // BEP 29 (uTP): a first packet has number 1 and nothing to compare clocks with; else two packets must show one clock.
    word: "bittorrent",
    first: [0x01, 0x11, 0x21, 0x31, UTP_SYN],
    test(s) {
      if (s.length < UTP_HEADER_BYTES || s.bytes[s.start + 1] > 2) return NO;
      if (s.bytes[s.start] === UTP_SYN)
        return hasBytes(s, 8, 0, 0, 0, 0) && hasBytes(s, 16, 0, 1) && s.bytes.readUInt32BE(s.start + 12) !== 0 ? ASKS : NO;
      return isUtp(s) ? YES : MORE;
    },
  },
  {
    // Gnutella's extension of queries over UDP: "GND" and a version.
    word: "gnutella",
    ports: [6346],
    first: [0x47],
    test: (s) => (s.length >= 8 && hasText(s, 0, "GND") && (hasBytes(s, 3, 1) || hasBytes(s, 3, 2) || hasBytes(s, 3, 3)) ? YES : NO),
  },
];

/** The header's clock, microseconds, runs as the packets come: a counter or noise does not do that. */
function isUtp({ bytes, start, hints, peers, initiatorPort, responderPort, isFromInitiator, timeMicros }: Stream): boolean {
  const clock = bytes.readUInt32BE(start + 4);
  const offset = (((clock - timeMicros) % WORD) + WORD) % WORD;
  const key =
    Math.imul(bytes.readUInt16BE(start + 2) ^ (isFromInitiator ? 0x55555 : 0x33333), 0x85ebca6b) ^
    peers ^
    ((initiatorPort << 16) | responderPort);
  const before = hints.sightings.swap(key, offset);
  if (before < 0 || before === offset) return false;
  const drift = Math.abs(offset - before);
  return Math.min(drift, WORD - drift) < CLOCK_MICROS;
}
