import { describe, expect, it } from "vitest";
import { parseAlertFilter } from "../../../src/console/alert-filter.ts";
import { LiveState } from "../../../src/console/live.ts";
import { mapRows } from "../../../src/console/map-rows.ts";
import { shiftStart } from "../../../src/console/shift.ts";
import { Tokens } from "../../../src/console/tokens.ts";
import { alert, judged, START_MS, ZONES } from "./fixtures.ts";

describe("filter", () => {
  const all = [
    alert({ id: "a", severity: "critical", zone: "imaging", countries: ["US"] }),
    alert({ id: "b", severity: "high", zone: "laboratory", countries: ["RS", "DE"], state: "taken" }),
    alert({ id: "c", severity: "low", zone: "admin", countries: [], state: "closed" }),
  ];
  it.each([
    ["", "ab"],
    ["state:any", "abc"],
    ["state:closed", "c"],
    ["state:open,taken", "ab"],
    ["-zone:imaging", "b"],
    ["severity:critical,high -country:RS", "a"],
    ["country:DE", "b"],
    ["detection:residency.violation zone:imaging,laboratory", "ab"],
  ])("%j", (text, expected) => {
    const filter = parseAlertFilter(text);
    if (typeof filter === "string") throw new Error(filter);
    expect(
      all
        .filter(filter)
        .map((found) => found.id)
        .join(""),
    ).toBe(expected);
  });

  it.each([
    ["zone", "character 1"],
    ["zone:imaging severity:bad", "character 14"],
    ["state:", "empty value"],
    ["__proto__:x", "expected field:value"],
    [`zone:${"x".repeat(600)}`, "longer than"],
  ])("says what is wrong with %j", (text, expected) => {
    expect(parseAlertFilter(text)).toContain(expected);
  });
});

describe("tokens", () => {
  const tokens = new Tokens(Buffer.alloc(32, 1));
  it("hide whole words only, longer ones first, the same way each time", () => {
    const token = tokens.of("CT-3");
    expect(token).toMatch(/^asset·[0-9a-f]{6}$/);
    expect(tokens.hide("CT-3 and CT-30, (CT-3)", ["CT-3"])).toBe(`${token} and CT-30, (${token})`);
    expect(tokens.hide("10.1.2.3 10.1.2.30", ["10.1.2.3", undefined, ""])).toBe(`${tokens.of("10.1.2.3")} 10.1.2.30`);
    expect(new Tokens(Buffer.alloc(32, 2)).of("CT-3")).not.toBe(token);
  });
});

describe("shift", () => {
  it.each([
    ["2026-11-21T14:30:00Z", "Europe/Luxembourg", "2026-11-21T13:00:00Z"],
    ["2026-07-21T12:00:00Z", "Europe/Luxembourg", "2026-07-21T12:00:00Z"],
    ["2026-11-21T03:10:00Z", "Europe/Luxembourg", "2026-11-20T21:00:00Z"],
    ["2026-10-25T04:30:00Z", "Europe/Luxembourg", "2026-10-24T20:00:00Z"],
    ["2026-11-21T03:10:00Z", "Asia/Kolkata", "2026-11-21T00:30:00Z"],
    ["2026-11-21T23:59:59Z", "UTC", "2026-11-21T22:00:00Z"],
  ])("at %s in %s began %s", (now, zone, expected) => {
    expect(new Date(shiftStart(Date.parse(now), zone)).toISOString()).toBe(expected.replace("Z", ".000Z"));
  });
});

describe("map", () => {
  it("puts on land only what is certain", () => {
    const live = new LiveState({ mode: "live", nowMs: START_MS });
    live.onFlow(judged({ country: "US", verdict: "outside-list", word: "violation", out: 5 }));
    live.onFlow(judged({ zone: ZONES.guest, country: "US", verdict: "outside-list", word: "ignored", out: 7 }));
    live.onFlow(judged({ country: "LU", out: 100 }));
    live.onFlow(judged({ country: "NL", verdict: "indeterminate", word: "undecided", out: 3 }));
    live.onFlow(judged({ country: "BR", verdict: "contradicted", word: "undecided", out: 2 }));
    live.onFlow(judged({ verdict: "indeterminate", word: "undecided", out: 1 }));
    live.onAlert(alert({ countries: ["US"] }));
    expect(mapRows(live, 15)).toMatchObject([
      { id: "LU", verdict: "inside-list", judgement: "approved", upBytes: 100, openAlerts: 0 },
      { id: "US", code: "US", verdict: "outside-list", judgement: "violation", upBytes: 12, openAlerts: 1 },
      { code: null, why: "a country is named without certainty", perhaps: ["NL"], upBytes: 3 },
      { code: null, why: "sources contradict each other", perhaps: ["BR"] },
      { code: null, why: "no source names a country", perhaps: [] },
    ]);
  });
});

it("forgets closed alerts first when there are too many", () => {
  const live = new LiveState({ mode: "live", nowMs: START_MS });
  live.onAlert(alert({ id: "open", severity: "low" }));
  live.onAlert(alert({ id: "closed", severity: "critical", state: "closed" }));
  live.seed(Array.from({ length: 9_999 }, (_, n) => alert({ id: `x${n}` })));
  expect(live.alert("closed")).toBeUndefined();
  expect(live.alert("open")).toBeDefined();
  expect(live.forgottenAlerts).toBe(1);
});
