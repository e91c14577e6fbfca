import { type DecodedBatch, FLAG, ROW, SPACE } from "../model/row.ts";

const { words: ROW_WORDS, source, destination, ports, tags, space, flags, hash } = ROW;
const IPV6 = SPACE.ipv6;
const ONE_WAY = SPACE.oneWay;
const FROM_GREATER_SPACE = SPACE.fromGreater;
const FROM_GREATER = FLAG.fromGreater;
/** VLAN ids have no part in the hash: a flow whose two directions are tagged differently must be found from both. */
const KEY_BITS = 0xff;

export interface FlowKeys {
  /**
   * For each row from word `first` to word `end`: the words of source and destination become those of side 0 and 1 (of IPv6: hashes of the addresses),
   * ports likewise, FLAG.fromGreater says that side 1 sent it, and the hash is filled in.
   */
  prepare(first: number, end: number): void;
  /** Hash of ten words (two addresses and two more), in this order: fragments. */
  hashOf(words: Int32Array, at: number, more: number, small: number): number;
}

/**
 * Puts the ends of each row in order and hashes its key. The hash is keyed so that nobody who does not know the seed can
 * make many flows share a place: every word passes a secret multiplication, a fold and another one before it meets
 * another word, so that no chosen difference of one word can be cancelled by a chosen difference of the next.
 *
 * `random` fills the array with random words; tests give fixed ones.
 */
export function createFlowKeys({ rows, addresses }: DecodedBatch, random: (words: Int32Array) => void): FlowKeys {
  const seed = new Int32Array(24);
  random(seed);
  const [s0, s1, s2, s3, a0, a1, a2, a3] = seed;
  // Multipliers are odd, or they would lose bits.
  const [m0, m1, m2, m3, q0, q1, q2, last, b0, b1, b2, b3, c0, c1, c2, c3] = seed.subarray(8).map((word) => word | 1);

  function foldAddress(words: Int32Array, at: number): number {
    const x = Math.imul(words[at] ^ a0, b0);
    const y = Math.imul(words[at + 1] ^ a1, b1);
    const z = Math.imul(words[at + 2] ^ a2, b2);
    const w = Math.imul(words[at + 3] ^ a3, b3);
    const sum =
      Math.imul(x ^ (x >>> 15), c0) + Math.imul(y ^ (y >>> 15), c1) + Math.imul(z ^ (z >>> 15), c2) + Math.imul(w ^ (w >>> 15), c3);
    return sum ^ (sum >>> 16);
  }

  /** `small` is combined with `c` by a secret factor of its own. */
  function mix(a: number, b: number, c: number, small: number): number {
    const x = Math.imul(a ^ s0, m0);
    const y = Math.imul(b ^ s1, m1);
    const z = Math.imul((c ^ s2) + Math.imul(small ^ s3, m3), m2);
    const sum = (Math.imul(x ^ (x >>> 15), q0) + Math.imul(y ^ (y >>> 15), q1) + Math.imul(z ^ (z >>> 15), q2)) | 0;
    const h = Math.imul(sum ^ (sum >>> 16), last);
    return h ^ (h >>> 15);
  }

  function prepare(first: number, end: number): void {
    for (let row = first; row < end; row += ROW_WORDS) {
      let a = rows[row + source];
      let b = rows[row + destination];
      const pair = rows[row + ports];
      const where = rows[row + space];
      let order = (sign((a >>> 1) - (b >>> 1)) << 2) + (sign((a & 1) - (b & 1)) << 1) + orderOfPorts(pair);
      if ((where & IPV6) !== 0) {
        const at = row >> 1;
        order = orderOfIpv6(addresses, at, pair);
        a = foldAddress(addresses, at);
        b = foldAddress(addresses, at + 4);
      }
      // All ones when side 1 is the sender: masks, because which way a packet goes is what a branch predictor cannot know.
      const swap = -order >> 31;
      const both = (a ^ b) & swap;
      a ^= both;
      b ^= both;
      const p = pair ^ ((pair ^ ((pair << 16) | (pair >>> 16))) & swap);
      rows[row + source] = a;
      rows[row + destination] = b;
      rows[row + ports] = p;
      rows[row + flags] |= swap & FROM_GREATER;
      if ((where & ONE_WAY) !== 0) rows[row + space] = where | (swap & FROM_GREATER_SPACE);
      rows[row + hash] = mix(a, b, p, (rows[row + tags] >>> 24) | ((where & KEY_BITS) << 8));
    }
  }

  return {
    prepare,
    hashOf: (words, at, more, small) => mix(foldAddress(words, at), foldAddress(words, at + 4), more, small),
  };
}

/** -1, 0 or 1. */
function sign(n: number): number {
  return (n >> 31) | (-n >>> 31);
}

/** Positive when the port of the sender is the greater. */
function orderOfPorts(pair: number): number {
  return sign((pair >>> 16) - (pair & 0xffff));
}

/** Positive when the address of the sender is the greater, or its port; without branches that are rarely taken. */
function orderOfIpv6(words: Int32Array, at: number, pair: number): number {
  let order = 0;
  for (let n = 0; n < 4; n += 1) {
    const a = words[at + n];
    const b = words[at + 4 + n];
    order = (order << 2) + (sign((a >>> 1) - (b >>> 1)) << 1) + sign((a & 1) - (b & 1));
  }
  return (order << 1) + orderOfPorts(pair);
}
