import { beforeEach, describe, expect, it } from "vitest";
import { type Act, type AlertChange, type Alerts, CLOSE_REASONS } from "../../../src/alerts/index.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import { finding, open } from "./finding.ts";

const NOW = Date.UTC(2026, 10, 21, 14);
const HOUR = 3_600_000;
let clock: ManualClock;
let alerts: Alerts;
let changes: AlertChange[];
let id: string;

beforeEach(async () => {
  clock = new ManualClock(NOW);
  changes = [];
  alerts = await open({ clock, onChange: (_, change) => changes.push(change) });
  alerts.take(finding());
  id = alerts.list().alerts[0].id;
});

const revision = () => alerts.get(id)!.revision;
const act = (more: Record<string, unknown> & { act: Act["act"] }) =>
  alerts.act(id, { who: "ana", revision: revision(), ...more } as unknown as Act);
const take = () => act({ act: "take" });
const snooze = (hours = 2, note = "waiting for Acme") => act({ act: "snooze", untilMs: clock.nowMs() + hours * HOUR, note });
const close = (reason = "incident", note = "reported") => act({ act: "close", reason, note });
const reopen = () => act({ act: "reopen" });

describe("states", () => {
  it.each([
    { tells: "take", acts: [take], state: "taken" },
    { tells: "take twice", acts: [take, take], state: "taken" },
    { tells: "snooze", acts: [snooze], state: "snoozed" },
    { tells: "close", acts: [close], state: "closed" },
    { tells: "take, snooze, close", acts: [take, snooze, close], state: "closed" },
    { tells: "reopen nobody's", acts: [close, reopen], state: "open" },
    { tells: "reopen somebody's", acts: [take, close, reopen], state: "taken" },
    { tells: "take ends a snooze", acts: [snooze, take], state: "taken" },
  ])("$tells: $state", ({ acts, state }) => {
    for (const one of acts) expect(one().result).toBe("ok");
    expect(alerts.get(id)!.state).toBe(state);
    expect(alerts.get(id)!.history).toHaveLength(acts.length + 1);
    expect(alerts.get(id)!.snoozedUntilMs !== undefined).toBe(state === "snoozed");
  });

  it.each([
    ["reopen what is open", reopen, /open cannot/],
    ["an empty note", () => act({ act: "note", note: " \n" }), /needs text/],
    ["a snooze into the past", () => snooze(-1), /future/],
    ["a snooze of eight days", () => snooze(8 * 24), /7 days/],
    ["a snooze without reason", () => snooze(1, ""), /reason/],
    ["a close without reason", () => close("because"), /incident, authorised since/],
    ["a close of a high one without note", () => close("test", ""), /needs a note/],
    ["nobody", () => alerts.act(id, { who: " ", act: "take", revision: revision() }), /who you are/],
  ])("refuses %s", (_, attempt, reason) => {
    const before = structuredClone(alerts.get(id));
    expect(attempt()).toMatchObject({ result: "refused", reason: expect.stringMatching(reason) });
    expect(alerts.get(id)).toEqual(before);
  });

  it("acts on a closed one only by note and reopen", () => {
    close();
    for (const attempt of [take, snooze, close]) expect(attempt().result).toBe("refused");
    expect(act({ act: "note", note: "seen by the DPO" }).result).toBe("ok");
    expect(alerts.get(id)!.closedReason).toBe(CLOSE_REASONS[0]);
  });

  it("says when it does not know the alert", () => {
    expect(alerts.act("al_0", { who: "ana", act: "take", revision: 0 }).result).toBe("unknown");
  });
});

describe("revisions", () => {
  it("refuse an act on what somebody changed, and say who and when", () => {
    const seen = revision();
    alerts.act(id, { who: "bob", act: "take", revision: seen });
    expect(alerts.act(id, { who: "ana", act: "close", reason: "test", note: "x", revision: seen })).toMatchObject({
      result: "conflict",
      by: "bob",
      atMs: NOW,
      revision: revision(),
    });
  });

  it("let growth pass: it changes nothing that a person decided on", () => {
    const seen = revision();
    alerts.take(finding({ at: 5 }));
    expect(revision()).toBeGreaterThan(seen);
    expect(alerts.act(id, { who: "ana", act: "take", revision: seen }).result).toBe("ok");
  });

  it("refuse an act on what rose meanwhile", () => {
    const seen = revision();
    alerts.take(finding({ at: 5, severity: "critical" }));
    expect(alerts.act(id, { who: "ana", act: "snooze", untilMs: NOW + HOUR, note: "later", revision: seen })).toMatchObject({
      result: "conflict",
      by: "bordertap",
    });
  });
});

describe("time", () => {
  it("ends a snooze by wall time", () => {
    snooze(2);
    clock.advance(2 * HOUR - 1000);
    expect(alerts.get(id)!.state).toBe("snoozed");
    clock.advance(2000);
    expect(alerts.get(id)!.state).toBe("open");
    expect(changes).toEqual(["opened", "acted", "snooze-ended"]);
  });

  it("ends it for a rise of severity, to whoever had taken it", () => {
    take();
    snooze();
    alerts.take(finding({ at: 5 }));
    expect(alerts.get(id)!.state).toBe("snoozed");
    alerts.take(finding({ at: 6, severity: "critical" }));
    expect(alerts.get(id)!).toMatchObject({ state: "taken", owner: "ana", severity: "critical" });
  });

  it("never closes a violation by itself", () => {
    clock.advance(24 * HOUR);
    expect(alerts.get(id)!.state).toBe("open");
    expect(() => alerts.clear("residency.violation", ["imaging", "Acme", "US"], 0)).toThrow(/may not clear itself/);
  });

  it("opens the next alert of the thread when traffic goes on after a close", () => {
    close();
    alerts.take(finding({ at: 5 }));
    const { alerts: list } = alerts.list();
    expect(list.map(({ state }) => state).sort()).toEqual(["closed", "open"]);
    expect(new Set(list.map(({ threadId }) => threadId)).size).toBe(1);
  });

  it("tells growth twice a second at most, with the sentence of that time", () => {
    const told: string[] = [];
    changes.length = 0;
    for (let n = 0; n < 1000; n += 1) alerts.take(finding({ at: n }));
    expect(changes).toEqual([]);
    clock.advance(500);
    told.push(alerts.get(id)!.sentence);
    expect(changes).toEqual(["grew"]);
    expect(told[0]).toContain("sent 1.00 MB");
  });
});

describe("health alerts", () => {
  const key = ["silence", "eth0#0"];
  const silent = (at = 0) => ({
    detection: "tap.degraded",
    severity: "critical" as const,
    key,
    atMicros: NOW * 1000 + at * 1e6,
    sinceMicros: NOW * 1000,
    name: "eth0",
    detail: "no packet",
  });
  const health = () => alerts.list({ detection: "tap.degraded" }).alerts;

  it("clear themselves, and stay listed until somebody takes them", () => {
    alerts.take(silent());
    alerts.clear("tap.degraded", key, NOW * 1000 + 90e6);
    expect(health()[0]).toMatchObject({ state: "open", clearedMicros: NOW * 1000 + 90e6 });
    expect(alerts.act(health()[0].id, { who: "ana", act: "take", revision: health()[0].revision }).result).toBe("ok");
    expect(health()[0]).toMatchObject({ state: "closed", closedReason: "cleared", owner: "ana" });
  });

  it("close when somebody had taken them", () => {
    alerts.take(silent());
    alerts.act(health()[0].id, { who: "ana", act: "take", revision: health()[0].revision });
    alerts.clear("tap.degraded", key, NOW * 1000 + 90e6);
    expect(health()[0].state).toBe("closed");
  });

  it("come back when the cause does", () => {
    alerts.take(silent());
    alerts.clear("tap.degraded", key, NOW * 1000 + 90e6);
    alerts.clear("tap.degraded", key, NOW * 1000 + 91e6);
    alerts.take(silent(120));
    expect(health()).toHaveLength(1);
    expect(health()[0].clearedMicros).toBeUndefined();
    expect(changes).toEqual(["opened", "opened", "cleared", "grew"]);
  });
});
