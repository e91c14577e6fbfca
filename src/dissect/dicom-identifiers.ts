import type { IdentifierFacts } from "../model/facts.ts";
import { hasRepresentation, ITEM_GROUP, isLong, UNDEFINED_LENGTH } from "./classing/elements.ts";
import { LONGEST_IDENTIFIER, takeIdentifier } from "./identifier-hashes.ts";
import type { Stream } from "./stream.ts";

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 12;
/** Elements of group FFFE (PS3.5 §7.5): an item begins, an item ends, a sequence ends. */
const ITEM = 0xe000;
const ITEM_END = 0xe00d;
const SEQUENCE_END = 0xe0dd;
const DEEPEST = 16;

/** What one keeps in memory, about. */
export const DICOM_IDENTIFIERS_BYTES = 512;

const ACCESSION_NUMBER = 0x0008_0050;
const PATIENT_ID = 0x0010_0020;
const STUDY_INSTANCE_UID = 0x0020_000d;
const BACKSLASH = 0x5c;
/** A query's patterns (PS3.4 §C.2.2.2.4) identify nothing. */
const WILDCARDS = [0x2a, 0x3f];

/**
 * Walks the elements of a data set (PS3.5 §7.1), little endian, explicit or implicit as each looks, up to the Study Instance UID,
 * and hands on the hashes of Accession Number, Patient ID and that UID. Only those of the data set itself: what stands in its
 * sequences is of other studies. Bytes of a value are kept while it is not whole, and no longer.
 */
export class DicomIdentifiers {
  /** The rest is of no interest. */
  isOver = true;
  private readonly header = Buffer.alloc(LONG_HEADER_BYTES);
  private headerBytes = 0;
  private readonly value = Buffer.alloc(LONGEST_IDENTIFIER);
  private valueBytes = 0;
  /** Bytes left of the value that is passed over, or taken when it has a `kind`. */
  private left = 0;
  private kind: keyof IdentifierFacts | undefined = undefined;
  /** Sequences and items of undefined length that are open. */
  private depth = 0;
  private lastTag = 0;

  begin(): void {
    this.isOver = false;
    this.headerBytes = 0;
    this.valueBytes = 0;
    this.value.fill(0);
    this.left = 0;
    this.kind = undefined;
    this.depth = 0;
    this.lastTag = 0;
  }

  read(stream: Stream, start: number, end: number): void {
    const { bytes } = stream;
    let at = start;
    while (at < end && !this.isOver) at = this.left > 0 ? this.readValue(stream, bytes, at, end) : this.readHeader(stream, bytes, at, end);
  }

  /** Returns where it stopped. */
  private readValue(stream: Stream, bytes: Buffer, start: number, end: number): number {
    const here = Math.min(this.left, end - start);
    const { kind } = this;
    this.left -= here;
    if (kind === undefined) return start + here;
    if (this.left === 0 && this.valueBytes === 0) takeValues(stream, kind, bytes, start, start + here);
    else {
      this.valueBytes += bytes.copy(this.value, this.valueBytes, start, start + here);
      if (this.left > 0) return start + here;
      takeValues(stream, kind, this.value, 0, this.valueBytes);
      this.value.fill(0);
      this.valueBytes = 0;
    }
    this.kind = undefined;
    // It is the last that is wanted.
    if (this.lastTag === STUDY_INSTANCE_UID) this.isOver = true;
    return start + here;
  }

  private readHeader(stream: Stream, bytes: Buffer, start: number, end: number): number {
    const { header } = this;
    const wanted = this.headerBytes < HEADER_BYTES ? HEADER_BYTES : LONG_HEADER_BYTES;
    const here = Math.min(wanted - this.headerBytes, end - start);
    bytes.copy(header, this.headerBytes, start, start + here);
    this.headerBytes += here;
    if (this.headerBytes === wanted && (wanted === LONG_HEADER_BYTES || !isLong(header))) this.takeHeader(stream);
    return start + here;
  }

  private takeHeader(stream: Stream): void {
    const { header } = this;
    const group = header.readUInt16LE(0);
    const element = header.readUInt16LE(2);
    const isExplicit = group !== ITEM_GROUP && hasRepresentation(header);
    const length =
      this.headerBytes === LONG_HEADER_BYTES ? header.readUInt32LE(8) : isExplicit ? header.readUInt16LE(6) : header.readUInt32LE(4);
    this.headerBytes = 0;
    // The one before may have had no value that would have ended it.
    this.kind = undefined;
    if (group === ITEM_GROUP) {
      this.takeBorder(element, length);
      return;
    }
    const tag = group * 0x10000 + element;
    const isOwn = this.depth === 0;
    if (isOwn) {
      // Tags only grow (PS3.5 §7.1): what does not keep to that is no data set, or compressed.
      if (tag <= this.lastTag || tag > STUDY_INSTANCE_UID) {
        this.isOver = true;
        return;
      }
      this.lastTag = tag;
    }
    if (length === UNDEFINED_LENGTH) this.open();
    else {
      this.left = length;
      this.kind = isOwn ? kindOf(tag) : undefined;
      if (this.kind === undefined || length <= LONGEST_IDENTIFIER) return;
      this.kind = undefined;
      stream.dropFact();
    }
  }

  private takeBorder(element: number, length: number): void {
    if (element === ITEM && this.depth > 0) {
      if (length === UNDEFINED_LENGTH) this.open();
      else this.left = length;
    } else if ((element === ITEM_END || element === SEQUENCE_END) && this.depth > 0) this.depth -= 1;
    else this.isOver = true;
  }

  private open(): void {
    this.depth += 1;
    if (this.depth > DEEPEST) this.isOver = true;
  }
}

function kindOf(tag: number): keyof IdentifierFacts | undefined {
  if (tag === STUDY_INSTANCE_UID) return "study";
  if (tag === PATIENT_ID) return "patient";
  return tag === ACCESSION_NUMBER ? "accession" : undefined;
}

/** The values of an element, which a backslash parts: a query may ask for several studies (PS3.4 §C.2.2.2.2). */
function takeValues(stream: Stream, kind: keyof IdentifierFacts, bytes: Buffer, start: number, end: number): void {
  let from = start;
  let isPattern = false;
  for (let at = start; at <= end; at += 1) {
    if (at < end && bytes[at] !== BACKSLASH) {
      isPattern ||= WILDCARDS.includes(bytes[at]);
      continue;
    }
    if (!isPattern) takeIdentifier(stream, kind, bytes, from, at);
    from = at + 1;
    isPattern = false;
  }
}
