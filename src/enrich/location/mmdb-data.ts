import { AppError } from "../../lib/errors.ts";

/** A value of the data section (MaxMind DB file format 2.0, "Data Section"). Bytes and 128-bit integers become hex text. */
export type MmdbValue = string | number | bigint | boolean | MmdbValue[] | { [key: string]: MmdbValue };

/** Deeper nesting than any database has. */
const DEEPEST = 16;
/** More values than any one record has; ends cycles and pointer bombs. */
const MOST_VALUES = 20_000;

const POINTER = 1;
const MAP = 7;
const ARRAY = 11;
const BOOLEAN = 14;
const UNSIGNED_BYTES: Readonly<Record<number, number>> = { 5: 2, 6: 4, 9: 8, 10: 16 };

/** Reads values out of one section of a file. Every length is held against the section before it is believed. */
export class MmdbData {
  private readonly bytes: Buffer;
  private readonly file: string;
  private at = 0;
  private budget = 0;

  /** `bytes` is the section only: pointers count from its start. `file` is for error messages. */
  constructor(bytes: Buffer, file: string) {
    this.bytes = bytes;
    this.file = file;
  }

  /** The value at an offset. Throws `geo_corrupt` that says what is wrong. */
  read(offset: number): MmdbValue {
    this.at = offset;
    this.budget = MOST_VALUES;
    return this.value(0);
  }

  private value(depth: number, isPointed = false): MmdbValue {
    if (depth > DEEPEST) this.fail("data nested too deep");
    this.budget -= 1;
    if (this.budget < 0) this.fail("a record with too many values");
    const control = this.byte();
    let type = control >> 5;
    if (type === POINTER) {
      if (isPointed) this.fail("a pointer to a pointer");
      const target = this.pointer(control);
      const back = this.at;
      this.at = target;
      const value = this.value(depth + 1, true);
      this.at = back;
      return value;
    }
    if (type === 0) type = this.byte() + 7;
    const size = this.size(control & 31);
    if (type === MAP) return this.map(size, depth);
    if (type === ARRAY) return this.array(size, depth);
    return this.scalar(type, size);
  }

  private map(size: number, depth: number): MmdbValue {
    this.expect(size * 2);
    const entries: [string, MmdbValue][] = [];
    for (let n = 0; n < size; n += 1) {
      const key = this.value(depth + 1);
      if (typeof key !== "string") this.fail("a map key that is no text");
      entries.push([key as string, this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  private array(size: number, depth: number): MmdbValue {
    this.expect(size);
    const out: MmdbValue[] = [];
    for (let n = 0; n < size; n += 1) out.push(this.value(depth + 1));
    return out;
  }

  private scalar(type: number, size: number): MmdbValue {
    if (type === BOOLEAN) return size !== 0;
    const from = this.at;
    this.expect(size);
    this.at += size;
    const most = UNSIGNED_BYTES[type];
    if (most !== undefined) {
      if (size > most) this.fail("an integer that is too long");
      if (size === 0) return 0;
      if (size <= 6) return this.bytes.readUIntBE(from, size);
      return BigInt(`0x${this.bytes.toString("hex", from, this.at)}`);
    }
    if (type === 2) return this.bytes.toString("utf8", from, this.at);
    if (type === 3 && size === 8) return this.bytes.readDoubleBE(from);
    if (type === 15 && size === 4) return this.bytes.readFloatBE(from);
    if (type === 4) return this.bytes.toString("hex", from, this.at);
    if (type === 8 && size <= 4) return size === 0 ? 0 : size < 4 ? this.bytes.readUIntBE(from, size) : this.bytes.readInt32BE(from);
    return this.fail(`a value of impossible type ${type} or size ${size}`);
  }

  private pointer(control: number): number {
    const kind = (control >> 3) & 3;
    const high = control & 7;
    const length = kind + 1;
    this.expect(length);
    const low = this.bytes.readUIntBE(this.at, length);
    this.at += length;
    if (kind === 0) return (high << 8) | low;
    if (kind === 1) return ((high << 16) | low) + 2048;
    if (kind === 2) return high * 2 ** 24 + low + 526_336;
    return low;
  }

  private size(short: number): number {
    if (short < 29) return short;
    const length = short - 28;
    this.expect(length);
    const more = this.bytes.readUIntBE(this.at, length);
    this.at += length;
    return more + (length === 1 ? 29 : length === 2 ? 285 : 65_821);
  }

  private byte(): number {
    if (this.at < 0 || this.at >= this.bytes.length) this.fail("a record that points out of the data section");
    const byte = this.bytes[this.at];
    this.at += 1;
    return byte;
  }

  private expect(count: number): void {
    if (this.at + count > this.bytes.length) this.fail("a value longer than what is left of the data section");
  }

  private fail(what: string): never {
    throw new AppError("geo_corrupt", `${this.file}: damaged database: ${what} (near data byte ${this.at}); get the file again`);
  }
}
