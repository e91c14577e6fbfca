import { type DecodedBatch, FLAG, ROW, ROW_WORDS, SPACE } from "../model/row.ts";

const { source, destination, ports, tags, space, flags, hash } = ROW;
const IPV6 = SPACE.ipv6;
const ONE_WAY = SPACE.oneWay;
const FROM_GREATER_SPACE = SPACE.fromGreater;
const FROM_GREATER = FLAG.fromGreater;
/** VLAN ids have no part in the hash: a flow whose two directions are tagged differently must be found from both. */
const KEY_BITS = 0xff;

/** Words of a seed: see `FlowKeys`. */
export const SEED_WORDS = 28;

/**
 * Puts the ends of each row in order and hashes its key. The hash is keyed so that nobody who does not know the seed can
 * make many flows share a place: every word passes two secret multiplications with a fold between them before it meets
 * another word, so that no chosen difference of one word can be cancelled by a chosen difference of the next.
 */
export class FlowKeys {
  private readonly seed: Int32Array;

  /** `random` fills the array with random words; tests give fixed ones. */
  constructor(random: (words: Int32Array) => void) {
    this.seed = new Int32Array(SEED_WORDS);
    random(this.seed);
    // Multipliers are odd, or they would lose bits.
    for (let n = 4; n < 13; n += 1) this.seed[n] |= 1;
    for (let n = 20; n < 28; n += 1) this.seed[n] |= 1;
  }

  /**
   * For each row: the words of source and destination become those of side 0 and 1 (of IPv6: hashes of the addresses),
   * ports likewise, FLAG.fromGreater says that side 1 sent it, and the hash is filled in.
   */
  prepare(batch: DecodedBatch): void {
    const rows = batch.rows;
    const seed = this.seed;
    const s0 = seed[0];
    const s1 = seed[1];
    const s2 = seed[2];
    const s3 = seed[3];
    const m0 = seed[4];
    const m1 = seed[5];
    const m2 = seed[6];
    const m3 = seed[7];
    const q0 = seed[8];
    const q1 = seed[9];
    const q2 = seed[10];
    const q3 = seed[11];
    const last = seed[12];
    const end = batch.count * ROW_WORDS;
    for (let row = 0; row < end; row += ROW_WORDS) {
      let a = rows[row + source];
      let b = rows[row + destination];
      const pair = rows[row + ports];
      const where = rows[row + space];
      // All ones when side 1 is the sender. Halving keeps the difference within 32 bits, and there is no branch to mispredict.
      let swap = ((b >>> 1) - (a >>> 1)) >> 31;
      if ((where & IPV6) !== 0) {
        swap = orderOfIpv6(batch.addresses, row >> 1, pair);
        a = this.foldAddress(batch.addresses, row >> 1);
        b = this.foldAddress(batch.addresses, (row >> 1) + 4);
      } else if (a >>> 1 === b >>> 1) swap = a === b ? orderOfPorts(pair) : a > b ? -1 : 0;
      const both = (a ^ b) & swap;
      a ^= both;
      b ^= both;
      const rotated = (pair << 16) | (pair >>> 16);
      const p = pair ^ ((pair ^ rotated) & swap);
      rows[row + source] = a;
      rows[row + destination] = b;
      rows[row + ports] = p;
      rows[row + flags] |= swap & FROM_GREATER;
      if ((where & ONE_WAY) !== 0) rows[row + space] |= swap & FROM_GREATER_SPACE;
      let x = Math.imul(a ^ s0, m0);
      let y = Math.imul(b ^ s1, m1);
      let z = Math.imul(p ^ s2, m2);
      let w = Math.imul((rows[row + tags] >>> 24) ^ ((where & KEY_BITS) << 8) ^ s3, m3);
      x = Math.imul(x ^ (x >>> 15), q0);
      y = Math.imul(y ^ (y >>> 15), q1);
      z = Math.imul(z ^ (z >>> 15), q2);
      w = Math.imul(w ^ (w >>> 15), q3);
      let h = (x + y + z + w) | 0;
      h = Math.imul(h ^ (h >>> 16), last);
      rows[row + hash] = h ^ (h >>> 15);
    }
  }

  /** Hash of nine words (two addresses and one more), in this order: fragments. */
  hashOf(words: Int32Array, at: number, more: number): number {
    const seed = this.seed;
    let x = Math.imul(this.foldAddress(words, at) ^ seed[0], seed[4]);
    let y = Math.imul(this.foldAddress(words, at + 4) ^ seed[1], seed[5]);
    let z = Math.imul(more ^ seed[2], seed[6]);
    x = Math.imul(x ^ (x >>> 15), seed[8]);
    y = Math.imul(y ^ (y >>> 15), seed[9]);
    z = Math.imul(z ^ (z >>> 15), seed[10]);
    const h = Math.imul((x + y + z) ^ ((x + y + z) >>> 16), seed[12]);
    return h ^ (h >>> 15);
  }

  private foldAddress(words: Int32Array, at: number): number {
    const seed = this.seed;
    let sum = 0;
    for (let n = 0; n < 4; n += 1) {
      const x = Math.imul(words[at + n] ^ seed[16 + n], seed[20 + n]);
      sum = (sum + Math.imul(x ^ (x >>> 15), seed[24 + n])) | 0;
    }
    return sum ^ (sum >>> 16);
  }
}

/** -1 when the port of the sender is the greater, else 0. */
function orderOfPorts(pair: number): number {
  return pair >>> 16 > (pair & 0xffff) ? -1 : 0;
}

function orderOfIpv6(words: Int32Array, at: number, pair: number): number {
  for (let n = 0; n < 4; n += 1) {
    const a = words[at + n];
    const b = words[at + 4 + n];
    if (a !== b) return a > b ? -1 : 0;
  }
  return orderOfPorts(pair);
}
