const FEWEST_SLOTS = 64;
const SLOT_INTS = 3;

/**
 * Two whole numbers → a third, all of them 0 or more: open addressing in one array, so that finding an entry costs one place in
 * memory, however many there are.
 */
export class PairMap {
  size = 0;
  private mask = FEWEST_SLOTS - 1;
  /** First and second number and 1 + value of each slot, side by side; 0: free. */
  private slots = new Int32Array(FEWEST_SLOTS * SLOT_INTS);

  /** -1 when there is none. */
  get(a: number, b: number): number {
    const { slots, mask } = this;
    let slot = hashOf(a, b) & mask;
    for (;;) {
      const at = slot * SLOT_INTS;
      const value = slots[at + 2];
      if (value === 0 || (slots[at] === a && slots[at + 1] === b)) return value - 1;
      slot = (slot + 1) & mask;
    }
  }

  /** Of a pair that has none yet. */
  add(a: number, b: number, value: number): void {
    this.size += 1;
    if (this.size * 2 > this.mask) this.grow();
    this.enter(a, b, value + 1);
  }

  private enter(a: number, b: number, stored: number): void {
    const { slots, mask } = this;
    let slot = hashOf(a, b) & mask;
    while (slots[slot * SLOT_INTS + 2] !== 0) slot = (slot + 1) & mask;
    slots[slot * SLOT_INTS] = a;
    slots[slot * SLOT_INTS + 1] = b;
    slots[slot * SLOT_INTS + 2] = stored;
  }

  private grow(): void {
    const old = this.slots;
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array((this.mask + 1) * SLOT_INTS);
    for (let at = 0; at < old.length; at += SLOT_INTS) if (old[at + 2] !== 0) this.enter(old[at], old[at + 1], old[at + 2]);
  }
}

function hashOf(a: number, b: number): number {
  const hash = Math.imul(a ^ Math.imul(b, 0x2c1b3c6d), 0x297a2d39);
  return hash ^ (hash >>> 15);
}
