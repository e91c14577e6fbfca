import { setImmediate as nextTurn } from "node:timers/promises";

/** Work that can be left lying for a while: it yields where that does no harm, every millisecond or so. */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** So long an event loop that has other work may be held at a time. */
const SLICE_MS = 10;

export interface Pace {
  nowMs(): number;
  /** Resolves when everything else had its turn. */
  pause(): Promise<unknown>;
}

const FAIR: Pace = { nowMs: () => performance.now(), pause: () => nextTurn() };

/** Does it without a pause. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Does it in slices of some ten milliseconds, with a turn of the event loop after each. */
export async function inSlices<T>(work: Sliced<T>, { nowMs, pause }: Pace = FAIR): Promise<T> {
  for (;;) {
    const untilMs = nowMs() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (nowMs() < untilMs);
    await pause();
  }
}

/** What `map` gives; may be left after every `stride` items. */
export function* mapped<From, To>(items: readonly From[], to: (item: From, index: number) => To, stride = 256): Sliced<To[]> {
  const out: To[] = [];
  for (let n = 0; n < items.length; n += 1) {
    if (n % stride === stride - 1) yield;
    out.push(to(items[n], n));
  }
  return out;
}
