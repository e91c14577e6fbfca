import { CLOSED_BY } from "../model/flow.ts";
import { HOT, HOT_D, HOT_WORDS, STATUS, TCP_STATE, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";
import type { FlowStore } from "./store.ts";
import { FAR_AHEAD_MICROS, isOver, SHORTEST_SILENCE_MICROS, silenceMicros } from "./timeouts.ts";

/** Seconds in which the hand goes round the table once. */
const ROUND_SECONDS = 8;
/** Records looked at a second at least. */
const LEAST_RECORDS = 1024;

const IDLE = CLOSED_BY.indexOf("idle");
const FIN = CLOSED_BY.indexOf("fin");
const RESET = CLOSED_BY.indexOf("reset");

/**
 * Finds flows that fell silent, and those due for a "counted" report. Once a second of packet time a hand moves over part
 * of the table, record after record: cheaper than keeping lists that every packet would have to touch, and in an order
 * that no hash has a part in.
 */
export class Expiry {
  private readonly store: FlowStore;
  private readonly close: (slot: number, closedBy: number) => void;
  private readonly count: (slot: number) => void;
  private hand = 1;

  constructor(store: FlowStore, close: (slot: number, closedBy: number) => void, count: (slot: number) => void) {
    this.store = store;
    this.close = close;
    this.count = count;
  }

  /** Moves the hand. `now` is the clock, `seconds` what has passed since the last call, `nowSecond` the clock as HOT.due has it. */
  sweep(now: number, seconds: number, nowSecond: number): void {
    const { store } = this;
    const { hot, hotDoubles } = store;
    const portion = Math.max(LEAST_RECORDS, Math.ceil((store.high / ROUND_SECONDS) * Math.min(seconds, ROUND_SECONDS)));
    const records = Math.min(portion, store.high - 1);
    let slot = this.hand;
    for (let looked = 0; looked < records; looked += 1) {
      if (slot >= store.high) slot = 1;
      const h = slot * HOT_WORDS;
      const status = hot[h + HOT.status];
      if ((status & STATUS.inUse) !== 0) {
        const silence = now - hotDoubles[slot * (HOT_WORDS / 2) + HOT_D.last];
        const transport = hot[h + HOT.tags] >>> 24;
        if ((silence > SHORTEST_SILENCE_MICROS && silence > silenceMicros(transport, status)) || silence < -FAR_AHEAD_MICROS) {
          this.close(slot, endOf(transport, status));
        } else if (hot[h + HOT.due] <= nowSecond) this.count(slot);
      }
      slot += 1;
    }
    this.hand = slot;
  }
}

/** Why a silent flow ended. */
export function endOf(transport: number, status: number): number {
  if (!isOver(transport, status)) return IDLE;
  return (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT === TCP_STATE.closed ? FIN : RESET;
}
