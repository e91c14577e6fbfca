import { printable } from "../lib/printable.ts";
import type { DicomFacts } from "../model/facts.ts";
import type { DicomSide, DicomState } from "./dicom-state.ts";
import { dicomFacts, PDU } from "./dicom-state.ts";
import { found, malformed, needMore, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { wireText } from "./text.ts";

/** Version, reserved bytes, two AE titles and 32 reserved bytes, after the PDU's header (PS3.8 tables 9-11, 9-17). */
export const ASSOCIATE_FIXED_BYTES = 68;
export const AE_TITLE_BYTES = 16;
const ITEM_HEADER_BYTES = 4;
const CONTEXT_BYTES = 4;
const LONGEST_UID = 64;
const LONGEST_USER_NAME = 64;
/** Of an item that is read; the rest of it is passed over. */
const LONGEST_READ = 128;

const PROPOSED_CONTEXT = 0x20;
const ANSWERED_CONTEXT = 0x21;
const ABSTRACT_SYNTAX = 0x30;
const USER_INFORMATION = 0x50;
const IMPLEMENTATION_CLASS = 0x52;
const IMPLEMENTATION_VERSION = 0x55;
const USER_IDENTITY = 0x58;
/** By the number of its type (PS3.7 table D.3-14); 0 is nobody's. */
const IDENTITIES: readonly DicomFacts["userIdentity"][] = [undefined, "username", "username-passcode", "kerberos", "saml", "jwt"];
const WITH_NAME = 2;

/** Who calls whom: the fixed part of an A-ASSOCIATE-RQ or -AC, which is all there. */
export function readEnds(stream: Stream, state: DicomState, side: DicomSide): void {
  const facts = dicomFacts(stream);
  if (side.pduType === PDU.request) {
    stream.senderAsks();
    const called = aeTitle(stream, 4);
    const calling = aeTitle(stream, 4 + AE_TITLE_BYTES);
    if (called !== "") stream.add((facts.calledAe ??= []), called);
    if (calling !== "") stream.add((facts.callingAe ??= []), calling);
    facts.result ??= "none";
    facts.userIdentity ??= "none";
    state.proposed.clear();
  } else {
    stream.senderAnswers();
    facts.result = "accepted";
    facts.ended = "open";
  }
  stream.report();
}

/** Reads the items that are here of an associate PDU, sub-items as if they were items (PS3.8 §9.3.2.2, §9.3.2.3). */
export function readItems(stream: Stream, state: DicomState, side: DicomSide): Verdict {
  while (side.pduLeft > 0) {
    if (side.pduLeft < ITEM_HEADER_BYTES) {
      pass(stream, side, side.pduLeft);
      break;
    }
    const { bytes, start } = stream;
    if (stream.length < ITEM_HEADER_BYTES) return needMore;
    const type = bytes[start];
    const length = bytes.readUInt16BE(start + 2);
    const wanted = ITEM_HEADER_BYTES + wantedBytes(type, length);
    if (wanted > side.pduLeft) return malformed("dicom_pdu");
    if (stream.length < wanted) return needMore;
    readItem(stream, state, type, start + ITEM_HEADER_BYTES, length);
    pass(stream, side, wanted + (isContainer(type) ? 0 : length - (wanted - ITEM_HEADER_BYTES)));
  }
  return found;
}

function pass(stream: Stream, side: DicomSide, length: number): void {
  const n = Math.min(length, side.pduLeft);
  stream.skip(n);
  side.pduLeft -= n;
}

function isContainer(type: number): boolean {
  return type === PROPOSED_CONTEXT || type === ANSWERED_CONTEXT || type === USER_INFORMATION;
}

/** How much of an item's body has to be here. */
function wantedBytes(type: number, length: number): number {
  if (type === PROPOSED_CONTEXT || type === ANSWERED_CONTEXT) return Math.min(length, CONTEXT_BYTES);
  if (type === ABSTRACT_SYNTAX || type === IMPLEMENTATION_CLASS || type === IMPLEMENTATION_VERSION || type === USER_IDENTITY)
    return Math.min(length, LONGEST_READ);
  return 0;
}

function readItem(stream: Stream, state: DicomState, type: number, at: number, length: number): void {
  const { bytes } = stream;
  const facts = dicomFacts(stream);
  if (type === PROPOSED_CONTEXT && length >= CONTEXT_BYTES) state.contextId = bytes[at];
  else if (type === ANSWERED_CONTEXT && length >= CONTEXT_BYTES) {
    // Result 0 is acceptance (PS3.8 table 9-18).
    const uid = state.proposed.get(bytes[at]);
    if (bytes[at + 2] !== 0 || uid === undefined) return;
    stream.add(state.accepted, uid);
    facts.sopClasses = state.accepted;
  } else if (type === ABSTRACT_SYNTAX) {
    const uid = uidText(bytes, at, length);
    if (uid === "") return;
    state.proposed.set(state.contextId, uid);
    if (facts.sopClasses === undefined || facts.sopClasses === state.accepted) facts.sopClasses = [...state.accepted];
    stream.add(facts.sopClasses, uid);
  } else if (type === IMPLEMENTATION_CLASS) stream.add((facts.implementation ??= []), uidText(bytes, at, length));
  else if (type === IMPLEMENTATION_VERSION)
    stream.add((facts.implementation ??= []), wireText(bytes, at, at + Math.min(length, AE_TITLE_BYTES)).trim());
  else if (type === USER_IDENTITY && length >= 4) takeIdentity(stream, facts, at, length);
}

/** PS3.7 §D.3.3.7: the type and, of a user, the name; what proves it (the second field) is not looked at. */
function takeIdentity({ bytes }: Stream, facts: DicomFacts, at: number, length: number): void {
  const kind = bytes[at];
  const identity = IDENTITIES[kind];
  if (identity === undefined) return;
  facts.userIdentity = identity;
  const nameBytes = Math.min(bytes.readUInt16BE(at + 2), length - 4, LONGEST_USER_NAME);
  if (kind <= WITH_NAME && nameBytes > 0) facts.userName = wireText(bytes, at + 4, at + 4 + nameBytes);
}

/** A UID (PS3.5 §9): digits and dots, padded with a zero; "" when it is none. */
function uidText(bytes: Buffer, start: number, length: number): string {
  let end = start + Math.min(length, LONGEST_UID);
  while (end > start && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end -= 1;
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0x2e && (bytes[at] < 0x30 || bytes[at] > 0x39)) return "";
  return wireText(bytes, start, end);
}

/** Trimmed; an AE title is padded with spaces (PS3.5 §6.2), by some with zeros. */
function aeTitle(stream: Stream, offset: number): string {
  const start = stream.start + offset;
  if (start + AE_TITLE_BYTES > stream.end) return "";
  let end = start + AE_TITLE_BYTES;
  while (end > start && (stream.bytes[end - 1] === 0x20 || stream.bytes[end - 1] === 0)) end -= 1;
  return printable(stream.bytes, start, end).trim();
}
