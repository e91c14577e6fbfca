import { describe, expect, it } from "vitest";
import { bytesText } from "../../../src/history/format.ts";
import { folderOfHour, hourOf, hourOfFolder, STRAY } from "../../../src/history/hours.ts";
import { historyMetrics } from "../../../src/history/metrics.ts";
import { chooseExpired, type StoredHour } from "../../../src/history/retention.ts";
import { parseWhen } from "../../../src/history/when.ts";

describe("hours", () => {
  it.each([
    [0, 0, "date=1970-01-01/hour=00"],
    [3_599_999_999.75, 0, "date=1970-01-01/hour=00"],
    [3_600_000_000, 1, "date=1970-01-01/hour=01"],
    [Date.UTC(2024, 1, 29, 23, 59) * 1000, 474_791, "date=2024-02-29/hour=23"],
    [-1, STRAY, "date=stray/hour=00"],
    [Number.NaN, STRAY, "date=stray/hour=00"],
    [1e17, STRAY, "date=stray/hour=00"],
  ])("%d is hour %d in %s", (micros, hour, folder) => {
    expect(hourOf(micros)).toBe(hour);
    expect(folderOfHour(hour)).toBe(folder);
    expect(hourOfFolder(folder.split("/")[0], folder.split("/")[1])).toBe(hour);
  });

  it.each([
    ["date=2026-13-01", "hour=00"],
    ["date=2026-01-01", "hour=25"],
    ["x", "hour=01"],
    ["date=2026-01-01", "1"],
  ])("%s/%s is no hour", (date, hour) => {
    expect(hourOfFolder(date, hour)).toBeUndefined();
  });
});

describe("retention", () => {
  const day = 24;
  const nowMs = 1000 * day * 3_600_000;
  const stored = (hour: number, bytes: number, modifiedHour = hour, kind: StoredHour["kind"] = "flows"): StoredHour => ({
    kind,
    hour,
    bytes,
    paths: [],
    modifiedMs: modifiedHour * 3_600_000,
  });
  const chosen = (all: StoredHour[], retentionDays: number, retentionBytes: number) =>
    chooseExpired(all, { nowMs, retentionDays, retentionBytes }).map((s) => s.hour);

  it("takes the oldest hours by age, to the hour", () => {
    const all = [stored(990 * day - 1, 1), stored(990 * day, 1), stored(999 * day, 1)];
    expect(chosen(all, 10, 1e9)).toEqual([]);
    expect(chosen([stored(990 * day - 2, 1), ...all], 10, 1e9)).toEqual([990 * day - 2]);
  });
  it("keeps an old capture that was recorded lately", () => {
    expect(chosen([stored(1, 1, 999 * day), stored(2, 1, 999 * day)], 10, 1e9)).toEqual([]);
  });
  it("takes the oldest by size until it fits, and never the newest", () => {
    expect(chosen([stored(1, 50, 999 * day), stored(2, 60, 999 * day), stored(3, 70, 999 * day)], 10, 140)).toEqual([1]);
    expect(chosen([stored(1, 50), stored(2, 60), stored(3, 70)], 1e6, 1)).toEqual([1, 2]);
    expect(chosen([stored(3, 70)], 1, 1)).toEqual([]);
    expect(chosen([stored(3, 70), stored(3, 1, 3, "alerts")], 1, 1)).toEqual([]);
  });
});

describe("times", () => {
  const nowMs = Date.UTC(2026, 10, 21, 14);
  it.each([
    ["now", "2026-11-21T14:00:00.000Z"],
    ["-1h", "2026-11-21T13:00:00.000Z"],
    ["-90s", "2026-11-21T13:58:30.000Z"],
    ["-1.5d", "2026-11-20T02:00:00.000Z"],
    ["-1w", "2026-11-14T14:00:00.000Z"],
    ["2026-11-21", "2026-11-21T00:00:00.000Z"],
    ["2026-11-21T13:00Z", "2026-11-21T13:00:00.000Z"],
    ["2026-11-21T13:00:00.5+01:00", "2026-11-21T12:00:00.500Z"],
    ["2026-11-21 13:00:07z", "2026-11-21T13:00:07.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(new Date(parseWhen(text, nowMs, "--from") / 1000).toISOString()).toBe(expected);
  });
  it("keeps microseconds", () => expect(parseWhen("1970-01-01T00:00:00.123456Z", nowMs, "--to")).toBe(123456));
  it.each(["", "1h", "-1", "yesterday", "2026-02-31", "2026-11-21T13:00", "2026-11-21T25:00Z", "-1y", "2026"])(
    "%s is refused by name of the option",
    (text) => {
      expect(() => parseWhen(text, nowMs, "--from")).toThrow(/^--from: /);
    },
  );
});

describe("numbers for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [48_100_000, "48.1 MB"],
    [1e12, "1.0 TB"],
  ])("%d is %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));
});

describe("metrics", () => {
  const facts = { bytesOnDisk: 90, parts: 2, oldestMs: 5000, newestMs: 5000, freeBytes: 100, rowsWritten: 7, expiredParts: 0 };
  const read = (more: object) => {
    const out: Record<string, number> = {};
    for (const metric of historyMetrics(() => ({
      taken: 9,
      dropped: 1,
      heldBytes: 3,
      restarts: 0,
      facts,
      bytesPerSecond: 2,
      retentionBytes: 1000,
      ...more,
    })))
      metric.read((value) => (out[metric.name] = value));
    return out;
  };
  it("tell when the disk will be full, if it will", () => {
    expect(read({})).toMatchObject({
      bordertap_history_disk_remaining_seconds: 50,
      bordertap_history_oldest_timestamp_seconds: 5,
      bordertap_history_dropped_events_total: 1,
    });
    expect(read({ retentionBytes: 150 })).not.toHaveProperty("bordertap_history_disk_remaining_seconds");
    expect(read({ facts: undefined })).toEqual({
      bordertap_history_taken_events_total: 9,
      bordertap_history_dropped_events_total: 1,
      bordertap_history_queue_bytes: 3,
      bordertap_history_restarts_total: 0,
    });
  });
});
