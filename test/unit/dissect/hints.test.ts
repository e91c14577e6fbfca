import { expect, test } from "vitest";
import { Announced, Sightings } from "../../../src/dissect/hints.ts";
import { Losses } from "../../../src/obs/losses.ts";

test("an announced end is known between its two addresses, on its port, for two minutes", () => {
  const ends = new Announced(new Losses());
  expect(ends.has(7, 50_000, 20, 1)).toBe(false);
  ends.expect(7, 50_000, 1e6);
  expect(ends.has(7, 50_000, 20, 2e6)).toBe(true);
  expect(ends.has(7, 20, 50_000, 121e6)).toBe(true);
  expect(ends.has(7, 20, 50_000, 121e6 + 1)).toBe(false);
  expect(ends.has(-7, 50_000, 20, 2e6)).toBe(false);
  expect(ends.has(7, 50_001, 20, 2e6)).toBe(false);
});

test("port 0 announces nothing", () => {
  const ends = new Announced(new Losses());
  ends.expect(7, 0, 1);
  expect(ends.has(7, 0, 0, 1)).toBe(false);
});

test("when the table is full the oldest gives way, and is counted; what is announced again is young", () => {
  const losses = new Losses();
  const ends = new Announced(losses);
  ends.expect(0, 1, 1);
  for (let port = 2; port <= 4096; port += 1) ends.expect(0, port, 1);
  ends.expect(0, 1, 1);
  expect(losses.toJSON()).toEqual({});
  ends.expect(0, 5000, 1);
  expect(losses.toJSON()).toEqual({ dissect_limit: 1 });
  expect([ends.has(0, 1, 9, 1), ends.has(0, 2, 9_999, 1), ends.has(0, 5000, 9_999, 1)]).toEqual([true, false, true]);
});

test("a sighting is what was last seen under the very same key", () => {
  const sightings = new Sightings();
  expect(sightings.swap(42, 5)).toBe(-1);
  expect(sightings.swap(42, 6)).toBe(5);
  let mixedUp = 0;
  for (let key = 100; key < 100_000; key += 1) if (sightings.swap(key, 1) !== -1) mixedUp += 1;
  expect(mixedUp).toBe(0);
});
