import { CLOSED_BY } from "../model/flow.ts";
import { HOT, HOT_D, STATUS, TCP_STATE, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";
import type { FlowStore } from "./store.ts";
import { FAR_AHEAD_MICROS, isOver, SHORTEST_SILENCE_MICROS, silenceMicros } from "./timeouts.ts";

const { words: HOT_WORDS, tags: TAGS, status: STATUS_AT, due: DUE } = HOT;
const LAST = HOT_D.last;
const IN_USE = STATUS.inUse;
const SHORTEST = SHORTEST_SILENCE_MICROS;
const FAR_AHEAD = FAR_AHEAD_MICROS;

/** Seconds in which the hand goes round the table once. */
const ROUND_SECONDS = 8;
/** Records looked at a second at least. */
const LEAST_RECORDS = 1024;
/** Records looked at before what was found in them is done. */
const FOUND = 1024;

const IDLE = CLOSED_BY.indexOf("idle");
const FIN = CLOSED_BY.indexOf("fin");
const RESET = CLOSED_BY.indexOf("reset");

/**
 * Finds flows that fell silent, and those due for a "counted" report. Once a second of packet time a hand moves over part
 * of the table, record after record: cheaper than keeping lists that every packet would have to touch, and in an order
 * that no hash has a part in.
 */
export interface Expiry {
  /** Moves the hand. `now` is the clock, `seconds` what has passed since the last call, `nowSecond` the clock as HOT.due has it. */
  sweep(now: number, seconds: number, nowSecond: number): void;
}

export function createExpiry(store: FlowStore, close: (slot: number, closedBy: number) => void, count: (slot: number) => void): Expiry {
  const { hot, hotDoubles } = store;
  const found = new Int32Array(FOUND);
  let hand = 1;

  function sweep(now: number, seconds: number, nowSecond: number): void {
    const portion = Math.max(LEAST_RECORDS, Math.ceil((store.high / ROUND_SECONDS) * Math.min(seconds, ROUND_SECONDS)));
    for (let left = Math.min(portion, store.high - 1); left > 0; ) {
      if (hand >= store.high) hand = 1;
      const records = Math.min(left, store.high - hand, FOUND);
      const candidates = look(hand, hand + records, now, nowSecond);
      hand += records;
      left -= records;
      for (let n = 0; n < candidates; n += 1) settle(found[n], now, nowSecond);
    }
  }

  /** Notes flows of which something may be due; looking is one thing and doing another so that the loop stays small. */
  function look(from: number, to: number, now: number, nowSecond: number): number {
    let candidates = 0;
    for (let slot = from; slot < to; slot += 1) {
      const h = slot * HOT_WORDS;
      const silence = now - hotDoubles[(h >> 1) + LAST];
      found[candidates] = slot;
      const isDue = silence > SHORTEST || silence < -FAR_AHEAD || hot[h + DUE] <= nowSecond;
      candidates += isDue ? 1 : 0;
    }
    return candidates;
  }

  function settle(slot: number, now: number, nowSecond: number): void {
    const h = slot * HOT_WORDS;
    const status = hot[h + STATUS_AT];
    if ((status & IN_USE) === 0) return;
    const transport = hot[h + TAGS] >>> 24;
    const silence = now - hotDoubles[(h >> 1) + LAST];
    if (silence > silenceMicros(transport, status) || silence < -FAR_AHEAD) close(slot, endOf(transport, status));
    else if (hot[h + DUE] <= nowSecond) count(slot);
  }

  return { sweep };
}

/** Why a silent flow ended. */
export function endOf(transport: number, status: number): number {
  if (!isOver(transport, status)) return IDLE;
  return (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT === TCP_STATE.closed ? FIN : RESET;
}
