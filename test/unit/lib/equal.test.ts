import { expect, it } from "vitest";
import { isEqual, isEqualSliced } from "../../../src/lib/equal.ts";
import { atOnce } from "../../../src/lib/slices.ts";

it.each<[string, unknown, unknown, boolean]>([
  ["order of keys", { a: 1, b: [1, { c: "x" }] }, { b: [1, { c: "x" }], a: 1 }, true],
  ["undefined and absent", { a: 1, b: undefined }, { a: 1 }, true],
  ["absent and undefined", { a: 1 }, { a: 1, b: undefined }, true],
  ["a value more", { a: 1 }, { a: 1, b: 2 }, false],
  ["a value less", { a: 1, b: 2 }, { a: 1 }, false],
  ["order of a list", [1, 2], [2, 1], false],
  ["a longer list", [1], [1, 2], false],
  ["a list and an object", [], {}, false],
  ["null and an object", null, {}, false],
  ["number and text", 1, "1", false],
  ["deep within", { a: [{ b: [1] }] }, { a: [{ b: [2] }] }, false],
])("%s", (_, a, b, expected) => {
  expect(isEqual(a, b)).toBe(expected);
  expect(isEqual(b, a)).toBe(expected);
  expect(atOnce(isEqualSliced(a, b))).toBe(expected);
  const many = Array.from({ length: 600 }, () => a);
  expect(atOnce(isEqualSliced(many, [...many.slice(0, 599), b]))).toBe(expected);
});
