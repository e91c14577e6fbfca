import { describe, expect, it } from "vitest";
import { Traffic } from "../../../src/console/traffic.ts";
import { JUDGEMENTS } from "../../../src/model/judgement.ts";
import { LOCATION_VERDICTS } from "../../../src/model/location.ts";
import type { Zone } from "../../../src/model/site.ts";
import { judged, MINUTE, START_MS, ZONES } from "./fixtures.ts";

describe("zone × country sums", () => {
  it("adds what is new in each event, and counts a flow once", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ country: "LU", out: 1000, back: 10 }));
    traffic.onFlow(judged({ country: "LU", out: 500, back: 5, isLater: true }));
    expect(traffic.zoneRows(15)).toEqual([
      {
        zone: "imaging",
        holdsPatientData: true,
        country: "LU",
        verdict: "inside-list",
        judgement: "approved",
        upBytes: 1500,
        downBytes: 15,
        flows: 1,
      },
    ]);
  });

  it.each(JUDGEMENTS.flatMap((word) => [...LOCATION_VERDICTS, undefined].map((verdict) => [word, verdict] as const)))(
    "keeps %s and %s apart from the rest",
    (word, verdict) => {
      const traffic = new Traffic();
      traffic.onFlow(judged({ country: "US", word, verdict }));
      expect(traffic.zoneRows(15)).toMatchObject([
        { judgement: word, verdict: verdict ?? null, country: verdict === undefined ? null : "US" },
      ]);
    },
  );

  it("leaves out what crosses no border", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ direction: "internal" }));
    traffic.onFlow(judged({ direction: "transit", zone: undefined }));
    expect(traffic.zoneRows(15)).toEqual([]);
  });

  it("counts a flow opened from outside too", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ direction: "inbound", out: 77 }));
    expect(traffic.zoneRows(15)[0].upBytes).toBe(77);
  });

  it("lets minutes leave the window, by packet time", () => {
    const traffic = new Traffic();
    for (let minute = 0; minute < 20; minute += 1) traffic.onFlow(judged({ out: 1, atMs: START_MS + minute * MINUTE }));
    expect(traffic.zoneRows(15)[0].upBytes).toBe(15);
    expect(traffic.zoneRows(5)[0].upBytes).toBe(5);
    traffic.advanceTo((START_MS + 21 * MINUTE) * 1000);
    expect(traffic.zoneRows(15)[0].upBytes).toBe(13);
    traffic.advanceTo((START_MS + 120 * MINUTE) * 1000);
    expect(traffic.zoneRows(15)).toEqual([]);
  });

  it("takes late events into their own minute, and counts those behind the window", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ out: 1, atMs: START_MS }));
    traffic.onFlow(judged({ out: 2, atMs: START_MS - 3 * MINUTE }));
    traffic.onFlow(judged({ out: 4, atMs: START_MS - 15 * MINUTE }));
    expect(traffic.zoneRows(15)[0].upBytes).toBe(3);
    expect(traffic.zoneRows(1)[0].upBytes).toBe(1);
    expect(traffic.lateEvents).toBe(1);
  });

  it("follows a clock that went back for good", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ atMs: START_MS + 365 * 24 * 60 * MINUTE }));
    for (let n = 0; n < 1001; n += 1) traffic.onFlow(judged({ out: 1, atMs: START_MS }));
    expect(traffic.zoneRows(15)[0].upBytes).toBe(2);
    expect(traffic.newestMicros).toBe(START_MS * 1000);
  });

  it("sums zones, countries and cells beyond its caps as other", () => {
    const traffic = new Traffic();
    for (let n = 0; n < 200; n += 1) {
      const zone: Zone = { ...ZONES.imaging, name: `z${n}` };
      for (let c = 0; c < 40; c += 1) traffic.onFlow(judged({ zone, country: `${c}`, out: 1 }));
    }
    for (let c = 0; c < 1000; c += 1) traffic.onFlow(judged({ country: `x${c}`, out: 1 }));
    const rows = traffic.zoneRows(15);
    expect(rows.length).toBeLessThanOrEqual(4096);
    expect(rows.some((row) => row.zone === "other")).toBe(true);
    expect(rows.some((row) => row.country === "other")).toBe(true);
    expect(rows.reduce((sum, row) => sum + row.upBytes, 0)).toBe(9000);
  });

  it("keeps count beyond the cap of cells", () => {
    const traffic = new Traffic();
    for (let z = 0; z < 60; z += 1) {
      const zone: Zone = { ...ZONES.imaging, name: `z${z}` };
      for (let c = 0; c < 100; c += 1) traffic.onFlow(judged({ zone, country: `${c}`, out: 1 }));
    }
    expect(traffic.crowdedEvents).toBe(6000 - 4094);
    expect(traffic.zoneRows(15).reduce((sum, row) => sum + row.upBytes, 0)).toBe(6000);
  });

  it("knows a zone by its name when the configuration made a new object", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ zone: ZONES.imaging, out: 1 }));
    traffic.onFlow(judged({ zone: { ...ZONES.imaging }, out: 2 }));
    expect(traffic.zoneRows(15)).toMatchObject([{ upBytes: 3 }]);
  });
});

it("gives a value a minute for what leaves patient-data zones", () => {
  const traffic = new Traffic();
  traffic.onFlow(judged({ out: 10, atMs: START_MS - 2 * MINUTE }));
  traffic.onFlow(judged({ out: 7, zone: ZONES.admin, atMs: START_MS - 2 * MINUTE }));
  traffic.onFlow(judged({ out: 5, word: "violation", atMs: START_MS }));
  const { fromMs, up, violation } = traffic.series();
  expect(up).toHaveLength(60);
  expect(up.slice(-3)).toEqual([10, 0, 5]);
  expect(violation.slice(-3)).toEqual([0, 0, 5]);
  expect(fromMs).toBe(START_MS - 59 * MINUTE);
});

describe("what goes between two outside addresses", () => {
  const told = (transit: number, crossing: number, atMs = START_MS) => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ direction: "transit", zone: undefined, word: "undecided", out: transit, back: 0 }));
    traffic.onFlow(judged({ out: crossing, back: 0, atMs }));
    return traffic.transitReason();
  };
  it.each<[string, string | undefined, string | RegExp | undefined]>([
    ["is told when it is much", told(50e9, 150e9), /^25 % of bytes go between two addresses that are both outside \(50\.0 GB in 15 min\)/],
    ["is told when it is all there is", told(50e9, 0), /^100 % /],
    ["is passed over when it is a small share", told(50e9, 5000e9), undefined],
    ["is passed over when it is little", told(9e6, 0), undefined],
    ["leaves the window", told(50e9, 100, START_MS + 17 * MINUTE), undefined],
  ])("%s", (_, reason, expected) => {
    if (expected === undefined) expect(reason).toBeUndefined();
    else expect(reason).toMatch(expected);
  });

  it("is in no zone's sums", () => {
    const traffic = new Traffic();
    traffic.onFlow(judged({ direction: "transit", zone: undefined, word: "undecided", out: 5 }));
    expect(traffic.zoneRows(15)).toEqual([]);
  });
});
