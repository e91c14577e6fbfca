import { readHuffman } from "./hpack-huffman.ts";
import { type FieldEntry, fieldOf, NO_FIELD, STATIC_ENTRIES } from "./http2-fields.ts";
import { wireText } from "./text.ts";

/** What a table holds unless it is told otherwise, and at most here, octets (RFC 9113 §6.5.2). */
const TABLE_OCTETS = 4096;
/** What an entry counts beside its name and value (RFC 7541 §4.1). */
const ENTRY_OCTETS = 32;
/** Of a name or a value that was compressed. */
const LONGEST_TEXT = 255;
/** A number of more continuation octets is beyond any length there is (§5.1). */
const MOST_NUMBER_OCTETS = 4;

/** Shown each field that somebody reads, with its printable value. */
export type TakeField = (field: number, value: string) => void;

/** The string last read: where its text is, as far as that is kept, and how long all of it is. One object serves all. */
const plain = Buffer.alloc(LONGEST_TEXT);
const string = { bytes: plain as Buffer, start: 0, end: 0, octets: 0 };

/**
 * The fields of one direction's messages (RFC 7541). Of an entry the table keeps what it counts for; its value only where
 * somebody reads the field.
 */
export class FieldTable {
  /** Oldest first. */
  private readonly entries: FieldEntry[] = [];
  private octets = 0;
  private limit = TABLE_OCTETS;
  private at = 0;

  /**
   * Reads a whole block of fields. False when it breaks the rules, or asks for a larger table than is kept: from then on
   * nothing of this direction can be told.
   */
  read(bytes: Buffer, start: number, end: number, take: TakeField): boolean {
    this.at = start;
    while (this.at < end) {
      const first = bytes[this.at];
      if (first >= 0x80) {
        const entry = this.entryAt(this.number(bytes, end, 7));
        if (entry === undefined) return false;
        if (entry.field !== NO_FIELD) take(entry.field, entry.value);
      } else if ((first & 0xe0) === 0x20) {
        const limit = this.number(bytes, end, 5);
        if (limit < 0 || limit > TABLE_OCTETS) return false;
        this.limit = limit;
        this.makeRoom(0);
      } else if (!this.readLiteral(bytes, end, first >= 0x40, take)) return false;
    }
    return true;
  }

  clear(): void {
    this.entries.length = 0;
    this.octets = 0;
  }

  /** A field with its value in full (§6.2); `isKept`: it goes into the table. */
  private readLiteral(bytes: Buffer, end: number, isKept: boolean, take: TakeField): boolean {
    const index = this.number(bytes, end, isKept ? 6 : 4);
    const named = index === 0 ? undefined : this.entryAt(index);
    if (index !== 0 && named === undefined) return false;
    if (named === undefined && !this.readString(bytes, end)) return false;
    const field = named?.field ?? fieldOf(string.bytes, string.start, string.end);
    const nameOctets = named?.nameOctets ?? string.octets;
    if (!this.readString(bytes, end)) return false;
    const value = field === NO_FIELD ? "" : wireText(string.bytes, string.start, string.end);
    if (isKept) this.keep({ field, value, nameOctets, octets: nameOctets + string.octets + ENTRY_OCTETS });
    if (field !== NO_FIELD) take(field, value);
    return true;
  }

  /** A number whose first octet ends in so many bits of it (§5.1); -1 when it is cut or too large. */
  private number(bytes: Buffer, end: number, prefixBits: number): number {
    if (this.at >= end) return -1;
    const most = (1 << prefixBits) - 1;
    let value = bytes[this.at] & most;
    this.at += 1;
    if (value < most) return value;
    for (let n = 0; n < MOST_NUMBER_OCTETS && this.at < end; n += 1) {
      const octet = bytes[this.at];
      this.at += 1;
      value += (octet & 0x7f) * 2 ** (7 * n);
      if (octet < 0x80) return value;
    }
    return -1;
  }

  /** A string, compressed or not (§5.2), into `string`. */
  private readString(bytes: Buffer, end: number): boolean {
    const isCompressed = this.at < end && bytes[this.at] >= 0x80;
    const length = this.number(bytes, end, 7);
    const start = this.at;
    if (length < 0 || start + length > end) return false;
    this.at += length;
    string.bytes = isCompressed ? plain : bytes;
    string.start = isCompressed ? 0 : start;
    string.octets = isCompressed ? readHuffman(bytes, start, start + length, plain) : length;
    string.end = string.start + (isCompressed ? Math.min(string.octets, LONGEST_TEXT) : length);
    return string.octets >= 0;
  }

  /** The entry at an index into both tables (§2.3.3). */
  private entryAt(index: number): FieldEntry | undefined {
    if (index <= STATIC_ENTRIES.length) return STATIC_ENTRIES[index - 1];
    return this.entries[this.entries.length - (index - STATIC_ENTRIES.length)];
  }

  private keep(entry: FieldEntry): void {
    this.makeRoom(entry.octets);
    // One that is larger than the table empties it (§4.4).
    if (entry.octets > this.limit) return;
    this.entries.push(entry);
    this.octets += entry.octets;
  }

  private makeRoom(octets: number): void {
    let gone = 0;
    for (; gone < this.entries.length && this.octets + octets > this.limit; gone += 1) this.octets -= this.entries[gone].octets;
    if (gone > 0) this.entries.splice(0, gone);
  }
}
