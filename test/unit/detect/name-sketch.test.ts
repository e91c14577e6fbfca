import { expect, it } from "vitest";
import { NameSketch } from "../../../src/detect/name-sketch.ts";

const WINDOW = 600e6;
const RANDOM = "q7x2kd9vb4mz1hw8";

it.each([
  ["names of an hour ago count no more", 6 * WINDOW, true],
  ["names of the same minute do", 60e6, false],
])("the look of a domain's names: %s", (_, laterMicros, isRandom) => {
  const sketch = new NameSketch();
  for (let n = 0; n < 3000; n += 1) sketch.add("example.com", `aa${n}.example.com`, 0, WINDOW);
  for (let n = 0; n < 600; n += 1) sketch.add("example.com", `${RANDOM}${n}.example.com`, laterMicros, WINDOW);
  expect(sketch.entropyOf("example.com", laterMicros, WINDOW) > 3.5).toBe(isRandom);
});

it("a name that comes again after the window counts once", () => {
  const sketch = new NameSketch();
  sketch.add("example.com", "aaaa.example.com", 0, WINDOW);
  sketch.add("example.com", "abab.example.com", 2 * WINDOW, WINDOW);
  sketch.add("example.com", "aaaa.example.com", 2 * WINDOW, WINDOW);
  expect(sketch.uniqueOf("example.com", 2 * WINDOW, WINDOW, 0)).toBe(2);
  expect(sketch.entropyOf("example.com", 2 * WINDOW, WINDOW)).toBeCloseTo(0.5, 9);
});

it("a domain without names looks like nothing", () => {
  expect(new NameSketch().entropyOf("example.com", 0, WINDOW)).toBe(0);
});
