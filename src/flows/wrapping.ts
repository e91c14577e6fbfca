import { type DecodedBatch, ROW, SHAPE_SHIFT } from "../model/row.ts";
import { COLD, HOT, MIXED_SHAPE } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const { words: ROW_WORDS, tags, space } = ROW;
const { words: HOT_WORDS, tags: TAGS, space: SPACE_AT } = HOT;
const { words: COLD_WORDS, path: PATH } = COLD;
const ROW_SHIFT = Math.log2(ROW_WORDS);
const SHAPE = SHAPE_SHIFT;
const SPACE_BITS = (1 << SHAPE_SHIFT) - 1;
const MIXED = MIXED_SHAPE;

/**
 * The encapsulations that a flow's packets come in: VLAN tags and tunnels, of which each side may have its own (the answer
 * on another VLAN, the two ids of a GTP tunnel). A flow holds what it came in for as long as it lives.
 */
export interface Wrapping {
  /** The two sides of the flow came in different encapsulations, and the row's is that of this side. */
  isOfOwnShape(slot: number, row: number, side: number): boolean;
  /** True when the row could be the other direction of the flow but for VLAN ids and tunnels. */
  mayBeOtherSide(slot: number, row: number, side: number): boolean;
  /** From now on packets of this side of the flow are wrapped as the row is. */
  wrap(slot: number, row: number, side: number): void;
  /** The flow is over: its encapsulations are held by one flow less. */
  unwrap(slot: number): void;
}

export function createWrapping(store: FlowStore, batch: DecodedBatch): Wrapping {
  const { hot, cold } = store;
  const { rows, encapsulations } = batch;

  function setPath(slot: number, row: number, side: number): void {
    const at = slot * COLD_WORDS + PATH;
    const path = rows[row + space] >>> SHAPE === 0 ? 0 : batch.paths[row >> ROW_SHIFT];
    // One hold for both sides, or one each: a flow that is born holds its path once.
    if (cold[at] !== cold[at + 1]) encapsulations.release(cold[at + side]);
    cold[at + side] = path;
    if (cold[at] !== cold[at + 1]) encapsulations.retain(path);
  }

  return {
    isOfOwnShape(slot, row, side) {
      const kept = hot[slot * HOT_WORDS + SPACE_AT];
      const seen = rows[row + space];
      if (kept >>> SHAPE !== MIXED || ((kept ^ seen) & SPACE_BITS) !== 0) return false;
      return encapsulations.shapeOf(cold[slot * COLD_WORDS + PATH + side]) === seen >>> SHAPE;
    },
    mayBeOtherSide(slot, row, side) {
      const at = slot * HOT_WORDS;
      if (hot[at + TAGS + side] >>> 24 !== rows[row + tags] >>> 24) return false;
      return ((hot[at + SPACE_AT] ^ rows[row + space]) & SPACE_BITS) === 0;
    },
    wrap(slot, row, side) {
      const at = slot * HOT_WORDS;
      hot[at + TAGS + side] = rows[row + tags];
      if (hot[at + SPACE_AT] === rows[row + space]) return;
      setPath(slot, row, side);
      hot[at + SPACE_AT] = (rows[row + space] & SPACE_BITS) | (MIXED << SHAPE);
    },
    unwrap(slot) {
      if (hot[slot * HOT_WORDS + SPACE_AT] >>> SHAPE === 0) return;
      const at = slot * COLD_WORDS + PATH;
      encapsulations.release(cold[at]);
      if (cold[at] !== cold[at + 1]) encapsulations.release(cold[at + 1]);
    },
  };
}
