import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertChange, AlertsOptions } from "../../../src/alerts/index.ts";
import { decodeJournal } from "../../../src/alerts/journal.ts";
import { createDetections } from "../../../src/detect/index.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { RunningAlert } from "../../../src/model/alert.ts";
import type { Asset } from "../../../src/model/site.ts";
import { GUEST, IMAGING, judgedFlow, OFFICE, party, place, type Spec, zone } from "../detect/judged.ts";
import { open } from "./finding.ts";

const NOW = Date.UTC(2026, 10, 21, 14);
const LAB = zone("lab", ["laboratory"], { order: 1 });
const ACME = party("Acme", { countries: ["LU"] });
const asset = (name: string): Asset => ({ address: "10.0.0.9", name, owner: undefined, department: undefined });
const PLACES = [
  place(["US"], { asn: 1 }),
  place(["US", "CA"], { asn: 1 }),
  place(["RS"], { asn: 2 }),
  place(["US"]),
  place([]),
  place(["LU"]),
];
const ZONES = [IMAGING, LAB, OFFICE, GUEST];

/** Numbers that look random and are the same each time (Lehmer). */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % sides;
  };
}

type Step = Spec | "act" | "tell" | "clock";

/** A traffic with all that may happen to an alert: new ends and countries, rises, silence, late packets, people. */
function steps(seed: number, count: number): Step[] {
  const roll = dice(seed);
  const out: Step[] = [];
  let at = 0;
  for (let id = 0; id < count; id += 1) {
    const what = roll(100);
    if (what === 0) out.push("act");
    else if (what < 3) out.push("tell");
    else if (what === 3) out.push("clock");
    if (what === 4 && roll(4) === 0) at += 4000;
    at += roll(20) - 2;
    const where = PLACES[roll(PLACES.length)];
    const isLong = roll(4) === 0;
    const total = roll(30) === 0 ? 2_000_000 : 1000 + roll(60_000);
    const withName = roll(3);
    out.push({
      id: isLong ? roll(20) : 1000 + id,
      kind: isLong && roll(3) > 0 ? "counted" : "closed",
      start: isLong ? -5 : at,
      end: at + 1,
      out: total,
      newOut: isLong ? roll(1000) : total,
      packetsIn: roll(8) === 0 ? 0 : 3,
      inside: roll(9) === 0 ? `fd00::${roll(9)}` : `10.0.${roll(2)}.${roll(200)}`,
      outside: `203.0.${roll(3)}.${roll(9)}`,
      direction: roll(5) === 0 ? "inbound" : "outbound",
      zone: ZONES[roll(ZONES.length)],
      asset: roll(6) === 0 ? asset(["ct1", "10.0.0.5"][roll(2)]) : undefined,
      party: roll(3) === 0 ? ACME : undefined,
      ...(withName === 0 ? {} : { name: ["a.acme.eu", "b.acme.eu", "pacs.example.org", "co.uk"][roll(4)] }),
      place: where,
      verdict: where.countries[0] === "LU" ? "inside-list" : where.countries.length === 0 ? "indeterminate" : "outside-list",
      ...(roll(5) === 0 ? { facts: { protocols: ["dicom"], dicom: { result: "accepted" as const } } } : {}),
      ...(roll(9) === 0 ? { facts: { protocols: ["hl7"], hl7: { messageTypes: [`ADT^A0${roll(9)}`] } } } : {}),
    });
  }
  return out;
}

/** Plays it; `isWhole`: as if nobody could grow an alert, so that every event makes a finding. */
async function play(traffic: Step[], isWhole: boolean, more: Partial<AlertsOptions> = {}) {
  const clock = new ManualClock(NOW);
  const said: string[] = [];
  const onChange = (alert: { id: string; revision: number; sentence: string }, change: AlertChange) =>
    said.push(`${change} ${alert.id} ${alert.revision} ${alert.sentence}`);
  const alerts = await open({ clock, onChange, ...more });
  const roll = dice(3);
  let findings = 0;
  const detections = createDetections({
    settings: { "processor.unregistered": { minBytes: 50_000 } },
    emit(finding): RunningAlert | undefined {
      findings += 1;
      const running = alerts.take(structuredClone(finding));
      return isWhole ? undefined : running;
    },
  });
  for (const [n, step] of traffic.entries()) {
    if (step === "tell") alerts.tellGrowth();
    else if (step === "clock") clock.advance(700);
    else if (step === "act") {
      const all = alerts.list().alerts;
      if (all.length === 0) continue;
      const { id, revision } = all[roll(all.length)];
      const act = roll(4);
      const who = "ana";
      if (act === 0) alerts.act(id, { who, revision, act: "close", reason: "test", note: "x" });
      else if (act === 1) alerts.act(id, { who, revision, act: "snooze", untilMs: clock.nowMs() + 1000, note: "x" });
      else alerts.act(id, { who, revision, act: act === 2 ? "take" : "reopen" });
    } else detections.onFlow(judgedFlow(step));
    if (n % 50 === 0) alerts.commit(String(n));
  }
  alerts.tellGrowth();
  alerts.commit("end");
  await alerts.durable();
  const numbers: unknown[] = [];
  for (const { name, read } of [...detections.metrics(), ...alerts.metrics()])
    read((value, ...labels) => numbers.push([name, value, ...labels]));
  return { findings, said, numbers, list: JSON.stringify(alerts.list()), close: () => alerts.close() };
}

describe("what repeats a finding", () => {
  it.each([1, 2, 3, 4, 5])("grows the alert as the finding would have, byte for byte (traffic %i)", async (seed) => {
    const traffic = steps(seed, 4000);
    const whole = await play(traffic, true);
    const grown = await play(traffic, false);
    expect(grown.said).toEqual(whole.said);
    expect(grown.numbers).toEqual(whole.numbers);
    expect(grown.list).toBe(whole.list);
    // The point of it: of the repeated ones, next to none made a finding.
    expect(whole.findings).toBeGreaterThan(2000);
    expect(grown.findings).toBeLessThan(whole.findings / 2);
  });

  it("also when alerts are pushed out for want of room", async () => {
    const traffic = steps(9, 3000);
    const whole = await play(traffic, true, { limit: 12 });
    const grown = await play(traffic, false, { limit: 12 });
    expect(grown.said).toEqual(whole.said);
    expect(grown.numbers).toEqual(whole.numbers);
    expect(grown.list).toBe(whole.list);
  });
});

describe("the journal of alerts that grew in place", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bordertap-repeated-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("tells the same as that of findings, when read without a close", async () => {
    const traffic = steps(6, 1500);
    const read = async (isWhole: boolean) => {
      const path = join(folder, String(isWhole));
      const played = await play(traffic, isWhole, { folder: path });
      const { alerts, position, badGroups } = decodeJournal(readFileSync(join(path, "alerts.journal")))!;
      // What a killed process leaves, as the next one sees it.
      const next = await open({ folder: path, clock: new ManualClock(NOW) });
      const list = JSON.stringify(next.list());
      await next.close();
      await played.close();
      return { alerts: [...alerts.values()], position, badGroups, list, stood: played.list };
    };
    const whole = await read(true);
    const grown = await read(false);
    expect(grown).toEqual(whole);
    expect(grown.list).toBe(grown.stood);
    expect(grown.badGroups).toBe(0);
  });
});
