import { ANSWERS, ASKS, hasBytes, NO, range, type Signature, YES } from "./family.ts";
import type { Stream } from "./stream.ts";

const MGCP_VERBS = ["EPCF ", "CRCX ", "MDCX ", "DLCX ", "RQNT ", "NTFY ", "AUEP ", "AUCX ", "RSIP "];

/** Voice and its control. */
export const MEDIA_DATAGRAMS: readonly Signature[] = [
  {
    // RFC 3435 §3.2: a verb, a transaction, an endpoint, the version; §3.3: a code and the transaction.
    word: "mgcp",
    ports: [2427, 2727],
    test(s) {
      const line = firstLine(s);
      if (MGCP_VERBS.some((verb) => line.startsWith(verb))) return / MGCP [01]\.\d/.test(line) ? ASKS : NO;
      return (s.isOnPort(2427) || s.isOnPort(2727)) && /^[0-9]{3} [0-9]{1,9}( |$)/.test(line) ? ANSWERS : NO;
    },
    first: [0x41, 0x43, 0x44, 0x45, 0x4d, 0x4e, 0x52, 0x30, 0x31, 0x32, 0x34, 0x35, 0x38],
  },
  {
    // RFC 3525 annex B.2.
    word: "megaco",
    ports: [2944],
    first: [0x21, 0x4d],
    test: (s) => (/^(!\/[1-3] |MEGACO\/[1-3] )/.test(firstLine(s)) ? YES : NO),
  },
  {
    // H.225.0 §7.9 (RAS), on its ports: the protocol's object identifier stands at the front of what opens a registration.
    word: "h323",
    isOnlyOnPorts: true,
    ports: [1718, 1719],
    test: (s) => (hasBytes(s, 4, 6, 0, 8, 0x91, 0x4a) ? YES : NO),
  },
  {
    // RFC 5456 §8.1.1: a full frame on its port: call numbers, the first sequence numbers, frame type 6.
    word: "iax",
    isOnlyOnPorts: true,
    first: range(0x80, 0xff),
    ports: [4569],
    test(s) {
      if (!s.isOnPort(4569) || s.length < 12 || (s.bytes[s.start] & 0x80) === 0) return NO;
      const type = s.bytes[s.start + 10];
      return type === 6 || type === 4 ? YES : NO;
    },
  },
];

function firstLine({ bytes, start, end }: Stream): string {
  let stop = start;
  while (stop < end && stop < start + 128 && bytes[stop] >= 0x20 && bytes[stop] < 0x7f) stop += 1;
  return bytes.toString("latin1", start, stop);
}
