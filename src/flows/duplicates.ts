import { LOSS_INDEX } from "../model/loss.ts";
import type { PacketBlock } from "../model/packet.ts";
import { type DecodedBatch, FLAG, FRAGMENT, ROW } from "../model/row.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";

const { words: ROW_WORDS, flags: FLAGS, ip: IP, payloadEnd: PAYLOAD_END, packet: PACKET } = ROW;
const { start: START, end: END } = FRAGMENT;
const { duplicate: DUPLICATE } = FLAG;
const FRAGMENTED = FLAG.firstFragment | FLAG.laterFragment | FLAG.reassembled;
const LEFT_OUT = LOSS_INDEX.span_duplicate;

/** Places of the table: at a million packets a second 10 ms hold a third as many. */
const PLACES = 1 << 15;
/** Copies made by a mirror lie microseconds apart, or the depth of a port's queue. */
export const WINDOW_MICROS = 10_000;
/** A packet without an identification (IPv6, or atomic IPv4 datagrams with 0: RFC 6864 §4.1) may truly be sent twice: no retransmission comes as soon as this. */
export const UNIDENTIFIED_WINDOW_MICROS = 1000;
/** IP and TCP headers without options, and what says most of UDP. Of short packets every word. */
const HEAD_WORDS = 10;
const WHOLE_BYTES = 128;
/** An IPv4 header; of fragments in reassembled datagrams nothing is looked at. */
const LEAST_BYTES = 20;
const SPREAD = 0x9e3779b1;
/** Words from secret places of the rest, so that nobody can send packets that are taken for copies and are none. */
const SAMPLED_WORDS = 8;
/** When nothing is left out: one stretch of packets in so many is looked at, to know the share of copies. */
export const MEASURED_PACKETS = 512;
export const MEASURED_EACH = 64;

/**
 * Packets that a mirror gives twice: one that enters by one mirrored port and leaves by another. A copy has the very same
 * bytes from its innermost IP header on; link header, VLAN tags and tunnels around it may differ. A routed copy has another
 * TTL and is another packet. A direct-mapped table of keyed digests and times: a newer packet takes the place of an older.
 */
export interface Duplicates {
  readonly losses: Losses;
  /** Looks at the rows of the batch; marks copies with FLAG.duplicate when they are to be left out. */
  look(block: PacketBlock): void;
  status(): NonNullable<SensorStatus["duplicates"]>;
}

/** `isSuppressing`: copies are marked and counted as `span_duplicate`; else their share is measured from time to time. */
export function createDuplicates(batch: DecodedBatch, isSuppressing: boolean, random: (words: Int32Array) => void): Duplicates {
  const { rows, fragments } = batch;
  const losses = new Losses();
  // An entry is two words of digest and a double of time: one line of the cache.
  const times = new Float64Array(PLACES * 2).fill(Number.NEGATIVE_INFINITY);
  const digests = new Int32Array(times.buffer);
  const keys = new Int32Array(7 + SAMPLED_WORDS);
  random(keys);
  const [seed, otherSeed, wordKey] = keys;
  // Multipliers are odd, or they would lose bits.
  const [factor, otherFactor, wordFactor, otherWordFactor] = keys.subarray(3).map((word) => word | 1);
  const secrets = keys.slice(7);
  let looked = 0;
  let found = 0;
  let toLook = MEASURED_PACKETS;
  let toSkip = 0;
  let digestA = 0;
  let digestB = 0;
  let spot = 0;

  function look(block: PacketBlock): void {
    const { count } = batch;
    if (toSkip > 0) {
      toSkip -= count;
      return;
    }
    const { view, timeMicros } = block;
    for (let row = 0; row < count * ROW_WORDS; row += ROW_WORDS) {
      const isFragment = (rows[row + FLAGS] & FRAGMENTED) !== 0;
      const start = isFragment ? fragments[row + START] : rows[row + IP];
      const end = isFragment ? fragments[row + END] : rows[row + PAYLOAD_END];
      if (end - start < LEAST_BYTES) continue;
      looked += 1;
      if (!isCopy(view, start, end, timeMicros[rows[row + PACKET]])) continue;
      found += 1;
      if (!isSuppressing) continue;
      rows[row + FLAGS] |= DUPLICATE;
      losses.counts[LEFT_OUT] += 1;
    }
    if (isSuppressing) return;
    toLook -= count;
    if (toLook <= 0) {
      toSkip = MEASURED_PACKETS * (MEASURED_EACH - 1);
      toLook = MEASURED_PACKETS;
    }
  }

  function isCopy(view: DataView, start: number, end: number, micros: number): boolean {
    digest(view, start, end);
    const place = (spot ^ (spot >>> 16)) & (PLACES - 1);
    const at = place << 2;
    const isSame = digests[at] === digestA && digests[at + 1] === digestB;
    const apart = Math.abs(micros - times[(place << 1) + 1]);
    if (isSame && apart <= (isIdentified(view, start) ? WINDOW_MICROS : UNIDENTIFIED_WINDOW_MICROS)) return true;
    digests[at] = digestA;
    digests[at + 1] = digestB;
    times[(place << 1) + 1] = micros;
    return false;
  }

  /** Neighbours differ in a bit or two of their identification and their checksum: each word is spread over all bits before it meets another. */
  function mix(word: number): number {
    const x = Math.imul(word ^ wordKey, wordFactor);
    const y = Math.imul(x ^ (x >>> 15), otherWordFactor);
    return y ^ (y >>> 16);
  }

  /**
   * Two sums of 32 bits over the same words, keyed apart; and one without a key for the place in the table, so that which
   * packet pushes out which depends on the packets alone.
   */
  function digest(view: DataView, start: number, end: number): void {
    let a = seed ^ (end - start);
    let b = otherSeed + (end - start);
    let c = end - start;
    const last = end - 4;
    const whole = end - start <= WHOLE_BYTES ? last : start + (HEAD_WORDS - 1) * 4;
    for (let at = start; at <= whole; at += 4) {
      const word = view.getInt32(at);
      const mixed = mix(word);
      a = fold(a, mixed, factor);
      b = fold(b, mixed, otherFactor);
      c = fold(c, word, SPREAD);
    }
    const rest = end - start - HEAD_WORDS * 4;
    // The last four bytes, then any others.
    const samples = rest >= 4 ? SAMPLED_WORDS : rest > 0 ? 1 : 0;
    for (let n = 0; n < samples; n += 1) {
      const mixed = mix(view.getInt32(n === 0 ? last : last - ((secrets[n] >>> 1) % (rest - 3))));
      a = fold(a, mixed, factor);
      b = fold(b, mixed, otherFactor);
    }
    digestA = a;
    digestB = b;
    spot = c;
  }

  return {
    losses,
    look,
    status: () => ({ looked, found }),
  };
}

function fold(sum: number, word: number, factor: number): number {
  const next = Math.imul(sum ^ word, factor);
  return next ^ (next >>> 15);
}

function isIdentified(view: DataView, start: number): boolean {
  return view.getUint8(start) >> 4 === 4 && view.getUint16(start + 4) !== 0;
}
