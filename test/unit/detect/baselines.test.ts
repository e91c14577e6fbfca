import { describe, expect, it } from "vitest";
import { Baselines } from "../../../src/detect/baselines.ts";
import { createDetections } from "../../../src/detect/index.ts";
import type { Finding } from "../../../src/model/alert.ts";
import type { Asset } from "../../../src/model/site.ts";
import { judgedFlow, place, type Spec } from "./judged.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const DAY = 86_400;
const to = (text: string) => ({ text, number: 0 });
const SOMEBODY = to("example.org");
const MIN_DAYS = 7;

function add(baselines: Baselines, spec: Spec, destination = SOMEBODY) {
  return { ...baselines.add(judgedFlow({ ...DE, ...spec }), destination, 0, MIN_DAYS) };
}

/** A server that sent on each of eight days. */
function learned(limit: number): Baselines {
  const baselines = new Baselines(limit);
  for (let day = 0; day < 8; day += 1) add(baselines, { inside: "10.0.0.1", start: day * DAY, out: 1e8 });
  return baselines;
}

const address = (n: number) => `10.7.${n >> 8}.${n & 255}`;

describe("the base lines' room", () => {
  it("is not taken by addresses that answer a scan from outside", () => {
    const baselines = learned(8);
    for (let n = 0; n < 100; n += 1)
      add(baselines, { direction: "inbound", inside: address(n), start: 8 * DAY, out: 60, packetsOut: 1, packetsIn: 1 });
    expect(baselines.forgotten).toBe(0);
    expect((baselines.save() as unknown[]).length).toBe(1);
    expect(add(baselines, { inside: "10.0.0.1", start: 8 * DAY, out: 1 }).p99).toBeDefined();
  });

  it("is taken by an address that answers with much", () => {
    const baselines = new Baselines(8);
    add(baselines, { direction: "inbound", out: 1e6 });
    expect((baselines.save() as unknown[]).length).toBe(1);
  });

  it("goes to newcomers at the cost of newcomers, as long as there are many", () => {
    const baselines = learned(16);
    for (let n = 0; n < 100; n += 1) add(baselines, { inside: address(n), start: 8 * DAY, out: 60 });
    expect(baselines.forgotten).toBe(85);
    expect(add(baselines, { inside: "10.0.0.1", start: 8 * DAY, out: 1 }).p99).toBeDefined();
  });

  it("among hosts with history, the one longest unused goes first", () => {
    const baselines = new Baselines(4);
    for (let day = 0; day < 9; day += 1)
      for (let n = 0; n < 4; n += 1) if (n !== 2 || day < 8) add(baselines, { inside: address(n), start: day * DAY, out: 1e6 });
    add(baselines, { inside: "10.9.9.9", start: 9 * DAY, out: 1e6 });
    expect(baselines.forgotten).toBe(1);
    const has = [0, 1, 2, 3].map((n) => add(baselines, { inside: address(n), start: 9 * DAY, out: 1 }).p99 !== undefined);
    expect(has).toEqual([true, true, false, true]);
  });
});

it("a registered device keeps its base line when its address changes", () => {
  const asset: Asset = { address: "", name: "CT 1", owner: undefined, department: undefined, mac: "00:1b:21:00:00:01" };
  const baselines = new Baselines();
  for (let day = 0; day < 8; day += 1) add(baselines, { inside: address(day), asset, start: day * DAY, out: 1e8 });
  expect(add(baselines, { inside: "10.9.9.9", asset, start: 8 * DAY, out: 1 }).p99).toBeDefined();
  expect(add(baselines, { inside: "10.9.9.9", asset: { ...asset, learnedFrom: "dhcp" }, start: 8 * DAY, out: 1 }).p99).toBeUndefined();
});

describe("the hour that runs", () => {
  // T0 is at 13:41:02, so the clock's hour ends 1138 seconds later.
  it.each([
    ["within the clock's hour", [0, 600], 2],
    ["across the clock's hour", [1000, 1400], 2],
    ["most of an hour apart", [0, 3200], 2],
    ["more than an hour apart", [0, 3900], 1],
  ])("counts what is %s", (_, starts, expected) => {
    const baselines = new Baselines();
    const sums = starts.map((start) => add(baselines, { start, out: 1 }).bytes);
    expect(sums.at(-1)).toBe(expected);
  });

  it("keeps destinations apart, and knows them by their text", () => {
    const baselines = new Baselines();
    add(baselines, { out: 1 }, to("a"));
    add(baselines, { out: 2 }, to("b"));
    expect(add(baselines, { out: 4 }, to("a")).bytes).toBe(5);
  });

  it("finds room for who gets much, beside any number of others who get little", () => {
    const baselines = new Baselines();
    for (let n = 0; n < 1000; n += 1) add(baselines, { out: 100 }, to(`d${n}`));
    const large = to("large");
    for (let n = 0; n < 3; n += 1) add(baselines, { out: 1e6 }, large);
    expect(add(baselines, { out: 1 }, large).bytes).toBe(3e6 + 1);
    expect(add(baselines, { out: 7 }, to("small")).bytes).toBe(7);
  });

  it("goes on over a restart", () => {
    const before = new Baselines();
    add(before, { start: 1000, out: 4e8 });
    const after = new Baselines();
    after.load(JSON.parse(JSON.stringify(before.save())));
    expect(add(after, { start: 1400, out: 4e8 }).bytes).toBe(8e8);
  });
});

it("490 MB at the end of a clock's hour and 490 MB in the next are told as one", () => {
  const found: Finding[] = [];
  const detections = createDetections({ emit: (finding) => void found.push(finding) });
  for (let day = 0; day < 8; day += 1) detections.onFlow(judgedFlow({ ...DE, id: day, start: day * DAY, out: 1e6 }));
  const edge = 8 * DAY + 1138;
  for (const [id, start] of [edge - 200, edge + 200].entries())
    detections.onFlow(judgedFlow({ ...DE, id: 100 + id, start, end: start + 1, out: 4.9e8 }));
  expect(found.filter(({ detection }) => detection === "exfil.volume").map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^980 MB within the hour/),
  ]);
});
