import { describe, expect, it } from "vitest";
import { SentTo } from "../../../src/detect/sent-to.ts";

const MINUTE = 60e6;

describe("what one host sent", () => {
  it.each([1, 15, 17, 200])("is summed for each of %i destinations, whatever the order and though their numbers fall together", (count) => {
    const sent = new SentTo({ size: 0 });
    const destinations = Array.from({ length: count }, (_, n) => ({ text: `d${n}.example`, number: n * 64 }));
    const sums = new Map<string, number>();
    let state = 7;
    for (let n = 0; n < 5000; n += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const destination = destinations[(state >>> 8) % count];
      const sum = (sums.get(destination.text) ?? 0) + n;
      sums.set(destination.text, sum);
      expect(sent.add(destination, MINUTE, n)).toBe(sum);
    }
  });

  it("knows a destination that was made anew by its text", () => {
    const sent = new SentTo({ size: 0 });
    for (let n = 0; n < 40; n += 1) sent.add({ text: `d${n}.example`, number: n }, MINUTE, 1);
    expect(sent.add({ text: "d7.example", number: 1000 }, MINUTE, 5)).toBe(6);
  });

  it("when full, tells of a newcomer that sends little only the event, and gives one that sends more a place", () => {
    const sent = new SentTo({ size: 0 });
    for (let n = 0; n < 256; n += 1) sent.add({ text: `d${n}.example`, number: n }, MINUTE, 100);
    const newcomer = { text: "new.example", number: 256 };
    expect([sent.add(newcomer, MINUTE, 10), sent.add(newcomer, MINUTE, 10)]).toEqual([10, 10]);
    expect([sent.add(newcomer, MINUTE, 500), sent.add(newcomer, MINUTE, 10)]).toEqual([500, 510]);
  });
});
