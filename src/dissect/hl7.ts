import { printable } from "../lib/printable.ts";
import type { Hl7Facts } from "../model/facts.ts";
import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";

const START_BLOCK = 0x0b;
const END_BLOCK = 0x1c;
const CARRIAGE_RETURN = 0x0d;
/** Longest MSH segment that is waited for. */
const LONGEST_HEADER = 2048;
const LONGEST_VALUE = 128;
const MAX_FIELD = 12;
/** Messages counted a direction; what follows is not read. */
const MAX_MESSAGES = 100_000;

interface Hl7State {
  /** By side: inside a message, its header read. */
  isInMessage: [boolean, boolean];
  messages: [number, number];
}

/** HL7 v2 over MLLP (HL7 v2.x chapter 2; MLLP release 1): from each message its MSH segment, and of that no more than type, ends and version. */
export const hl7 = defineDissector<Hl7State>({
  name: "hl7",
  transport: "tcp",
  ports: [2575],
  firstBytes: { tcp: [START_BLOCK] },
  begin: () => ({ isInMessage: [false, false], messages: [0, 0] }),

  recognise({ bytes, start, end }) {
    if (end - start < 9) return needMore;
    const isHeader = bytes[start + 1] === 0x4d && bytes[start + 2] === 0x53 && bytes[start + 3] === 0x48;
    return isHeader && isDelimiter(bytes[start + 4]) && isDelimiter(bytes[start + 5]) ? found : notMine;
  },

  read(stream, state) {
    const { side } = stream;
    for (;;) {
      if (stream.length <= 0) return needMore;
      if (state.isInMessage[side]) {
        const at = stream.bytes.subarray(stream.start, stream.end).indexOf(END_BLOCK);
        stream.skip(at < 0 ? stream.length : at + 1);
        if (at < 0) return needMore;
        state.isInMessage[side] = false;
        continue;
      }
      const byte = stream.bytes[stream.start];
      if (byte !== START_BLOCK) {
        // Between messages only line ends are usual.
        if (byte !== CARRIAGE_RETURN && byte !== 0x0a) return malformed("hl7_header");
        stream.skip(1);
        continue;
      }
      const verdict = readHeader(stream);
      if (verdict !== found) return verdict;
      state.isInMessage[side] = true;
      state.messages[side] += 1;
      if (state.messages[side] >= MAX_MESSAGES) {
        stream.lose("dissect_limit");
        return found;
      }
    }
  },
});

/** Reads the MSH segment at `stream.start` and skips it. */
function readHeader(stream: Stream): Verdict {
  const { bytes, start } = stream;
  const room = Math.min(stream.end, start + LONGEST_HEADER);
  let end = start + 1;
  while (end < room && bytes[end] !== CARRIAGE_RETURN && bytes[end] !== END_BLOCK) end += 1;
  if (end === stream.end && !stream.isCut && end - start < LONGEST_HEADER) return needMore;
  if (end - start < 9 || bytes[start + 1] !== 0x4d || bytes[start + 2] !== 0x53 || bytes[start + 3] !== 0x48)
    return malformed("hl7_header");
  const { facts } = stream;
  facts.hl7 ??= {};
  facts.hl7.messages = (facts.hl7.messages ?? 0) + 1;
  if (facts.hl7.messages === 1) stream.report();
  const type = takeFields(stream, facts.hl7, start + 4, end);
  if (type !== "") {
    stream.add((facts.hl7.messageTypes ??= []), type);
    if (type.startsWith("ACK")) stream.senderAnswers();
  }
  stream.skip(end - start);
  return found;
}

/** Fields 3–6, 9 and 12 of MSH; MSH-1 is the separator itself, MSH-2 the encoding characters. Returns MSH-9, first two components. */
function takeFields(stream: Stream, facts: Hl7Facts, start: number, end: number): string {
  const { bytes } = stream;
  const separator = bytes[start];
  const component = bytes[start + 1];
  let type = "";
  let field = 2;
  for (let from = start + 1; from <= end && field <= MAX_FIELD; field += 1) {
    let to = from;
    while (to < end && bytes[to] !== separator) to += 1;
    // The last field may be cut, and half a value is a wrong one.
    if (to === end && stream.isCut && end === stream.end) return type;
    if (field === 3) take(stream, (facts.sendingApplication ??= []), component, from, to);
    else if (field === 4) take(stream, (facts.sendingFacility ??= []), component, from, to);
    else if (field === 5) take(stream, (facts.receivingApplication ??= []), component, from, to);
    else if (field === 6) take(stream, (facts.receivingFacility ??= []), component, from, to);
    else if (field === 9) type = messageType(bytes, component, from, to);
    else if (field === 12) take(stream, (facts.version ??= []), component, from, to);
    from = to + 1;
  }
  return type;
}

/** The first component of a field. */
function take(stream: Stream, values: string[], component: number, from: number, to: number): void {
  let end = from;
  while (end < to && stream.bytes[end] !== component) end += 1;
  stream.add(values, printable(stream.bytes, from, end, LONGEST_VALUE).trim());
}

function messageType(bytes: Buffer, component: number, from: number, to: number): string {
  let separators = 0;
  let end = from;
  for (; end < to; end += 1) if (bytes[end] === component && (separators += 1) === 2) break;
  const text = printable(bytes, from, end, LONGEST_VALUE);
  return component === 0x5e ? text : text.replace(String.fromCharCode(component), "^");
}

function isDelimiter(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !(byte >= 0x30 && byte <= 0x39) && !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}
