/**
 * Address → small number, for addresses that come again. Direct-mapped: a newer address takes the older one's slot, so it
 * is bounded by construction and a miss costs no more than the look-up behind it. No allocation after it is made.
 */
export class AddressCache {
  private readonly keys: Int32Array;
  private readonly values: Int32Array;
  private readonly mask: number;

  /** `slots` is a power of two; 20 bytes each. */
  constructor(slots: number) {
    this.keys = new Int32Array(slots * 4);
    this.values = new Int32Array(slots).fill(-1);
    this.mask = slots - 1;
  }

  /** The number kept for the address; -1 when there is none. */
  get(w0: number, w1: number, w2: number, w3: number): number {
    const slot = hashOfAddress(w0, w1, w2, w3) & this.mask;
    const at = slot << 2;
    const keys = this.keys;
    if (keys[at + 3] !== w3 || keys[at + 2] !== w2 || keys[at + 1] !== w1 || keys[at] !== w0) return -1;
    return this.values[slot];
  }

  clear(): void {
    this.values.fill(-1);
  }

  set(w0: number, w1: number, w2: number, w3: number, value: number): void {
    const slot = hashOfAddress(w0, w1, w2, w3) & this.mask;
    const at = slot << 2;
    this.keys[at] = w0;
    this.keys[at + 1] = w1;
    this.keys[at + 2] = w2;
    this.keys[at + 3] = w3;
    this.values[slot] = value;
  }
}

export function hashOfAddress(w0: number, w1: number, w2: number, w3: number): number {
  let hash = Math.imul(w3 ^ (w3 >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ w2 ^ (hash >>> 12), 0x297a2d39);
  hash = Math.imul(hash ^ w1 ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ w0 ^ (hash >>> 12), 0x297a2d39);
  return hash ^ (hash >>> 15);
}
