import { printable } from "../lib/printable.ts";
import type { Hl7Facts } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

const LONGEST_VALUE = 128;
const MAX_FIELD = 12;
const ACK_CODE_BYTES = 2;

/** The MSH segment that begins at `start`, "MSH" included, as far as `end` (HL7 v2.x §2.14.9): counts a message, and tells its ends. */
export function takeHeader(stream: Stream, start: number, end: number): void {
  const { facts } = stream;
  facts.hl7 ??= {};
  facts.hl7.messages = (facts.hl7.messages ?? 0) + 1;
  if (facts.hl7.messages === 1) stream.report();
  const type = takeFields(stream, facts.hl7, start + 3, end);
  if (type === "") return;
  stream.add((facts.hl7.messageTypes ??= []), type);
  if (type.startsWith("ACK")) stream.senderAnswers();
}

/** MSA-1, the code of an acknowledgement, where the MSA segment that begins at `start` has one (HL7 v2.x §2.14.8, table 0008). */
export function takeAcknowledgement(stream: Stream, start: number, end: number): void {
  const at = start + 4;
  if (at + ACK_CODE_BYTES > end) return;
  const [first, second] = [stream.bytes[at], stream.bytes[at + 1]];
  // A or C, then A, E or R.
  if (first !== 0x41 && first !== 0x43) return;
  if (second !== 0x41 && second !== 0x45 && second !== 0x52) return;
  const { facts } = stream;
  facts.hl7 ??= {};
  stream.add((facts.hl7.ackCodes ??= []), String.fromCharCode(first, second));
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
