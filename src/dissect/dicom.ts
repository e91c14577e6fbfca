import { printable } from "../lib/printable.ts";
import { defineDissector, found, malformed, needMore, notMine } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** PDU types, PS3.8 §9.3. */
const ASSOCIATE_REQUEST = 1;
const ASSOCIATE_ACCEPT = 2;
const ASSOCIATE_REJECT = 3;
const DATA = 4;
const ABORT = 7;

const PDU_HEADER_BYTES = 6;
/** Header, version, two AE titles and the reserved bytes. */
const ASSOCIATE_BYTES = 74;
const AE_TITLE_BYTES = 16;
/** Variable items are seldom above some kilobytes; the roles and contexts of 128 contexts stay below this. */
const LONGEST_ASSOCIATE = 1 << 20;

/** DICOM upper layer: who calls whom, and whether it was let in (PS3.8 §9.3.2–9.3.4). */
export const dicom = defineDissector<undefined>({
  name: "dicom",
  transport: "tcp",
  ports: [104, 2761, 2762, 4242, 11112],
  firstBytes: { tcp: [ASSOCIATE_REQUEST, ASSOCIATE_ACCEPT, ASSOCIATE_REJECT, DATA, 5, 6, ABORT] },
  begin: () => undefined,

  recognise({ bytes, start, end, isCut }) {
    if (end - start < PDU_HEADER_BYTES + 4) return isCut ? notMine : needMore;
    const type = bytes[start];
    const length = bytes.readUInt32BE(start + 2);
    if (bytes[start + 1] !== 0) return notMine;
    if (type === ASSOCIATE_REQUEST || type === ASSOCIATE_ACCEPT) {
      // The lowest bit of the version is that of the only version there is (PS3.8 table 9-11).
      if (length < ASSOCIATE_BYTES - PDU_HEADER_BYTES || length > LONGEST_ASSOCIATE || (bytes[start + 7] & 1) === 0) return notMine;
      if (bytes[start + 8] !== 0 || bytes[start + 9] !== 0) return notMine;
      if (end - start < ASSOCIATE_BYTES && !isCut) return needMore;
      const stop = Math.min(end, start + 10 + AE_TITLE_BYTES * 2);
      for (let at = start + 10; at < stop; at += 1) if (bytes[at] !== 0 && (bytes[at] < 0x20 || bytes[at] > 0x7e)) return notMine;
      return stop > start + 12 ? found : notMine;
    }
    if (type === DATA) return isDataPdu(bytes, start, end, length) ? found : notMine;
    if (length !== 4) return notMine;
    const [result, source] = [bytes[start + 7], bytes[start + 8]];
    if (type === ASSOCIATE_REJECT)
      return bytes[start + 6] === 0 && result >= 1 && result <= 2 && source >= 1 && source <= 3 ? found : notMine;
    if (type === ABORT) return bytes[start + 6] === 0 && result === 0 && source <= 2 ? found : notMine;
    return bytes.readUInt32BE(start + 6) === 0 ? found : notMine;
  },

  // Data that follows an association is not read yet: operations will be read here, PDU by PDU.
  read(stream) {
    const { bytes, start } = stream;
    switch (bytes[start]) {
      case ASSOCIATE_REQUEST: {
        if (stream.length < ASSOCIATE_BYTES && !stream.isCut) return needMore;
        stream.senderAsks();
        const facts = dicomFacts(stream);
        const called = aeTitle(stream, 10);
        const calling = aeTitle(stream, 26);
        if (called !== "") stream.add((facts.calledAe ??= []), called);
        if (calling !== "") stream.add((facts.callingAe ??= []), calling);
        facts.result ??= "none";
        stream.report();
        return found;
      }
      case ASSOCIATE_ACCEPT:
        stream.senderAnswers();
        dicomFacts(stream).result = "accepted";
        return found;
      case ASSOCIATE_REJECT:
        stream.senderAnswers();
        dicomFacts(stream).result = "rejected";
        return found;
      default:
        stream.report();
        return bytes[start] <= ABORT ? found : malformed("dicom_pdu");
    }
  },
});

/** P-DATA-TF (PS3.8 §9.3.5): a PDV that fits, an odd presentation context, and two control bits; a command begins with its group length. */
function isDataPdu(bytes: Buffer, start: number, end: number, length: number): boolean {
  if (length < 6 || end < start + 12) return false;
  const valueBytes = bytes.readUInt32BE(start + 6);
  const control = bytes[start + 11];
  if (valueBytes < 2 || valueBytes + 4 > length || (bytes[start + 10] & 1) === 0 || control > 3) return false;
  if (valueBytes + 4 !== length && valueBytes + 4 + 6 > length) return false;
  if ((control & 1) === 0) return valueBytes + 4 === length;
  return end >= start + 20 && bytes.readUInt32LE(start + 12) === 0 && bytes.readUInt32LE(start + 16) === 4;
}

/** Trimmed; an AE title is padded with spaces (PS3.5 §6.2), by some with zeros. */
function aeTitle(stream: Stream, offset: number): string {
  const start = stream.start + offset;
  if (start + AE_TITLE_BYTES > stream.end) return "";
  let end = start + AE_TITLE_BYTES;
  while (end > start && (stream.bytes[end - 1] === 0x20 || stream.bytes[end - 1] === 0)) end -= 1;
  return printable(stream.bytes, start, end).trim();
}

function dicomFacts(stream: Stream) {
  const { facts } = stream;
  facts.dicom ??= {};
  return facts.dicom;
}
