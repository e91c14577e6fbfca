import { COLD, HOT, STATUS } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const { words: COLD_WORDS, previous, next } = COLD;
const { words: HOT_WORDS, status } = HOT;
const { halfOpen } = STATUS;

/** A flow that nobody answered stops being half open with this many packets: a stream that is meant to be one-way. */
export const ONE_WAY_PACKETS = 8;

/** Flows that were not answered yet, or whose handshake is not complete, oldest first: the first to go when room is short. */
export interface HalfOpenList {
  /** The oldest, or 0. */
  oldest(): number;
  append(slot: number): void;
  /** Does nothing for a flow that is not in the list. */
  remove(slot: number): void;
  /** Forgets all, without a look at their records. */
  clear(): void;
}

export function createHalfOpenList(store: FlowStore): HalfOpenList {
  const { cold, hot } = store;
  let head = 0;
  let tail = 0;
  return {
    oldest: () => head,
    append(slot) {
      cold[slot * COLD_WORDS + previous] = tail;
      cold[slot * COLD_WORDS + next] = 0;
      if (tail === 0) head = slot;
      else cold[tail * COLD_WORDS + next] = slot;
      tail = slot;
      hot[slot * HOT_WORDS + status] |= halfOpen;
    },
    remove(slot) {
      if ((hot[slot * HOT_WORDS + status] & halfOpen) === 0) return;
      const before = cold[slot * COLD_WORDS + previous];
      const after = cold[slot * COLD_WORDS + next];
      if (before === 0) head = after;
      else cold[before * COLD_WORDS + next] = after;
      if (after === 0) tail = before;
      else cold[after * COLD_WORDS + previous] = before;
      hot[slot * HOT_WORDS + status] &= ~halfOpen;
    },
    clear() {
      head = 0;
      tail = 0;
    },
  };
}
