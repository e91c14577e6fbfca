import { describe, expect, it } from "vitest";
import { Coverage } from "../../../src/console/coverage.ts";
import { MINUTE, START_MS, status } from "./fixtures.ts";

/** A tap watched for `seconds`, a status a second, 1000 packets each, seen through `wish`. */
function watched(seconds: number, wish: (seen: number, second: number) => Parameters<typeof status>[0] = (seen) => ({ seen })): Coverage {
  const coverage = new Coverage("live", START_MS);
  for (let second = 0; second <= seconds; second += 1) {
    const nowMs = START_MS + second * 1000;
    coverage.onStatus(status({ newestMicros: nowMs * 1000, ...wish(second * 1000, second) }), nowMs);
    coverage.row(nowMs);
  }
  return coverage;
}

const at = (seconds: number) => START_MS + seconds * 1000;

describe("what the tap saw", () => {
  it("is complete when everything adds up", () => {
    const row = watched(120).row(at(120));
    expect(row).toMatchObject({
      state: "full",
      reasons: [],
      seen: 120_000,
      decoded: 120_000,
      dropped: 0,
      residue: 0,
      ratio: 1,
      watchedMs: 120_000,
      lagMs: 0,
    });
    expect(row.strip).toHaveLength(60);
    expect(row.strip.endsWith("-ff-")).toBe(true);
    expect(row.sensors).toMatchObject([{ sensor: "eth1 (af-packet)", packetsPerSecond: 1000, lastPacketAgeMs: 0 }]);
  });

  const degraded: [string, (seen: number, second: number) => Parameters<typeof status>[0], string][] = [
    ["drops above 0.1 %", (seen) => ({ seen, dropped: seen * 0.01 }), "were lost before they could be read"],
    ["many malformed packets", (seen) => ({ seen, malformed: seen * 0.02 }), "could not be decoded"],
    ["a sum that does not hold", (seen) => ({ seen, decodedPackets: seen * 0.9 }), "the sum does not hold"],
    ["drops that cannot be counted", (seen) => ({ seen, dropped: undefined }), "cannot count"],
    ["one direction only", (seen) => ({ seen, flows: { ...status().flows, closed: 1000, oneWayClosed: 300 } }), "one direction only"],
    ["packets that come twice", (seen) => ({ seen, duplicates: { looked: 20_000, found: 9000 } }), "gets 45 % of packets twice"],
    [
      "TCP data that was never seen",
      (seen) => ({ seen, streams: { seenBytes: 97e6, missingBytes: 3e6 } }),
      "3 % of TCP data never reached",
    ],
  ];
  it("says nothing of a mirror by too little, nor of copies that are left out", () => {
    const little = { duplicates: { looked: 500, found: 400 }, streams: { seenBytes: 9000, missingBytes: 9000 } };
    expect(watched(120, (seen) => ({ seen, ...little })).row(at(120)).reasons).toEqual([]);
    const leftOut = { duplicates: { looked: 20_000, found: 9000 }, losses: { span_duplicate: 9000 } };
    expect(watched(120, (seen) => ({ seen, ...leftOut })).row(at(120)).reasons).toEqual([]);
  });

  it("is degraded by what is seen and not judged", () => {
    const coverage = watched(120);
    coverage.unjudged = () => "half of it is nobody's";
    expect(coverage.row(at(120))).toMatchObject({ state: "degraded", reasons: ["half of it is nobody's"] });
  });

  it.each(degraded)("is degraded by %s", (_, wish, reason) => {
    const row = watched(120, wish).row(at(120));
    expect(row.state).toBe("degraded");
    expect(row.reasons.join()).toContain(reason);
  });

  it("shows drops it cannot know as unknown, not as 0", () => {
    const row = watched(10, (seen) => ({ seen, dropped: undefined })).row(at(10));
    expect(row).toMatchObject({ dropped: null, residue: null });
    expect(row.sensors[0].dropped).toBeNull();
  });

  it("counts what passed while no sensor ran as lost", () => {
    const row = watched(60, (seen) => ({ seen, losses: { sensor_outage: 60_000 } })).row(at(60));
    expect(row.ratio).toBeCloseTo(0.5);
    expect(row.state).toBe("degraded");
  });
});

describe("blindness", () => {
  it("is none before any sensor has reported", () => {
    const row = new Coverage("live", START_MS).row(at(1));
    expect(row).toMatchObject({
      state: "none",
      reasons: ["no sensor has reported yet"],
      ratio: null,
      dropped: null,
      lastPacketAgeMs: null,
    });
  });

  it("is none when the tap is silent for more than a minute, by wall time", () => {
    const coverage = watched(120, (_, second) => ({ seen: Math.min(second, 30) * 1000 }));
    expect(coverage.row(at(120))).toMatchObject({
      state: "none",
      lastPacketAgeMs: 90_000,
      reasons: ["the tap is silent: no packet for 90 s"],
    });
  });

  it("is none when the sensor went away, and the minutes stay marked", () => {
    const coverage = watched(60);
    for (let second = 61; second < 200; second += 1) coverage.row(at(second));
    const row = coverage.row(at(200));
    expect(row.state).toBe("none");
    expect(row.reasons[0]).toContain("has not reported for");
    expect(row.strip.endsWith("-fnnn")).toBe(true);
  });

  it("is neither in a replay", () => {
    expect(new Coverage("replay", START_MS).row(at(5)).state).toBe("unknown");
  });

  it("marks minutes in which nobody looked as not covered", () => {
    const coverage = watched(30);
    coverage.onStatus(status({ seen: 40_000 }), START_MS + 5 * MINUTE);
    expect(coverage.row(START_MS + 5 * MINUTE).strip.endsWith("-nnnnn-")).toBe(true);
  });
});

it("carries counts over a restart of the sensor", () => {
  const coverage = watched(10, (seen) => ({ seen, losses: { gap: 3 } }));
  coverage.onStatus(status({ epoch: "e2", seen: 500, losses: { gap: 1, sensor_outage: 20 } }), at(12));
  const row = coverage.row(at(12));
  expect(row).toMatchObject({ seen: 10_500, losses: { gap: 4, sensor_outage: 20 } });
  expect(row.sensors[0].restarts).toBe(1);
});

it("takes no more than 64 sensors", () => {
  const coverage = new Coverage("live", START_MS);
  for (let thread = 0; thread < 70; thread += 1) coverage.onStatus(status({ thread }), START_MS);
  expect(coverage.refusedSensors).toBe(6);
});
