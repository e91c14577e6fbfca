import type { HalfOpenList } from "./half-open.ts";
import type { FlowStore } from "./store.ts";

/** Flows among which the longest silent one is looked for. */
const SAMPLE = 64;

/**
 * Chooses who goes when the table is full: the oldest half-open flow; with none of those, the longest silent of the
 * next 64 flows under a hand that goes round the table, so that the cost does not grow with it.
 */
export class Eviction {
  private readonly store: FlowStore;
  private readonly halfOpen: HalfOpenList;
  private hand = 1;

  constructor(store: FlowStore, halfOpen: HalfOpenList) {
    this.store = store;
    this.halfOpen = halfOpen;
  }

  /** The slot to give up. The table must hold a flow. */
  choose(): number {
    if (this.halfOpen.oldest() !== 0) return this.halfOpen.oldest();
    const store = this.store;
    let chosen = 0;
    for (let looked = 0, met = 0; looked < store.high && met < SAMPLE; looked += 1) {
      if (this.hand >= store.high) this.hand = 1;
      const slot = this.hand;
      this.hand += 1;
      if (!store.isUsed(slot)) continue;
      met += 1;
      if (chosen === 0 || isOlder(store, slot, chosen)) chosen = slot;
    }
    return chosen;
  }
}

function isOlder(store: FlowStore, a: number, b: number): boolean {
  const difference = store.lastOf(a) - store.lastOf(b);
  return difference !== 0 ? difference < 0 : store.idOf(a) < store.idOf(b);
}
