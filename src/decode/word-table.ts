import { randomInt } from "node:crypto";

/** Entries that may share a place before a new one is refused: no choice of words makes a look-up slow. */
const LONGEST_CHAIN = 32;
const FIRST_ENTRIES = 64;
/** Entries looked at for one that may be forgotten, a call. */
const MOST_LOOKED_AT = 256;

/**
 * Lists of words, each kept once and named by a small number from 1. At most `limit` of them; then one that nobody holds
 * and that was not used in this round gives way. Memory grows with what is in use.
 */
export class WordTable {
  private readonly limit: number;
  private readonly stride: number;
  private readonly seed = randomInt(0x7fffffff);
  private words: Int32Array;
  private lengths: Uint8Array;
  private hashes: Int32Array;
  private next: Int32Array;
  private heads: Int32Array;
  private holds: Int32Array;
  private usedIn: Float64Array;
  private high = 0;
  private hand = 1;
  private readonly onForget: (entry: number) => void;

  /** `stride`: most words of a list. `onForget` is called for an entry just before its number goes to another. */
  constructor(limit: number, stride: number, onForget: (entry: number) => void = () => {}) {
    this.limit = limit;
    this.stride = stride;
    this.onForget = onForget;
    const entries = FIRST_ENTRIES + 1;
    this.words = new Int32Array(entries * stride);
    this.lengths = new Uint8Array(entries);
    this.hashes = new Int32Array(entries);
    this.next = new Int32Array(entries);
    this.holds = new Int32Array(entries);
    this.usedIn = new Float64Array(entries);
    this.heads = new Int32Array(FIRST_ENTRIES);
  }

  get count(): number {
    return this.high;
  }

  /** The number of this list, or 0 when the table is full of lists in use. */
  find(list: Int32Array, length: number, round: number): number {
    const hash = this.hashOf(list, length);
    const head = hash & (this.heads.length - 1);
    let steps = 0;
    for (let entry = this.heads[head]; entry !== 0; entry = this.next[entry], steps += 1) {
      if (this.hashes[entry] !== hash || !this.isSame(entry, list, length)) continue;
      this.usedIn[entry] = round;
      return entry;
    }
    return steps > LONGEST_CHAIN ? 0 : this.add(list, length, hash, round);
  }

  /** True until the entry is admitted. */
  isNew(entry: number): boolean {
    return this.holds[entry] < 0;
  }

  /** Says that the entry is known from now on. */
  admit(entry: number): void {
    if (this.holds[entry] < 0) this.holds[entry] = 0;
  }

  hold(entry: number): void {
    this.holds[entry] += 1;
  }

  letGo(entry: number): void {
    this.holds[entry] -= 1;
  }

  word(entry: number, n: number): number {
    return this.words[entry * this.stride + n];
  }

  length(entry: number): number {
    return this.lengths[entry];
  }

  private add(list: Int32Array, length: number, hash: number, round: number): number {
    const entry = this.place(round);
    if (entry === 0) return 0;
    for (let n = 0; n < length; n += 1) this.words[entry * this.stride + n] = list[n];
    this.lengths[entry] = length;
    this.hashes[entry] = hash;
    this.holds[entry] = -1;
    this.usedIn[entry] = round;
    this.link(entry);
    return entry;
  }

  private place(round: number): number {
    if (this.high < this.limit) {
      this.high += 1;
      if (this.high >= this.lengths.length) this.grow();
      return this.high;
    }
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += 1) {
      const entry = this.hand;
      this.hand = this.hand === this.limit ? 1 : this.hand + 1;
      if (this.holds[entry] > 0 || this.usedIn[entry] === round) continue;
      this.unlink(entry);
      this.onForget(entry);
      return entry;
    }
    return 0;
  }

  private link(entry: number): void {
    const head = this.hashes[entry] & (this.heads.length - 1);
    this.next[entry] = this.heads[head];
    this.heads[head] = entry;
  }

  private unlink(entry: number): void {
    const head = this.hashes[entry] & (this.heads.length - 1);
    if (this.heads[head] === entry) {
      this.heads[head] = this.next[entry];
      return;
    }
    let before = this.heads[head];
    while (this.next[before] !== entry) before = this.next[before];
    this.next[before] = this.next[entry];
  }

  private grow(): void {
    const entries = Math.min((this.lengths.length - 1) * 2, this.limit) + 1;
    this.words = copied(new Int32Array(entries * this.stride), this.words);
    this.lengths = copied(new Uint8Array(entries), this.lengths);
    this.hashes = copied(new Int32Array(entries), this.hashes);
    this.next = new Int32Array(entries);
    this.holds = copied(new Int32Array(entries), this.holds);
    this.usedIn = copied(new Float64Array(entries), this.usedIn);
    this.heads = new Int32Array(this.heads.length * 2);
    for (let entry = 1; entry < this.high; entry += 1) this.link(entry);
  }

  private hashOf(list: Int32Array, length: number): number {
    let hash = this.seed;
    for (let n = 0; n < length; n += 1) {
      hash = Math.imul(hash ^ list[n], 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private isSame(entry: number, list: Int32Array, length: number): boolean {
    if (this.lengths[entry] !== length) return false;
    const at = entry * this.stride;
    for (let n = 0; n < length; n += 1) if (this.words[at + n] !== list[n]) return false;
    return true;
  }
}

function copied<T extends Int32Array | Uint8Array | Float64Array>(to: T, from: T): T {
  to.set(from as never);
  return to;
}
