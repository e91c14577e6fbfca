import { AE_TITLE_BYTES, ASSOCIATE_FIXED_BYTES, readEnds, readItems } from "./dicom-associate.ts";
import { readValues } from "./dicom-data.ts";
import { type DicomSide, type DicomState, dicomFacts, newDicomState, PDU } from "./dicom-state.ts";
import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

const PDU_HEADER_BYTES = 6;
/** Body of a reject, a release and an abort. */
const SHORT_PDU_BYTES = 4;
/** Variable items are seldom above some kilobytes; the roles and contexts of 128 contexts stay below this. */
const LONGEST_ASSOCIATE = 1 << 20;

/**
 * DICOM upper layer (PS3.8 §9.3) and commands (PS3.7): who calls whom, for which SOP classes, as whom, what is done, and how
 * it ends, for every association of a connection. Data sets are passed over; they are counted, and may be classed.
 */
export const dicom = defineDissector<DicomState>({
  name: "dicom",
  transport: "tcp",
  ports: [104, 2761, 2762, 4242, 11112],
  firstBytes: { tcp: Object.values(PDU) },
  begin: newDicomState,

  recognise({ bytes, start, end, isCut }) {
    if (end - start < PDU_HEADER_BYTES + SHORT_PDU_BYTES) return isCut ? notMine : needMore;
    const type = bytes[start];
    const length = bytes.readUInt32BE(start + 2);
    if (bytes[start + 1] !== 0) return notMine;
    if (type === PDU.request || type === PDU.accept) {
      // The lowest bit of the version is that of the only version there is (PS3.8 table 9-11).
      if (length < ASSOCIATE_FIXED_BYTES || length > LONGEST_ASSOCIATE || (bytes[start + 7] & 1) === 0) return notMine;
      if (bytes[start + 8] !== 0 || bytes[start + 9] !== 0) return notMine;
      if (end - start < PDU_HEADER_BYTES + ASSOCIATE_FIXED_BYTES && !isCut) return needMore;
      const stop = Math.min(end, start + 10 + AE_TITLE_BYTES * 2);
      for (let at = start + 10; at < stop; at += 1) if (bytes[at] !== 0 && (bytes[at] < 0x20 || bytes[at] > 0x7e)) return notMine;
      return stop > start + 12 ? found : notMine;
    }
    if (type === PDU.data) return isDataPdu(bytes, start, end, length) ? found : notMine;
    if (length !== SHORT_PDU_BYTES) return notMine;
    const [result, source] = [bytes[start + 7], bytes[start + 8]];
    if (type === PDU.reject) return bytes[start + 6] === 0 && result >= 1 && result <= 2 && source >= 1 && source <= 3 ? found : notMine;
    if (type === PDU.abort) return bytes[start + 6] === 0 && result === 0 && source <= 2 ? found : notMine;
    return bytes.readUInt32BE(start + 6) === 0 ? found : notMine;
  },

  read(stream, state) {
    const side = state.sides[stream.side];
    for (;;) {
      if (side.pduLeft === 0) {
        const verdict = beginPdu(stream, state, side);
        if (verdict !== found) return verdict;
      }
      const verdict = side.pduType === PDU.data ? readValues(stream, side) : readItems(stream, state, side);
      if (verdict !== found) return verdict;
    }
  },
});

/** Reads a PDU's header and fixed part; `found`: there is something to read in it, or a next one. */
function beginPdu(stream: Stream, state: DicomState, side: DicomSide): Verdict {
  if (stream.length < PDU_HEADER_BYTES) return needMore;
  const { bytes, start } = stream;
  const type = bytes[start];
  const length = bytes.readUInt32BE(start + 2);
  if (type === PDU.data) {
    stream.skip(PDU_HEADER_BYTES);
    dicomFacts(stream).ended ??= "open";
    if (side.pduType === 0) stream.report();
    side.pduLeft = length;
    side.pduType = type;
    side.valueLeft = 0;
    return found;
  }
  if (type === PDU.request || type === PDU.accept) {
    if (length < ASSOCIATE_FIXED_BYTES || length > LONGEST_ASSOCIATE) return malformed("dicom_pdu");
    if (stream.length < PDU_HEADER_BYTES + ASSOCIATE_FIXED_BYTES && !stream.isCut) return needMore;
    stream.skip(PDU_HEADER_BYTES);
    side.pduType = type;
    // What an aborted association left unfinished is not gone on with.
    side.isInDataSet = false;
    readEnds(stream, state, side);
    stream.skip(ASSOCIATE_FIXED_BYTES);
    side.pduLeft = length - ASSOCIATE_FIXED_BYTES;
    return found;
  }
  if (type > PDU.abort || type < PDU.request || length !== SHORT_PDU_BYTES) return malformed("dicom_pdu");
  const facts = dicomFacts(stream);
  if (type === PDU.reject) {
    stream.senderAnswers();
    facts.result = "rejected";
  } else if (type === PDU.abort) {
    // After a release, it is no more than a way to hang up.
    if (facts.ended !== "released") facts.ended = "aborted";
  } else if (facts.ended !== "aborted") facts.ended = "released";
  stream.report();
  stream.skip(PDU_HEADER_BYTES + SHORT_PDU_BYTES);
  side.pduType = type;
  return found;
}

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
