import { expect, test } from "vitest";
import { Canary, type CanaryOutput, canaryMetrics, isCanary } from "../../../src/app/canary.ts";
import { createEnricher } from "../../../src/enrich/enricher.ts";
import { createLocator } from "../../../src/enrich/location/verdict.ts";
import { createNames } from "../../../src/enrich/names.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Alert } from "../../../src/model/alert.ts";
import type { FlowBatch } from "../../../src/model/flow.ts";
import type { Site } from "../../../src/model/site.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { alertDocument } from "../../../src/outputs/index.ts";
import { createCore } from "../../../src/pipeline/core.ts";
import { createPolicy } from "../../../src/policy/policy.ts";
import { authorisation, party, site, testPlaces, zone } from "../enrich/fixture.ts";

const places = testPlaces();
const CLINIC = zone("clinic", { networks: ["10.1.0.0/16"] });

interface Wiring {
  site?: Partial<Site>;
  /** What becomes of a batch: by default it is judged and stored at once. */
  send?: (canary: Canary, epoch: string, sequence: number, batch: FlowBatch) => void;
  outputs?: (alert: Alert) => CanaryOutput[];
}

function setUp(wiring: Wiring = {}) {
  const here = site({ zones: [CLINIC], ...wiring.site });
  const enricher = createEnricher({ site: here, places, names: createNames({ limit: 10, losses: new Losses(), seed: 1 }) });
  const policy = createPolicy({ site: here, revision: "r", locate: createLocator(here.jurisdictions).locate });
  const core = createCore({ enricher, policy });
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 14));
  const reports: (readonly string[])[] = [];
  const alerts: Alert[] = [];
  const canary: Canary = new Canary({
    clock,
    run: "a1b2c3d4",
    site: () => here,
    core: () => core,
    send(epoch, sequence, batch) {
      if (wiring.send) return wiring.send(canary, epoch, sequence, batch);
      canary.take(epoch, batch);
      canary.stored(sequence);
    },
    outputs(alert) {
      alerts.push(alert);
      return wiring.outputs?.(alert) ?? [{ kind: "alert file", name: "/a.jsonl", reached: Promise.resolve() }];
    },
    report: (missing) => reports.push(missing),
  });
  return { canary, clock, reports, alerts };
}

const never = new Promise<never>(() => {});
/** Promises that are settled have been heard of. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a violation that never was reaches every output, and nothing is missing", async () => {
  const { canary, reports, alerts } = setUp();
  expect(await canary.send()).toBe(true);
  expect(reports).toEqual([[]]);
  expect(Object.fromEntries(canary.results)).toEqual({
    spool: { reached: 1, missed: 0 },
    alert: { reached: 1, missed: 0 },
    "alert file": { reached: 1, missed: 0 },
  });
  expect(alerts).toMatchObject([{ detection: "residency.violation", zone: "clinic", isCanary: true, bytesOut: 1000 }]);
});

test("outside, what goes out is no alert", async () => {
  const { canary, alerts } = setUp();
  await canary.send();
  const document = JSON.parse(alertDocument(alerts[0]));
  expect(document).toMatchObject({ event: { kind: "event", severity: 0 }, tags: ["canary"], rule: { name: "pipeline.canary" } });
  expect(document.message).toMatch(/^Canary: .* The flow is made up; nothing is to be done\.$/);
  const real = JSON.parse(alertDocument({ ...alerts[0], isCanary: false }));
  expect([real.event.kind, real.tags, real.rule.name]).toEqual(["alert", undefined, "residency.violation"]);
});

test("an output that fails, and one that does not come in time, are named; the others count as reached", async () => {
  const { canary, clock, reports } = setUp({
    outputs: () => [
      { kind: "alert file", name: "/full.jsonl", reached: Promise.reject(new Error("no space")) },
      { kind: "history", reached: never },
      { kind: "metrics", reached: Promise.resolve() },
    ],
  });
  const sent = canary.send();
  await settle();
  clock.advance(59_999);
  await settle();
  expect(reports).toEqual([]);
  clock.advance(1);
  await sent;
  expect(reports).toEqual([["alert file /full.jsonl", "history"]]);
});

test("near miss: the slowest comes within the time", async () => {
  let reach = () => {};
  const slow = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const { canary, clock, reports } = setUp({ outputs: () => [{ kind: "history", reached: slow }] });
  const sent = canary.send();
  await settle();
  clock.advance(59_999);
  reach();
  await sent;
  expect(reports).toEqual([[]]);
});

test.each<[string, NonNullable<Wiring["send"]>, string[]]>([
  ["the disk does not take it", (canary, epoch, _, batch) => canary.take(epoch, batch), ["spool"]],
  ["nobody judges it", (canary, _, sequence) => canary.stored(sequence), ["alert"]],
  [
    "it comes back from an earlier run",
    (canary, _, sequence, batch) => canary.take("canary-00000000", batch) ?? canary.stored(sequence),
    ["alert"],
  ],
])("a stage is lost: %s", async (_, send, missing) => {
  const { canary, clock, reports } = setUp({ send });
  const sent = canary.send();
  await settle();
  clock.advance(60_000);
  await sent;
  expect(reports).toEqual([missing]);
});

test("where no flow would be a violation there is none to send", async () => {
  const everywhere = authorisation("A-1", { countries: ["AU"] });
  for (const more of [
    { zones: [] },
    { zones: [zone("clinic", { isJudged: false, networks: ["10.1.0.0/16"] })] },
    { authorisations: [everywhere] },
  ]) {
    const { canary, reports } = setUp({ site: { ...more, parties: [party("any", { networks: ["0.0.0.0/0"] })] } });
    expect(await canary.send(), Object.keys(more)[0]).toBe(false);
    expect([canary.sequence, reports]).toEqual([0, []]);
  }
});

test("an address of another zone within is passed over: what is violated there is no patient data, or not judged", async () => {
  const whole = zone("rest", { networks: ["10.0.0.0/8"], order: 9 });
  for (const more of [{ data: ["billing" as const] }, { isJudged: false }]) {
    const within = zone("within", { networks: ["10.0.0.0/16"], ...more });
    const { canary, reports, alerts } = setUp({ site: { zones: [within, whole] } });
    expect(await canary.send()).toBe(true);
    expect([reports, alerts[0].zone, alerts[0].evidence.insideAddress]).toEqual([[[]], "rest", "10.255.255.255"]);
    const hidden = setUp({ site: { zones: [within, { ...whole, networks: ["10.0.0.0/24"] }] } });
    expect(await hidden.canary.send()).toBe(false);
  }
});

test("it is told from a sensor, and metrics count it", async () => {
  expect([isCanary("canary-a1b2c3d4"), isCanary("a1b2c3d4e5f60718")]).toEqual([true, false]);
  const { canary } = setUp();
  await canary.send();
  await canary.send();
  const told: unknown[] = [];
  for (const { read } of canaryMetrics(() => canary)) read((...one) => told.push(one));
  expect(told).toContainEqual([2]);
  expect(told).toContainEqual([2, "alert file", "reached"]);
  expect(told).toContainEqual([0, "alert file", "missed"]);
});
