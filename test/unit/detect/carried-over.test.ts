import { describe, expect, it } from "vitest";
import { createDetections, type Detections } from "../../../src/detect/index.ts";
import type { Finding } from "../../../src/model/alert.ts";
import { authorisation, BACKUP, judgedFlow, type Spec, site } from "./judged.ts";

const SITE = site({ authorisations: [authorisation("A-1", { basis: "GDPR 49(1)(a)", mostUsesIn30Days: 3 })] });
const derogation = (id: number): Spec => ({ id, start: id, word: "authorised", rule: "authorisation:A-1" });

type Options = Parameters<typeof createDetections>[0];
/** What the next core is given of the one before; undefined: it goes on. */
type Change = (before: Detections) => Pick<Options, "saved" | "passedOn"> | undefined;

/** Plays events; before each one the core is as `change` leaves it. */
function play(name: string, events: readonly Spec[], change: Change) {
  const found: Finding[] = [];
  const options = { site: SITE, emit: (finding: Finding) => void found.push(finding) };
  let detections = createDetections(options);
  for (const event of events) {
    detections.onFlow(judgedFlow(event));
    const more = change(detections);
    if (more !== undefined) detections = createDetections({ ...more, ...options });
  }
  return found.filter(({ detection }) => detection === name);
}

const nothing: Change = () => undefined;
const reload: Change = (before) => ({ saved: before.saveMemories(), passedOn: before.passOn() });
const restart: Change = (before) => ({ saved: JSON.parse(JSON.stringify(before.save())) });

describe.each<[string, Change]>([
  ["as it is", nothing],
  ["with a reload after each event", reload],
  ["with a restart after each event", restart],
])("%s", (_, change) => {
  it("a derogation used ten times, where three are allowed, is told seven times", () => {
    const uses = Array.from({ length: 10 }, (_, id) => derogation(id));
    expect(play("derogation.overuse", uses, change)).toHaveLength(7);
  });

  it("1.2 GB of backups in six hours are summed", () => {
    const jobs = [0, 1, 2].map((id): Spec => ({ id, start: id * 3 * 3600, zone: BACKUP, out: 4e8 }));
    expect(play("backup.unapproved_region", jobs, change).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^1\.20 GB within 24 hours/),
    ]);
  });

  it("a host that always sent little, and sends 980 MB within an hour, is told of", () => {
    const days = Array.from({ length: 8 }, (_, day): Spec => ({ id: day, start: day * 86_400, out: 1e6 }));
    const burst = [8, 9].map((id): Spec => ({ id, start: 8 * 86_400 + id * 60, out: 4.9e8 }));
    expect(play("exfil.volume", [...days, ...burst], change).map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^980 MB within the hour/),
    ]);
  });

  it("a thousand small uploads within the hour weigh as one large one", () => {
    const uploads = Array.from({ length: 4 }, (_, id): Spec => ({ id, start: id * 60, out: 300_000 }));
    expect(play("residency.violation", uploads, change).map(({ severity }) => severity)).toEqual(["high", "high", "high", "critical"]);
  });
});

it("a flow that was not told of before a reload is told whole after it", () => {
  const events: Spec[] = [
    { kind: "opened", out: 5000, in: 0, packetsIn: 0 },
    { kind: "counted", end: 60, out: 9000, newOut: 4000, in: 100, newIn: 100 },
  ];
  const told = play("residency.violation", events, reload);
  expect(told.map(({ newBytesOut, newFlows }) => [newBytesOut, newFlows])).toEqual([[9000, 1]]);
});

it.each([
  ["nothing", undefined],
  ["rows of another kind", [["x"], [1, 2, 3], ["k", "a", [1]], ["k", 5, "b"], ["k", 5, [1, "x"]], ["k", 1e300, Array(999).fill(1)]]],
])("sums that were written down wrongly (%s) are left out", (_, rows) => {
  const saved = { version: 1, memories: { "backup.unapproved_region": { daySums: rows, monthSums: rows, sums: rows } } };
  const found: Finding[] = [];
  const detections = createDetections({ saved, emit: (finding) => void found.push(finding) });
  detections.onFlow(judgedFlow({ zone: BACKUP, out: 1.5e9 }));
  expect(found.find(({ detection }) => detection === "backup.unapproved_region")?.detail).toMatch(/^1\.50 GB/);
});
