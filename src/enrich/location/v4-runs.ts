import type { Sliced } from "../../lib/slices.ts";

const TURN = 0x8000_0000 | 0;
const ALL = 2 ** 32;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const FEWEST = 64;
/** Of a sort key's lower word: the prefix length above the entry's number, which no list that can be read reaches. */
const INDEX_BITS = 26;
const INDEX_MASK = 2 ** INDEX_BITS - 1;
/** Runs worked out between two rests. */
const STRIDE = 4096;

/**
 * IPv4 prefixes cut into runs that do not overlap, in typed arrays: what `prefixTable` says of overlaps, for registers of a hundred
 * thousand networks. Addresses are unsigned numbers.
 */
export class V4Runs {
  private firsts = new Float64Array(FEWEST);
  private lengths = new Uint8Array(FEWEST);
  private values = new Int32Array(FEWEST);
  private orders = new Float64Array(FEWEST);
  private count = 0;

  private starts = new Int32Array(FEWEST);
  private runs = new Int32Array(FEWEST);
  private runCount = 0;
  private end = -1;

  /** Takes a prefix in dotted form ("192.0.2.0/24", or a bare address); false when it is none, and nothing was done. */
  take(text: string, value: number, order: number): boolean {
    let address = 0;
    let part = -1;
    let dots = 0;
    let at = 0;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code >= ZERO && code <= ZERO + 9) {
        // A leading zero may mean octal: whoever reads texts with more care decides.
        if (part === 0) return false;
        part = part < 0 ? code - ZERO : part * 10 + code - ZERO;
        if (part > 255) return false;
      } else if (code === DOT && part >= 0 && dots < 3) {
        address = address * 256 + part;
        part = -1;
        dots += 1;
      } else if (code === SLASH) break;
      else return false;
    }
    if (dots !== 3 || part < 0) return false;
    const length = at === text.length ? 32 : lengthOf(text, at + 1);
    if (length < 0) return false;
    this.add(address * 256 + part, length, value, order);
    return true;
  }

  /** `address`: signed or unsigned; bits beyond the length do not count. `length`: 0 to 32. */
  add(address: number, length: number, value: number, order: number): void {
    if (this.count === this.firsts.length) {
      this.firsts = grown(this.firsts, new Float64Array(this.count * 2));
      this.lengths = grown(this.lengths, new Uint8Array(this.count * 2));
      this.values = grown(this.values, new Int32Array(this.count * 2));
      this.orders = grown(this.orders, new Float64Array(this.count * 2));
    }
    const size = 2 ** (32 - length);
    this.firsts[this.count] = Math.floor((address >>> 0) / size) * size;
    this.lengths[this.count] = length;
    this.values[this.count] = value;
    this.orders[this.count] = order;
    this.count += 1;
  }

  /** Starts with the sign bit turned, and the value of each run; the first run is that before all prefixes. */
  *done(): Sliced<{ starts: Int32Array; values: Int32Array }> {
    const { firsts, lengths, values } = this;
    const open: { last: number; best: number }[] = [];
    let from = 0;
    const close = (until: number) => {
      for (let top = open.at(-1); top !== undefined && top.last < until; top = open.at(-1)) {
        if (from <= top.last) this.emit(from, top.last, values[top.best]);
        from = Math.max(from, top.last + 1);
        open.pop();
      }
    };
    const sorted = this.sorted();
    yield;
    for (let n = 0; n < sorted.length; n += 1) {
      if (n % STRIDE === STRIDE - 1) yield;
      const entry = sorted[n];
      const first = firsts[entry];
      close(first);
      const outer = open.at(-1);
      if (outer !== undefined && from < first) this.emit(from, first - 1, values[outer.best]);
      const best = outer !== undefined && !this.beats(entry, outer.best) ? outer.best : entry;
      open.push({ last: first + 2 ** (32 - lengths[entry]) - 1, best });
      from = first;
    }
    close(Number.POSITIVE_INFINITY);
    if (this.end >= 0 && this.end + 1 < ALL) this.push(this.end + 1, 0);
    const starts = new Int32Array(this.runCount + 1).fill(TURN, 0, 1);
    starts.set(this.starts.subarray(0, this.runCount), 1);
    const runs = new Int32Array(this.runCount + 1);
    runs.set(this.runs.subarray(0, this.runCount), 1);
    return { starts, values: runs };
  }

  /** By address, the wider one first; of two that are the same, the one that counts last. */
  private sorted(): Uint32Array {
    const { firsts, lengths, count } = this;
    // As numbers of 64 bits, which are sorted without calling back: a tenth of the time, and it cannot be sliced.
    const keys = new BigUint64Array(count);
    const words = new Uint32Array(keys.buffer);
    const [low, high] = IS_LITTLE_ENDIAN ? [0, 1] : [1, 0];
    for (let n = 0; n < count; n += 1) {
      words[n * 2 + low] = lengths[n] * 2 ** INDEX_BITS + n;
      words[n * 2 + high] = firsts[n];
    }
    keys.sort();
    const entries = new Uint32Array(count);
    for (let n = 0; n < count; n += 1) entries[n] = words[n * 2 + low] & INDEX_MASK;
    let from = 0;
    for (let n = 1; n <= count; n += 1) {
      if (n < count && firsts[entries[n]] === firsts[entries[from]] && lengths[entries[n]] === lengths[entries[from]]) continue;
      if (n - from > 1) entries.subarray(from, n).sort((a, b) => (this.beats(a, b) ? 1 : -1));
      from = n;
    }
    return entries;
  }

  private beats(a: number, b: number): boolean {
    const { orders, lengths } = this;
    if (orders[a] !== orders[b]) return orders[a] < orders[b];
    return lengths[a] !== lengths[b] ? lengths[a] > lengths[b] : a < b;
  }

  private emit(first: number, last: number, value: number): void {
    if (first > this.end + 1) this.push(this.end + 1, 0);
    this.push(first, value);
    this.end = last;
  }

  private push(start: number, value: number): void {
    if (this.runCount > 0 ? this.runs[this.runCount - 1] === value : value === 0) return;
    if (this.runCount === this.runs.length) {
      this.starts = grown(this.starts, new Int32Array(this.runCount * 2));
      this.runs = grown(this.runs, new Int32Array(this.runCount * 2));
    }
    this.starts[this.runCount] = start ^ TURN;
    this.runs[this.runCount] = value;
    this.runCount += 1;
  }
}

/** -1 when it is no prefix length of IPv4. */
function lengthOf(text: string, at: number): number {
  const digits = text.length - at;
  if (digits < 1 || digits > 2) return -1;
  let length = 0;
  for (let n = at; n < text.length; n += 1) {
    const digit = text.charCodeAt(n) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length > 32 ? -1 : length;
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
