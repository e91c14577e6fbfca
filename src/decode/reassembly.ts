import { LOSS_INDEX } from "../model/loss.ts";
import { FRAGMENT } from "../model/row.ts";
import type { Losses } from "../obs/losses.ts";
import { SlabPool } from "./slab-pool.ts";

/** Datagrams that may wait for fragments at a time: twice the rows of a batch, so that none that its rows point into is overwritten. */
export const MOST_DATAGRAMS = 512;
const SLAB_BYTES = 65_536;
/** Data of an IP packet is never longer than this (RFC 791 §3.1; RFC 8200 §4.5). */
const LONGEST_DATA = 65_535;
/** Stretches of a datagram that may lie apart from each other. */
const MOST_STRETCHES = 16;
/** How long fragments wait for the others. */
const LONGEST_WAIT_MICROS = 30e6;
/** The clock went back: what waits is from another time. */
const OTHER_TIME_MICROS = -3600e6;
/** What tells datagrams apart: words of FRAGMENT up to the path. */
const KEY_WORDS = FRAGMENT.path;
const LIMIT = LOSS_INDEX.reassembly_limit;
const OVERLAP = LOSS_INDEX.fragment_overlap;
const MISSING = LOSS_INDEX.fragment_missing;
const NOT_COMPLETE = -1;

/**
 * IP datagrams put together from their fragments (RFC 791 §3.2, RFC 8200 §4.5), which may come in any order. Each waiting
 * datagram has a slab of its own, so lengths off the wire allocate nothing; when all slabs are taken the datagram that waits
 * the longest gives way. Fragments that say different things of the same bytes, or run over the end, leave theirs unread (RFC 5722
 * §4); ones that were merely seen twice do no harm.
 */
export class Reassembly {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Length of the datagram that `add` completed. */
  completeBytes = 0;
  private readonly losses: Losses;
  private readonly keys = new Int32Array(MOST_DATAGRAMS * KEY_WORDS);
  private readonly heads = new Int32Array(MOST_DATAGRAMS).fill(-1);
  private readonly next = new Int32Array(MOST_DATAGRAMS);
  private readonly buckets = new Int32Array(MOST_DATAGRAMS);
  /** Not to be read: its fragments contradict each other. */
  private readonly isSpoilt = new Uint8Array(MOST_DATAGRAMS);
  private readonly sinceMicros = new Float64Array(MOST_DATAGRAMS);
  /** Bytes of the whole datagram; 0 while its last fragment did not come. */
  private readonly total = new Int32Array(MOST_DATAGRAMS);
  private readonly stretchCount = new Uint8Array(MOST_DATAGRAMS);
  private readonly starts = new Int32Array(MOST_DATAGRAMS * MOST_STRETCHES);
  private readonly ends = new Int32Array(MOST_DATAGRAMS * MOST_STRETCHES);
  private readonly slabs = new SlabPool(MOST_DATAGRAMS);
  private previousMicros = Number.POSITIVE_INFINITY;

  constructor(losses: Losses) {
    this.losses = losses;
  }

  /** The rows of the round before are done with: their datagrams may be overwritten. */
  nextRound(): void {
    this.slabs.nextRound();
  }

  /** There will be no more fragments: counts the datagrams that still wait for one. */
  finish(): void {
    while (this.slabs.oldest >= 0) this.giveUp(this.slabs.oldest);
  }

  /**
   * Takes the fragment that `words` names from `at` on, with `length` bytes of `from`, at `offset` of its datagram.
   * Returns where in `bytes` the datagram begins when it is complete, else -1.
   */
  add(
    words: Int32Array,
    at: number,
    from: Buffer,
    start: number,
    length: number,
    offset: number,
    hasMore: boolean,
    micros: number,
  ): number {
    if (length <= 0) return NOT_COMPLETE;
    this.expire(micros);
    const slab = this.find(words, at, micros);
    if (slab < 0 || this.isSpoilt[slab] === 1) return NOT_COMPLETE;
    if (!this.fits(slab, offset, length, hasMore)) return this.spoil(slab, OVERLAP);
    const base = slab * SLAB_BYTES;
    const meets = this.meets(slab, offset, offset + length);
    if (meets !== 0) {
      const isSame = meets > 0 && from.compare(this.bytes, base + offset, base + offset + length, start, start + length) === 0;
      return isSame ? NOT_COMPLETE : this.spoil(slab, OVERLAP);
    }
    if (!this.cover(slab, offset, offset + length)) return this.spoil(slab, LIMIT);
    from.copy(this.bytes, base + offset, start, start + length);
    const first = slab * MOST_STRETCHES;
    const isWhole =
      this.stretchCount[slab] === 1 && this.starts[first] === 0 && this.total[slab] !== 0 && this.ends[first] === this.total[slab];
    if (!isWhole) return NOT_COMPLETE;
    this.completeBytes = this.total[slab];
    this.forget(slab);
    this.slabs.finish(slab);
    return base;
  }

  /** Whether a fragment agrees with what is known of the datagram's length; notes what it says of it. */
  private fits(slab: number, offset: number, length: number, hasMore: boolean): boolean {
    const end = offset + length;
    if (end > LONGEST_DATA || (hasMore && (length & 7) !== 0)) return false;
    const total = this.total[slab];
    if (total !== 0 && (end > total || (!hasMore && end !== total))) return false;
    if (hasMore || total !== 0) return true;
    for (let n = 0; n < this.stretchCount[slab]; n += 1) if (this.ends[slab * MOST_STRETCHES + n] > end) return false;
    this.total[slab] = end;
    return true;
  }

  /** 0: these bytes are new; 1: all of them are there; -1: some are. */
  private meets(slab: number, from: number, to: number): number {
    for (let n = 0; n < this.stretchCount[slab]; n += 1) {
      const start = this.starts[slab * MOST_STRETCHES + n];
      const end = this.ends[slab * MOST_STRETCHES + n];
      if (from < end && to > start) return from >= start && to <= end ? 1 : -1;
    }
    return 0;
  }

  /** Adds a stretch, joined with its neighbours. False when there are too many. */
  private cover(slab: number, from: number, to: number): boolean {
    const { starts, ends, stretchCount } = this;
    const first = slab * MOST_STRETCHES;
    let start = from;
    let end = to;
    let kept = 0;
    for (let n = 0; n < stretchCount[slab]; n += 1) {
      if (ends[first + n] === start) start = starts[first + n];
      else if (starts[first + n] === end) end = ends[first + n];
      else {
        starts[first + kept] = starts[first + n];
        ends[first + kept] = ends[first + n];
        kept += 1;
      }
    }
    if (kept === MOST_STRETCHES) return false;
    starts[first + kept] = start;
    ends[first + kept] = end;
    stretchCount[slab] = kept + 1;
    return true;
  }

  private spoil(slab: number, reason: number): number {
    this.losses.counts[reason] += 1;
    this.isSpoilt[slab] = 1;
    return NOT_COMPLETE;
  }

  /** The slab of a datagram, a new one if need be; -1 when there is no room. */
  private find(words: Int32Array, at: number, micros: number): number {
    const bucket = bucketOf(words, at);
    for (let slab = this.heads[bucket]; slab >= 0; slab = this.next[slab]) {
      if (!this.isOf(slab, words, at)) continue;
      if (!this.isOver(slab, micros)) return slab;
      this.giveUp(slab);
      break;
    }
    return this.take(words, at, bucket, micros);
  }

  private take(words: Int32Array, at: number, bucket: number, micros: number): number {
    if (this.bytes.length === 0) this.allocate();
    let slab = this.slabs.take();
    if (slab < 0) {
      slab = this.evict();
      if (slab < 0) return NOT_COMPLETE;
    }
    for (let n = 0; n < KEY_WORDS; n += 1) this.keys[slab * KEY_WORDS + n] = words[at + n];
    this.isSpoilt[slab] = 0;
    this.sinceMicros[slab] = micros;
    this.total[slab] = 0;
    this.stretchCount[slab] = 0;
    this.buckets[slab] = bucket;
    this.next[slab] = this.heads[bucket];
    this.heads[bucket] = slab;
    return slab;
  }

  /** The slab of the datagram that waits the longest, which gives way; -1 when rows point into all of them. */
  private evict(): number {
    const { oldest } = this.slabs;
    if (oldest < 0 || this.isSpoilt[oldest] === 0) this.losses.counts[LIMIT] += 1;
    if (oldest < 0) return NOT_COMPLETE;
    this.forget(oldest);
    this.slabs.giveBack(oldest);
    return this.slabs.take();
  }

  /** Gives up on datagrams that waited too long. Of the last two times the lesser counts, so that one wild timestamp ends nothing. */
  private expire(micros: number): void {
    const clock = Math.min(micros, this.previousMicros);
    this.previousMicros = micros;
    while (this.slabs.oldest >= 0 && this.isOver(this.slabs.oldest, clock)) this.giveUp(this.slabs.oldest);
  }

  private isOver(slab: number, micros: number): boolean {
    const waited = micros - this.sinceMicros[slab];
    return waited > LONGEST_WAIT_MICROS || waited < OTHER_TIME_MICROS;
  }

  /** The rest of a datagram never came. That is counted of those that have their first fragment: the others have none to be charged to, and the flow table counts them. */
  private giveUp(slab: number): void {
    if (this.isSpoilt[slab] === 0 && this.hasFirst(slab)) this.losses.counts[MISSING] += 1;
    this.forget(slab);
    this.slabs.giveBack(slab);
  }

  private hasFirst(slab: number): boolean {
    for (let n = 0; n < this.stretchCount[slab]; n += 1) if (this.starts[slab * MOST_STRETCHES + n] === 0) return true;
    return false;
  }

  /** Only captures with fragments in them pay for the slabs, and only for the pages that data was put in. */
  private allocate(): void {
    const memory = new ArrayBuffer(MOST_DATAGRAMS * SLAB_BYTES);
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
  }

  private forget(slab: number): void {
    const bucket = this.buckets[slab];
    if (this.heads[bucket] === slab) {
      this.heads[bucket] = this.next[slab];
      return;
    }
    let before = this.heads[bucket];
    while (this.next[before] !== slab) before = this.next[before];
    this.next[before] = this.next[slab];
  }

  private isOf(slab: number, words: Int32Array, at: number): boolean {
    for (let n = 0; n < KEY_WORDS; n += 1) if (this.keys[slab * KEY_WORDS + n] !== words[at + n]) return false;
    return true;
  }
}

/** No more than MOST_DATAGRAMS entries share a place, whatever the words are: a chosen collision costs little. */
function bucketOf(words: Int32Array, at: number): number {
  let hash = 0;
  for (let n = 0; n < KEY_WORDS; n += 1) {
    hash = Math.imul(hash ^ words[at + n], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash & (MOST_DATAGRAMS - 1);
}
