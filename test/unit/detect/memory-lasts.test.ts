import { describe, expect, it } from "vitest";
import { Baselines } from "../../../src/detect/baselines.ts";
import { createDetections } from "../../../src/detect/index.ts";
import { NameSketch } from "../../../src/detect/name-sketch.ts";
import type { Finding } from "../../../src/model/alert.ts";
import { judgedFlow, party, place, type Spec } from "./judged.ts";

const SOMEBODY = { text: "a", number: 0 };
const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const DAY = 86_400;
const FLOOR = 0;

function filled(days: number, bytesOf: (hour: number) => number, limit?: number): Baselines {
  const baselines = new Baselines(limit);
  for (let hour = 0; hour < days * 24; hour += 1)
    if (bytesOf(hour) > 0) baselines.add(judgedFlow({ ...DE, start: hour * 3600, out: bytesOf(hour) }), SOMEBODY, FLOOR, 7);
  return baselines;
}

describe("the base line of a host", () => {
  it.each([
    // Nearest rank over 14 × 24 hours: the fourth largest; over 7 × 24: the second largest.
    ["14 days, all hours different", 14, (hour: number) => hour + 1, 14 * 24 - 3],
    ["7 days", 7, (hour: number) => hour + 1, 7 * 24 - 1],
    ["20 days: the first six are forgotten", 20, (hour: number) => (hour < 6 * 24 ? 1e6 : 5), 5],
    ["a host that is silent but for one hour", 8, (hour: number) => (hour === 3 ? 1000 : 0), 0],
  ])("%s", (_, days, bytesOf, expected) => {
    // The day of T0 begins at 13:41, so the first of the days is the one after it: count from midnight.
    const start = (n: number) => n * 3600 - (13 * 3600 + 41 * 60 + 2);
    const baselines = new Baselines();
    for (let hour = 0; hour < days * 24; hour += 1)
      if (bytesOf(hour) > 0)
        baselines.add(judgedFlow({ ...DE, start: start(hour), end: start(hour) + 1, out: bytesOf(hour) }), SOMEBODY, FLOOR, 7);
    const at = start(days * 24);
    expect(baselines.add(judgedFlow({ ...DE, start: at, end: at + 1, out: 1 }), SOMEBODY, FLOOR, 7).p99).toBe(expected);
  });

  it("is the same after it was written down and read again", () => {
    const before = filled(10, (hour) => hour);
    const after = new Baselines();
    after.load(JSON.parse(JSON.stringify(before.save())));
    const flow = judgedFlow({ ...DE, start: 11 * DAY, out: 5 });
    expect({ ...after.add(flow, SOMEBODY, FLOOR, 7) }).toEqual({ ...before.add(flow, SOMEBODY, FLOOR, 7) });
  });

  it.each([
    ["nothing", undefined],
    ["text", "x"],
    ["rows of another kind", [[1], ["a", "b", 1, 1, []], [5, 1, 1, 1, ["x", [1, "y"]]]]],
  ])("takes %s for nothing", (_, saved) => {
    const baselines = new Baselines();
    expect(() => baselines.load(saved)).not.toThrow();
    expect(baselines.add(judgedFlow({ ...DE, start: 30 * DAY }), SOMEBODY, FLOOR, 7).bytes).toBe(2000);
  });

  it("forgets the host met first when the table is full, and counts it", () => {
    const baselines = new Baselines(2);
    for (const inside of ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) baselines.add(judgedFlow({ ...DE, inside }), SOMEBODY, FLOOR, 7);
    expect([baselines.forgotten, (baselines.save() as unknown[]).length]).toEqual([1, 2]);
  });
});

it("a destination that was reported stays known over a restart", () => {
  const run = (saved?: unknown) => {
    const found: Finding[] = [];
    const detections = createDetections({ saved, emit: (finding) => void found.push(finding) });
    return { detections, found };
  };
  const upload = (start: number): Spec => ({ ...DE, start, name: "example.org", out: 200_000 });
  const first = run();
  first.detections.onFlow(judgedFlow(upload(0)));
  const second = run(JSON.parse(JSON.stringify(first.detections.save())));
  second.detections.onFlow(judgedFlow(upload(3 * 3600)));
  const fresh = run();
  fresh.detections.onFlow(judgedFlow(upload(3 * 3600)));
  const names = (found: Finding[]) => found.map(({ detection }) => detection);
  expect([names(first.found), names(second.found), names(fresh.found)]).toEqual([
    ["processor.unregistered"],
    [],
    ["processor.unregistered"],
  ]);
});

it("a sketch of names is bounded, whatever is asked for", () => {
  const sketch = new NameSketch();
  for (let n = 0; n < 10_000; n += 1) sketch.add("example.com", `${n}.example.com`, n, 600e6);
  for (let n = 0; n < 5000; n += 1) sketch.add(`d${n}.com`, `a.d${n}.com`, n, 600e6);
  expect(sketch.uniqueOf("example.com", 10_000, 600e6, 1)).toBeLessThanOrEqual(4096);
  expect(sketch.forgotten).toBeGreaterThan(0);
});

it("looks at a party's papers once, not at every flow", () => {
  const found: Finding[] = [];
  const detections = createDetections({ emit: (finding) => void found.push(finding) });
  let reads = 0;
  const acme = party("Acme");
  Object.defineProperty(acme, "documents", {
    get() {
      reads += 1;
      return [];
    },
  });
  for (let id = 0; id < 5; id += 1) detections.onFlow(judgedFlow({ ...DE, id, party: acme }));
  expect(reads).toBe(1);
});
