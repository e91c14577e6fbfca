import { expect, it } from "vitest";
import { PairMap } from "../../../src/lib/pair-map.ts";

it("finds what was put in, as a Map does, however much it grows", () => {
  const pairs = new PairMap();
  const plain = new Map<string, number>();
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  for (let n = 0; n < 20_000; n += 1) {
    const [a, b] = [next(500), next(n % 2 === 0 ? 50 : 8_000_000)];
    const held = plain.get(`${a} ${b}`);
    expect(pairs.get(a, b)).toBe(held ?? -1);
    if (held !== undefined) continue;
    plain.set(`${a} ${b}`, n);
    pairs.add(a, b, n);
  }
  expect(pairs.size).toBe(plain.size);
  for (const [key, value] of plain) {
    const [a, b] = key.split(" ").map(Number);
    if (pairs.get(a, b) !== value) expect.fail(`${key}: ${pairs.get(a, b)} for ${value}`);
  }
  expect([pairs.get(500, 0), pairs.get(0, 9_000_000)]).toEqual([-1, -1]);
});
