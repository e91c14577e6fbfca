import { DICOM_IDENTIFIERS_BYTES, DicomIdentifiers } from "./dicom-identifiers.ts";
import type { DicomSide } from "./dicom-state.ts";
import { dicomFacts } from "./dicom-state.ts";
import { found, malformed, needMore, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

/** Length of the value, presentation context id, message control header (PS3.8 §9.3.5.1, annex E). */
const VALUE_HEADER_BYTES = 6;
const COMMAND_BIT = 1;
const LAST_BIT = 2;
/** Of a command set; the command field (0000,0100) stands after its length and at most one UID. */
const COMMAND_BYTES = 256;
const ELEMENT_BYTES = 8;
const COMMAND_FIELD = 0x0100;
const RESPONSE = 0x8000;

/** Command fields of requests (PS3.7 §9.3, §10.3, table E.1-1). */
const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [0x0001, "C-STORE"],
  [0x0010, "C-GET"],
  [0x0020, "C-FIND"],
  [0x0021, "C-MOVE"],
  [0x0030, "C-ECHO"],
  [0x0100, "N-EVENT-REPORT"],
  [0x0110, "N-GET"],
  [0x0120, "N-SET"],
  [0x0130, "N-ACTION"],
  [0x0140, "N-CREATE"],
  [0x0150, "N-DELETE"],
]);
/** Only who opened the association asks for these; the others go both ways. */
const ASKED_BY_INITIATOR: ReadonlySet<number> = new Set([0x0010, 0x0020, 0x0021, 0x0030]);

/** Reads what is here of a P-DATA-TF: of commands their operation, of data sets their length (and what they are classed as). */
export function readValues(stream: Stream, side: DicomSide): Verdict {
  while (side.pduLeft > 0) {
    if (side.valueLeft === 0) {
      if (stream.length < VALUE_HEADER_BYTES) return needMore;
      if (!beginValue(stream, side)) return malformed("dicom_pdu");
      if (side.valueLeft === 0) {
        if (side.isLast) endValue(stream, side);
        continue;
      }
    }
    if (stream.length <= 0) return needMore;
    const left = side.isCommand ? readCommand(stream, side) : passData(stream, side);
    side.pduLeft -= side.valueLeft - left;
    side.valueLeft = left;
    if (left > 0) return needMore;
    if (side.isLast) endValue(stream, side);
  }
  return found;
}

function beginValue(stream: Stream, side: DicomSide): boolean {
  const { bytes, start } = stream;
  const length = bytes.readUInt32BE(start);
  if (length < 2 || length + 4 > side.pduLeft) return false;
  const control = bytes[start + 5];
  side.isCommand = (control & COMMAND_BIT) !== 0;
  side.isLast = (control & LAST_BIT) !== 0;
  side.valueLeft = length - 2;
  side.pduLeft -= VALUE_HEADER_BYTES;
  stream.skip(VALUE_HEADER_BYTES);
  if (side.isCommand) return true;
  const facts = dicomFacts(stream);
  facts.dataBytes = (facts.dataBytes ?? 0) + side.valueLeft;
  if (!side.isInDataSet) {
    stream.beginContent("dicom");
    if (stream.identifiers !== undefined) beginIdentifiers(stream, side);
  }
  side.isInDataSet = true;
  return true;
}

function beginIdentifiers(stream: Stream, side: DicomSide): void {
  if (side.identifiers === undefined) {
    side.identifiers = new DicomIdentifiers();
    stream.budget.take(stream.slot, DICOM_IDENTIFIERS_BYTES);
  }
  side.identifiers.begin();
}

/** Passes over a piece of a data set; returns what is left of its value. While identifiers may come, no more than what is here. */
function passData(stream: Stream, side: DicomSide): number {
  const { identifiers, valueLeft } = side;
  if (identifiers === undefined || identifiers.isOver) return stream.passOver(valueLeft);
  const here = Math.min(stream.length, valueLeft);
  identifiers.read(stream, stream.start, stream.start + here);
  if (identifiers.isOver || here === valueLeft || stream.isCut) return stream.passOver(valueLeft);
  stream.offer(stream.start, stream.start + here);
  stream.skip(here);
  return valueLeft - here;
}

function endValue(stream: Stream, side: DicomSide): void {
  if (!side.isCommand) {
    side.isInDataSet = false;
    return;
  }
  takeOperation(stream, side);
  side.commandBytes = 0;
}

/** Keeps the beginning of a command set; returns what is left of its value. */
function readCommand(stream: Stream, side: DicomSide): number {
  const here = Math.min(stream.length, side.valueLeft);
  side.command ??= Buffer.allocUnsafeSlow(COMMAND_BYTES);
  const kept = Math.min(here, COMMAND_BYTES - side.commandBytes);
  stream.bytes.copy(side.command, side.commandBytes, stream.start, stream.start + kept);
  side.commandBytes += kept;
  stream.skip(here);
  return side.valueLeft - here;
}

/** Command sets are always implicit little endian (PS3.7 §6.3.1). */
function takeOperation(stream: Stream, { command, commandBytes }: DicomSide): void {
  if (command === undefined) return;
  for (let at = 0; at + ELEMENT_BYTES + 2 <= commandBytes; ) {
    const element = command.readUInt16LE(at + 2);
    if (command.readUInt16LE(at) !== 0 || element > COMMAND_FIELD) return;
    if (element === COMMAND_FIELD) {
      const field = command.readUInt16LE(at + ELEMENT_BYTES);
      const operation = OPERATIONS.get(field & ~RESPONSE);
      if (operation === undefined) return;
      if (ASKED_BY_INITIATOR.has(field)) stream.senderAsks();
      const facts = dicomFacts(stream);
      const isNews = facts.operations?.includes(operation) !== true;
      stream.add((facts.operations ??= []), operation);
      if (isNews) stream.report();
      return;
    }
    at += ELEMENT_BYTES + command.readUInt32LE(at + 4);
  }
}
