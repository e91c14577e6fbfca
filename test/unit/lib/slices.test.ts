import { expect, it } from "vitest";
import { atOnce, inSlices, mapped, type Sliced } from "../../../src/lib/slices.ts";

/** A clock that each step of the work moves on by so many milliseconds. */
function pace(stepMs: number) {
  let nowMs = 0;
  let pauses = 0;
  const pause = async () => {
    pauses += 1;
  };
  return { tick: () => (nowMs += stepMs), nowMs: () => nowMs, pause, pauses: () => pauses };
}

function* count(until: number, tick: () => void): Sliced<number> {
  let sum = 0;
  for (let n = 1; n <= until; n += 1) {
    sum += n;
    tick();
    yield;
  }
  return sum;
}

it.each([
  ["steps of a millisecond", 1, 9],
  ["steps longer than a slice", 25, 99],
  ["steps that take no time", 0, 0],
])("work in slices comes to the same, with pauses in between: %s", async (_, stepMs, pauses) => {
  const clock = pace(stepMs);
  expect(await inSlices(count(99, clock.tick), clock)).toBe(4950);
  expect(clock.pauses()).toBe(pauses);
  expect(atOnce(count(99, () => {}))).toBe(4950);
});

it("maps all, in order", () => {
  const items = Array.from({ length: 1000 }, (_, n) => n);
  expect(atOnce(mapped(items, (item, index) => item + index, 7))).toEqual(items.map((n) => n * 2));
});

it("gives other work its turn", async () => {
  const seen: string[] = [];
  let isDone = false;
  const timer = setInterval(() => seen.push("turn"), 0);
  const busy = function* (): Sliced<void> {
    while (seen.length === 0) yield;
    isDone = true;
  };
  await inSlices(busy());
  clearInterval(timer);
  expect(isDone).toBe(true);
});
