import type { AddressWords } from "../lib/ip.ts";
import type { Losses } from "../obs/losses.ts";

/**
 * A name goes on being used after its TTL: programs keep addresses, connections are pooled, and a flow is named by its
 * first packet. An hour covers the browsers, runtimes and PACS that keep answers longest.
 */
const GRACE_MICROS = 3600e6;
/** The answer may be read a little after the flow it led to, when they came on different sensor threads. */
const EARLY_MICROS = 1e6;
/** Slots looked at for one that may go; beyond them the oldest found goes. */
const CLOCK_STEPS = 64;
const KEY_WORDS = 8;
const TIMES = 4;
const SINCE = 0;
const UNTIL = 1;
const EARLIER_SINCE = 2;

/**
 * (client, address) → name with its time, in typed arrays of fixed size: chained hashing with a secret seed, because
 * the keys come off the wire. Each entry keeps one earlier name, for flows that began before the address changed hands.
 * Which entry goes when the table is full depends on order of arrival and use alone, never on the seed.
 */
export class NameTable {
  count = 0;
  private readonly limit: number;
  private readonly seed: number;
  private readonly losses: Losses;
  private readonly keys: Int32Array;
  private readonly heads: Int32Array;
  private readonly nexts: Int32Array;
  private readonly names: string[] = [];
  private readonly earlierNames: (string | undefined)[] = [];
  /** Since, until, earlier since: side by side, because they are read together. */
  private readonly times: Float64Array;
  private readonly isUsed: Uint8Array;
  private readonly key = new Int32Array(KEY_WORDS);
  private hand = 0;
  private newestMicros = Number.NEGATIVE_INFINITY;

  constructor(limit: number, seed: number, losses: Losses) {
    let buckets = 16;
    while (buckets < limit) buckets *= 2;
    this.limit = limit;
    this.seed = seed;
    this.losses = losses;
    this.keys = new Int32Array(limit * KEY_WORDS);
    this.heads = new Int32Array(buckets);
    this.nexts = new Int32Array(limit);
    this.times = new Float64Array(limit * TIMES);
    this.isUsed = new Uint8Array(limit);
  }

  get(client: Readonly<AddressWords>, address: Readonly<AddressWords>, atMicros: number): string | undefined {
    if (this.count === 0) return undefined;
    const slot = this.find(client, address);
    if (slot < 0) return undefined;
    const times = this.times;
    const at = slot * TIMES;
    if (atMicros >= times[at + SINCE] - EARLY_MICROS) {
      if (atMicros > times[at + UNTIL] + GRACE_MICROS) return undefined;
      this.isUsed[slot] = 1;
      return this.names[slot];
    }
    return atMicros >= times[at + EARLIER_SINCE] - EARLY_MICROS ? this.earlierNames[slot] : undefined;
  }

  put(client: Readonly<AddressWords>, address: Readonly<AddressWords>, name: string, atMicros: number, untilMicros: number): void {
    if (this.limit === 0) return;
    if (atMicros > this.newestMicros) this.newestMicros = atMicros;
    const times = this.times;
    let slot = this.find(client, address);
    if (slot < 0) {
      slot = this.take();
      this.enter(slot);
      this.names[slot] = name;
      this.earlierNames[slot] = undefined;
      times[slot * TIMES + SINCE] = atMicros;
      times[slot * TIMES + UNTIL] = untilMicros;
      this.isUsed[slot] = 1;
      return;
    }
    this.isUsed[slot] = 1;
    const at = slot * TIMES;
    if (this.names[slot] === name) {
      times[at + SINCE] = Math.min(times[at + SINCE], atMicros);
      times[at + UNTIL] = Math.max(times[at + UNTIL], untilMicros);
    } else if (atMicros >= times[at + SINCE]) {
      this.earlierNames[slot] = this.names[slot];
      times[at + EARLIER_SINCE] = times[at + SINCE];
      this.names[slot] = name;
      times[at + SINCE] = atMicros;
      times[at + UNTIL] = untilMicros;
    } else if (this.earlierNames[slot] === undefined) {
      this.earlierNames[slot] = name;
      times[at + EARLIER_SINCE] = atMicros;
    }
  }

  /** A slot for a new entry: a fresh one, else one whose time is over, else one not used since the hand last came by. */
  private take(): number {
    if (this.count < this.limit) {
      this.count += 1;
      return this.count - 1;
    }
    for (let step = 0; ; step += 1) {
      const slot = this.hand;
      this.hand = (this.hand + 1) % this.limit;
      const isOver = this.times[slot * TIMES + UNTIL] + GRACE_MICROS < this.newestMicros;
      if (!isOver && this.isUsed[slot] === 1 && step < CLOCK_STEPS) {
        this.isUsed[slot] = 0;
        continue;
      }
      if (!isOver) this.losses.add("names_evicted");
      this.leave(slot);
      return slot;
    }
  }

  /** Finds the entry; leaves the key in `this.key` for `enter`. -1 when there is none. */
  private find(client: Readonly<AddressWords>, address: Readonly<AddressWords>): number {
    const { key, keys } = this;
    for (let n = 0; n < 4; n += 1) {
      key[n] = client[n];
      key[n + 4] = address[n];
    }
    let slot = this.heads[this.bucketOf(key, 0)] - 1;
    while (slot >= 0) {
      const at = slot * KEY_WORDS;
      let n = KEY_WORDS - 1;
      while (n >= 0 && keys[at + n] === key[n]) n -= 1;
      if (n < 0) return slot;
      slot = this.nexts[slot] - 1;
    }
    return -1;
  }

  private enter(slot: number): void {
    this.keys.set(this.key, slot * KEY_WORDS);
    const bucket = this.bucketOf(this.key, 0);
    this.nexts[slot] = this.heads[bucket];
    this.heads[bucket] = slot + 1;
  }

  private leave(slot: number): void {
    const bucket = this.bucketOf(this.keys, slot * KEY_WORDS);
    if (this.heads[bucket] === slot + 1) {
      this.heads[bucket] = this.nexts[slot];
      return;
    }
    let before = this.heads[bucket] - 1;
    while (this.nexts[before] !== slot + 1) before = this.nexts[before] - 1;
    this.nexts[before] = this.nexts[slot];
  }

  private bucketOf(words: Int32Array, at: number): number {
    let hash = this.seed;
    for (let n = 0; n < KEY_WORDS; n += 1) {
      hash = Math.imul(hash ^ words[at + n], 0x2c1b3c6d);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x297a2d39);
    return (hash ^ (hash >>> 15)) & (this.heads.length - 1);
  }
}
