import { COLD, COLD_WORDS, HOT, HOT_WORDS, STATUS } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const { previous, next } = COLD;

/** A flow that nobody answered stops being half open with this many packets: a stream that is meant to be one-way. */
export const ONE_WAY_PACKETS = 8;

/** Flows that were not answered yet, or whose handshake is not complete, oldest first: the first to go when room is short. */
export class HalfOpenList {
  private readonly store: FlowStore;
  private head = 0;
  private tail = 0;

  constructor(store: FlowStore) {
    this.store = store;
  }

  /** The oldest, or 0. */
  get oldest(): number {
    return this.head;
  }

  append(slot: number): void {
    const { cold, hot } = this.store;
    cold[slot * COLD_WORDS + previous] = this.tail;
    cold[slot * COLD_WORDS + next] = 0;
    if (this.tail === 0) this.head = slot;
    else cold[this.tail * COLD_WORDS + next] = slot;
    this.tail = slot;
    hot[slot * HOT_WORDS + HOT.status] |= STATUS.halfOpen;
  }

  /** Does nothing for a flow that is not in the list. */
  remove(slot: number): void {
    const { cold, hot } = this.store;
    if ((hot[slot * HOT_WORDS + HOT.status] & STATUS.halfOpen) === 0) return;
    const before = cold[slot * COLD_WORDS + previous];
    const after = cold[slot * COLD_WORDS + next];
    if (before === 0) this.head = after;
    else cold[before * COLD_WORDS + next] = after;
    if (after === 0) this.tail = before;
    else cold[after * COLD_WORDS + previous] = before;
    hot[slot * HOT_WORDS + HOT.status] &= ~STATUS.halfOpen;
  }
}
