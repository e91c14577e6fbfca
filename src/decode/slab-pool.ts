const NONE = -1;

/** Which slabs are free, and which wait, in the order they were taken. A slab that is done with stays as it is until the next round. */
export class SlabPool {
  /** The slab that waits the longest, or -1. */
  oldest = NONE;
  private newest = NONE;
  private readonly free: Int32Array;
  private freeCount: number;
  private readonly done: Int32Array;
  private doneCount = 0;
  private readonly before: Int32Array;
  private readonly after: Int32Array;

  constructor(slabs: number) {
    // The last one is taken first: the first slabs are used over and over, and pages of the others stay untouched.
    this.free = new Int32Array(slabs).map((_, n) => slabs - 1 - n);
    this.freeCount = slabs;
    this.done = new Int32Array(slabs);
    this.before = new Int32Array(slabs);
    this.after = new Int32Array(slabs);
  }

  /** Nobody looks any more at slabs that were done with in the round before. */
  nextRound(): void {
    while (this.doneCount > 0) this.put(this.done[--this.doneCount]);
  }

  /** A free slab, which waits from now on; -1 when there is none. */
  take(): number {
    if (this.freeCount === 0) return NONE;
    this.freeCount -= 1;
    const slab = this.free[this.freeCount];
    this.before[slab] = this.newest;
    this.after[slab] = NONE;
    if (this.newest === NONE) this.oldest = slab;
    else this.after[this.newest] = slab;
    this.newest = slab;
    return slab;
  }

  /** A slab that waited is free at once. */
  giveBack(slab: number): void {
    this.unlink(slab);
    this.put(slab);
  }

  /** A slab that waited is done with: free from the next round on. */
  finish(slab: number): void {
    this.unlink(slab);
    this.done[this.doneCount] = slab;
    this.doneCount += 1;
  }

  private put(slab: number): void {
    this.free[this.freeCount] = slab;
    this.freeCount += 1;
  }

  private unlink(slab: number): void {
    const before = this.before[slab];
    const after = this.after[slab];
    if (before === NONE) this.oldest = after;
    else this.after[before] = after;
    if (after === NONE) this.newest = before;
    else this.before[after] = before;
  }
}
