import { ANSWERS, ASKS, hasBytes, hasText, NO, type Signature, YES } from "./family.ts";
import { NETWORK_DATAGRAMS } from "./signatures-network.ts";
import type { Stream } from "./stream.ts";

/** The identifier that IANA registered for each word ("SCTP Payload Protocol Identifiers"). */
const M2UA = 2;
const M3UA = 3;
const SUA = 4;
const M2PA = 5;
const H248 = 7;
const S1AP = 18;
const X2AP = 27;
const DIAMETER = 46;
const DIAMETER_DTLS = 47;
const NGAP = 60;
const XNAP = 61;

const CAPABILITIES_EXCHANGE = 257;
/** Initiating message, successful outcome, unsuccessful outcome: the choice, in the bits after the extension bit. */
const OUTCOMES = [0x00, 0x20, 0x40];

/** What SCTP carries for networks of telephones: the identifier in the chunk says which, and the message's own header must agree. */
export const SIGNALLING_MESSAGES: readonly Signature[] = [
  {
    // RFC 6733 §3, §2.1.1: version 1, a length of whole words, flags without reserved bits. The peer that called exchanges capabilities first.
    word: "diameter",
    ports: [3868],
    first: [1],
    test(s) {
      if (s.payloadProtocol !== DIAMETER || s.length < 20) return NO;
      const length = s.bytes.readUIntBE(s.start + 1, 3);
      if (length < 20 || (length & 3) !== 0 || length < s.length || (s.bytes[s.start + 4] & 15) !== 0) return NO;
      if (s.bytes.readUIntBE(s.start + 5, 3) !== CAPABILITIES_EXCHANGE) return YES;
      return (s.bytes[s.start + 4] & 0x80) !== 0 ? ASKS : ANSWERS;
    },
  },
  {
    // RFC 6083 §4, RFC 6733 §13.1: a record of a handshake, in DTLS 1.0 or 1.2.
    word: "dtls",
    first: [22],
    test: (s) => (s.payloadProtocol === DIAMETER_DTLS && hasBytes(s, 1, 0xfe) && s.length >= 13 ? YES : NO),
  },
  {
    // RFC 3525 annexes B.2 (text, short and long form) and A (BER).
    word: "megaco",
    ports: [2944, 2945],
    first: [0x21, 0x4d, 0x30],
    test(s) {
      if (hasText(s, 0, "MEGACO/") || (hasText(s, 0, "!/") && s.payloadProtocol === H248)) return YES;
      return s.payloadProtocol === H248 && hasBytes(s, 0, 0x30) ? YES : NO;
    },
  },
  // RFC 3331 §3.1, RFC 4666 §3.1, RFC 3868 §3.1, RFC 4165 §2.1: one header.
  { word: "m2ua", ports: [2904], first: [1], test: (s) => adaptation(s, M2UA) },
  { word: "m3ua", ports: [2905], first: [1], test: (s) => adaptation(s, M3UA) },
  { word: "sua", ports: [14_001], first: [1], test: (s) => adaptation(s, SUA) },
  { word: "m2pa", ports: [3565], first: [1], test: (s) => adaptation(s, M2PA) },
  // 3GPP TS 36.413 §9.3, TS 36.423 §9.3, TS 38.413 §9.4, TS 38.423 §9.3: aligned PER of one choice.
  { word: "s1ap", ports: [36_412], first: OUTCOMES, test: (s) => applicationPart(s, S1AP) },
  { word: "x2ap", ports: [36_422], first: OUTCOMES, test: (s) => applicationPart(s, X2AP) },
  { word: "ngap", ports: [38_412], first: OUTCOMES, test: (s) => applicationPart(s, NGAP) },
  { word: "xnap", ports: [38_422], first: OUTCOMES, test: (s) => applicationPart(s, XNAP) },
  // RFC 7011 §10.2: a message of its own in each user message, of no registered identifier.
  ...NETWORK_DATAGRAMS.filter(({ word }) => word === "ipfix"),
];

/** Version 1, nothing reserved, a length of whole words that holds the message (or, of a piece of one, more). */
function adaptation(s: Stream, identifier: number): 0 | 1 {
  if (s.payloadProtocol !== identifier || s.length < 8 || !hasBytes(s, 0, 1, 0)) return NO;
  const length = s.bytes.readUInt32BE(s.start + 4);
  return length >= s.length && (length & 3) === 0 && length <= 65_536 ? YES : NO;
}

/** A choice, a procedure, its criticality (two bits), and a length (X.691 §11.9) that holds the message. */
function applicationPart(s: Stream, identifier: number): 0 | 1 {
  if (s.payloadProtocol !== identifier || s.length < 5) return NO;
  const { bytes, start } = s;
  const criticality = bytes[start + 2];
  if ((criticality & 0x3f) !== 0 || criticality > 0x80) return NO;
  const first = bytes[start + 3];
  const length = first < 0x80 ? 4 + first : first < 0xc0 ? 5 + ((first & 0x3f) << 8) + bytes[start + 4] : s.length;
  return length >= s.length ? YES : NO;
}
