/** Most numbers of one label that are told apart on one flow. */
const MAX_VALUES = 256;

/**
 * Tells whether a number was seen before, without keeping it: only digests under a key that is made anew with each start of
 * the program, and forgotten with it.
 */
export class Distinct {
  /** Numbers that came when no more were told apart, each as often as it came. */
  beyond = 0;
  private readonly digests = new Set<number>();
  private readonly key: Int32Array;

  /** `key`: two random words. */
  constructor(key: Int32Array) {
    this.key = key;
  }

  get count(): number {
    return this.digests.size;
  }

  /** False when it is known already, or when no more are told apart. */
  add(characters: Uint8Array): boolean {
    const known = digest(characters, this.key);
    if (this.digests.has(known)) return false;
    if (this.digests.size >= MAX_VALUES) {
      this.beyond += 1;
      return false;
    }
    this.digests.add(known);
    return true;
  }
}

/** 53 bits: two FNV-1a hashes from secret beginnings, mixed (MurmurHash3's finaliser). */
function digest(characters: Uint8Array, key: Int32Array): number {
  let a = key[0];
  let b = key[1];
  for (let n = 0; n < characters.length; n += 1) {
    a = Math.imul(a ^ characters[n], 0x01000193);
    b = Math.imul(b ^ characters[n], 0x85ebca6b) ^ (b >>> 13);
  }
  return (mixed(a) & 0x1fffff) * 0x100000000 + mixed(b);
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
