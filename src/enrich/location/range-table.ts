import { type AddressWords, compareAddresses, V4_MAPPED } from "../../lib/ip.ts";

/** A run of addresses, both ends included, and what is said of it. IPv4 in mapped form (::ffff:a.b.c.d). */
export interface AddressRange {
  first: Readonly<AddressWords>;
  last: Readonly<AddressWords>;
  value: number;
}

/**
 * The arrays of a table: the whole address space cut into runs, each with a value; 0 means "nothing is said". Run n
 * goes from its start up to the next start. Words have their sign bit turned, so that signed order is address order.
 */
export interface RangeArrays {
  v4Starts: Int32Array;
  v4Values: Int32Array;
  /** Four words a start, side by side. */
  v6Starts: Int32Array;
  v6Values: Int32Array;
}

const TURN = 0x8000_0000 | 0;
/** Below this many runs a search from the top is as fast as an index. */
const INDEX_FROM = 64;
/** From here on the IPv6 index is fine-grained. */
const FINE_FROM = 8192;
/** Global unicast is 2000::/3 (RFC 4291 §2.4): the index covers it, with one bucket below and one above. */
const GLOBAL_FIRST = 0x2000_0000;
const GLOBAL_LAST = 0x3fff_ffff;

/** Address → value, for tables from ten to a million ranges. No allocation, no string; about 20–90 ns a look-up. */
export class RangeTable {
  readonly arrays: RangeArrays;
  private readonly v4Index: Int32Array | undefined;
  /** Of a sparse table, a bit for each /16: something is said of addresses in it. 8 kB, so that most strangers cost no search. */
  private readonly v4Spoken: Int32Array | undefined;
  private readonly v6Index: Int32Array | undefined;
  private readonly v6Shift: number;

  constructor(arrays: RangeArrays) {
    this.arrays = arrays;
    this.v4Index = indexOf(arrays.v4Starts, 1, 65_536, (word) => word >>> 16);
    this.v4Spoken = this.v4Index && spokenOf(arrays);
    const v6Count = arrays.v6Values.length;
    const shift = v6Count < FINE_FROM ? 16 : 10;
    this.v6Shift = shift;
    this.v6Index = indexOf(arrays.v6Starts, 4, (1 << (29 - shift)) + 2, (word) => v6Bucket(word, shift));
  }

  /** Value of the address, 0 when nothing is said of it. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    if (w0 === 0 && w1 === 0 && w2 === V4_MAPPED) return this.findV4(w3);
    return this.findV6(w0, w1, w2, w3);
  }

  private findV4(word: number): number {
    const starts = this.arrays.v4Starts;
    const key = word ^ TURN;
    let low = 0;
    let high = starts.length;
    if (this.v4Index !== undefined) {
      const bucket = word >>> 16;
      if (this.v4Spoken !== undefined && ((this.v4Spoken[bucket >>> 5] >>> (bucket & 31)) & 1) === 0) return 0;
      low = this.v4Index[bucket];
      high = this.v4Index[bucket + 1];
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= key) low = middle + 1;
      else high = middle;
    }
    return this.arrays.v4Values[low - 1];
  }

  private findV6(w0: number, w1: number, w2: number, w3: number): number {
    const starts = this.arrays.v6Starts;
    const k0 = w0 ^ TURN;
    const k1 = w1 ^ TURN;
    let low = 0;
    let high = starts.length >>> 2;
    if (this.v6Index !== undefined) {
      const bucket = v6Bucket(w0, this.v6Shift);
      low = this.v6Index[bucket];
      high = this.v6Index[bucket + 1];
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = middle << 2;
      const a = starts[at];
      let isBefore = a < k0;
      if (a === k0) {
        const b = starts[at + 1];
        isBefore = b < k1;
        if (b === k1) {
          const k2 = w2 ^ TURN;
          const c = starts[at + 2];
          isBefore = c < k2 || (c === k2 && starts[at + 3] <= (w3 ^ TURN));
        }
      }
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return this.arrays.v6Values[low - 1];
  }
}

function v6Bucket(word: number, shift: number): number {
  if (word >= GLOBAL_FIRST && word <= GLOBAL_LAST) return 1 + ((word - GLOBAL_FIRST) >>> shift);
  return word >= 0 && word < GLOBAL_FIRST ? 0 : 1 + (1 << (29 - shift));
}

/** index[b] is the number of starts in buckets below b; `bucketOf` rises with the first word of a start. */
function indexOf(starts: Int32Array, words: number, buckets: number, bucketOf: (word: number) => number): Int32Array | undefined {
  const count = starts.length / words;
  if (count < INDEX_FROM) return undefined;
  const index = new Int32Array(buckets + 1);
  let filled = 0;
  for (let at = 0; at < count; at += 1) {
    const bucket = bucketOf(starts[at * words] ^ TURN);
    while (filled <= bucket) {
      index[filled] = at;
      filled += 1;
    }
  }
  index.fill(count, filled);
  return index;
}

/** Undefined for a table that says something nearly everywhere. */
function spokenOf({ v4Starts: starts, v4Values: values }: RangeArrays): Int32Array | undefined {
  const bits = new Int32Array(2048);
  let buckets = 0;
  let last = -1;
  for (let n = 0; n < values.length; n += 1) {
    if (values[n] === 0) continue;
    const from = Math.max((starts[n] ^ TURN) >>> 16, last + 1);
    last = n + 1 < starts.length ? ((starts[n + 1] ^ TURN) - 1) >>> 16 : 65_535;
    for (let bucket = from; bucket <= last; bucket += 1) {
      bits[bucket >>> 5] |= 1 << (bucket & 31);
      buckets += 1;
    }
  }
  return buckets > 32_768 ? undefined : bits;
}

/**
 * Cuts the address space into runs from ranges that are given in order and do not overlap. Neighbours of one value
 * become one run.
 */
export class RangeArraysBuilder {
  private readonly v4 = new Runs(1);
  private readonly v6 = new Runs(4);

  /** Throws when the range begins at or before the end of the last one: the caller sorts. */
  add(first: Readonly<AddressWords>, last: Readonly<AddressWords>, value: number): void {
    const isFirstV4 = isMapped(first);
    if (isFirstV4 !== isMapped(last)) throw new Error("a range goes from IPv4 into IPv6");
    (isFirstV4 ? this.v4 : this.v6).add(first, last, value);
  }

  build(): RangeArrays {
    const v4 = this.v4.done();
    const v6 = this.v6.done();
    return { v4Starts: v4.starts, v4Values: v4.values, v6Starts: v6.starts, v6Values: v6.values };
  }
}

export function isMapped(words: Readonly<AddressWords>): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === V4_MAPPED;
}

class Runs {
  private readonly words: number;
  private starts: Int32Array;
  private values = new Int32Array(64);
  private count = 0;
  private lastEnd: AddressWords | undefined;

  /** `words`: how many of an address's last words tell the starts apart. */
  constructor(words: 1 | 4) {
    this.words = words;
    this.starts = new Int32Array(64 * words);
  }

  add(first: Readonly<AddressWords>, last: Readonly<AddressWords>, value: number): void {
    if (this.lastEnd && compareAddresses(first, this.lastEnd) <= 0) throw new Error("ranges overlap or are out of order");
    if (compareAddresses(first, last) > 0) throw new Error("a range ends before it begins");
    const gap = this.lastEnd === undefined ? undefined : after(this.lastEnd);
    if (gap && compareAddresses(gap, first) !== 0) this.push(gap, 0);
    this.push(first, value);
    this.lastEnd = [...last] as AddressWords;
  }

  done(): { starts: Int32Array; values: Int32Array } {
    const end = this.lastEnd && after(this.lastEnd);
    if (end) this.push(end, 0);
    // The run before the first start: every search finds something.
    const starts = new Int32Array((this.count + 1) * this.words).fill(TURN, 0, this.words);
    starts.set(this.starts.subarray(0, this.count * this.words), this.words);
    const values = new Int32Array(this.count + 1);
    values.set(this.values.subarray(0, this.count), 1);
    return { starts, values };
  }

  private push(start: Readonly<AddressWords>, value: number): void {
    if (this.count > 0 ? this.values[this.count - 1] === value : value === 0) return;
    if (this.count === this.values.length) {
      this.values = grown(this.values);
      this.starts = grown(this.starts);
    }
    for (let n = 0; n < this.words; n += 1) this.starts[this.count * this.words + n] = start[4 - this.words + n] ^ TURN;
    this.values[this.count] = value;
    this.count += 1;
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(array.length * 2);
  bigger.set(array);
  return bigger;
}

/** The next address; undefined after the last one of IPv6, and after the last one of IPv4. */
export function after(address: Readonly<AddressWords>): AddressWords | undefined {
  const next = [...address] as AddressWords;
  const lowest = isMapped(address) ? 3 : 0;
  for (let n = 3; n >= lowest; n -= 1) {
    next[n] = (next[n] + 1) | 0;
    if (next[n] !== 0) return next;
  }
  return undefined;
}
