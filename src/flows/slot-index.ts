/** Entries looked at for one key at most; a flood of equal hashes must not make a packet slow. */
export const MOST_PROBES = 128;

/**
 * Open addressing from hash to slot, at most half full; grows up to what its limit needs. Pairs of (hash, slot); slot 0
 * is an empty place. The caller walks `pairs` itself to compare keys: that is the hottest loop there is.
 */
export class SlotIndex {
  pairs: Int32Array;
  /** Places minus one. */
  mask: number;
  count = 0;

  constructor(places = 1024) {
    this.pairs = new Int32Array(places * 2);
    this.mask = places - 1;
  }

  /** Adds an entry. Returns the number of places it had to step over. */
  insert(hash: number, slot: number): number {
    if ((this.count + 1) * 2 > this.mask + 1) this.grow();
    this.count += 1;
    return this.put(hash, slot);
  }

  /** Removes the entry of this slot, moving later ones back so that no gap breaks a chain. */
  remove(hash: number, slot: number): void {
    const { pairs, mask } = this;
    let gap = hash & mask;
    while (pairs[gap * 2 + 1] !== slot) {
      if (pairs[gap * 2 + 1] === 0) throw new Error("slot is not in the index");
      gap = (gap + 1) & mask;
    }
    for (let at = (gap + 1) & mask; pairs[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const home = pairs[at * 2] & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      pairs[gap * 2] = pairs[at * 2];
      pairs[gap * 2 + 1] = pairs[at * 2 + 1];
      gap = at;
    }
    pairs[gap * 2 + 1] = 0;
    this.count -= 1;
  }

  clear(): void {
    this.pairs.fill(0);
    this.count = 0;
  }

  private put(hash: number, slot: number): number {
    const { pairs, mask } = this;
    let at = hash & mask;
    let steps = 0;
    for (; pairs[at * 2 + 1] !== 0; at = (at + 1) & mask) steps += 1;
    pairs[at * 2] = hash;
    pairs[at * 2 + 1] = slot;
    return steps;
  }

  private grow(): void {
    const old = this.pairs;
    this.pairs = new Int32Array(old.length * 2);
    this.mask = this.pairs.length / 2 - 1;
    for (let n = 0; n < old.length; n += 2) if (old[n + 1] !== 0) this.put(old[n], old[n + 1]);
  }
}
