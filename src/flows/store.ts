import { COLD, COLD_D, COLD_WORDS, HOT, HOT_D, HOT_WORDS, STATUS } from "./layout.ts";

/** Large blocks of glibc's calloc begin 16 bytes into a page: from here on records do not straddle cache lines. */
const ALIGNMENT_BYTES = 48;

/** The records of all flows, and the slots that are free. */
export class FlowStore {
  readonly limit: number;
  readonly hot: Int32Array;
  readonly hotDoubles: Float64Array;
  readonly cold: Int32Array;
  readonly coldDoubles: Float64Array;
  /** Time of the packet at hand, in an array: a double that is passed to a function costs an object. */
  readonly now = new Float64Array(1);
  /** Slots below this were used at some time. */
  high = 1;
  active = 0;
  private free = 0;

  constructor(limit: number) {
    this.limit = limit;
    const hot = new ArrayBuffer(ALIGNMENT_BYTES + (limit + 1) * HOT_WORDS * 4);
    this.hot = new Int32Array(hot, ALIGNMENT_BYTES);
    this.hotDoubles = new Float64Array(hot, ALIGNMENT_BYTES);
    const cold = new ArrayBuffer(ALIGNMENT_BYTES + (limit + 1) * COLD_WORDS * 4);
    this.cold = new Int32Array(cold, ALIGNMENT_BYTES);
    this.coldDoubles = new Float64Array(cold, ALIGNMENT_BYTES);
  }

  /** A slot for a new flow, or 0 when all are taken. Which one depends on the order of events only, never on hashes. */
  take(): number {
    let slot = this.free;
    if (slot !== 0) this.free = this.cold[slot * COLD_WORDS + COLD.next];
    else if (this.high <= this.limit) {
      slot = this.high;
      this.high += 1;
    } else return 0;
    this.active += 1;
    return slot;
  }

  give(slot: number): void {
    this.hot[slot * HOT_WORDS + HOT.status] = 0;
    // Neither long silent nor due: expiry passes over it without a branch of its own.
    this.hot[slot * HOT_WORDS + HOT.due] = 0x7fffffff;
    this.hotDoubles[slot * (HOT_WORDS / 2) + HOT_D.last] = Number.NaN;
    this.cold[slot * COLD_WORDS + COLD.next] = this.free;
    this.free = slot;
    this.active -= 1;
  }

  /** Forgets all flows. */
  clear(): void {
    for (let slot = 1; slot < this.high; slot += 1) this.hot[slot * HOT_WORDS + HOT.status] = 0;
    this.high = 1;
    this.free = 0;
    this.active = 0;
  }

  isUsed(slot: number): boolean {
    return (this.hot[slot * HOT_WORDS + HOT.status] & STATUS.inUse) !== 0;
  }

  idOf(slot: number): number {
    return this.coldDoubles[slot * (COLD_WORDS / 2) + COLD_D.id];
  }

  lastOf(slot: number): number {
    return this.hotDoubles[slot * (HOT_WORDS / 2) + HOT_D.last];
  }

  /** Slots in use, in order of their flows' ids. */
  slotsById(): Int32Array {
    const slots = new Int32Array(this.active);
    let count = 0;
    let isSorted = true;
    let before = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let slot = 1; slot < this.high; slot += 1) {
      if (!this.isUsed(slot)) continue;
      const id = this.idOf(slot);
      if (id < before) isSorted = false;
      before = id;
      if (id < least) least = id;
      slots[count] = slot;
      count += 1;
    }
    if (isSorted) return slots;
    const keys = new Float64Array(count);
    const places = this.limit + 1;
    for (let n = 0; n < count; n += 1) keys[n] = (this.idOf(slots[n]) - least) * places + slots[n];
    keys.sort();
    for (let n = 0; n < count; n += 1) slots[n] = keys[n] % places;
    return slots;
  }
}
