import { describe, expect, it } from "vitest";
import { Coverage } from "../../../src/console/coverage.ts";
import { SettledVerdict, verdictOf } from "../../../src/console/verdict.ts";
import type { CoverageRow } from "../../../src/console/wire.ts";
import type { Alert } from "../../../src/model/alert.ts";
import { alert, START_MS, status } from "./fixtures.ts";

const isPhi = (zone: string | undefined) => zone !== "guest";

function coverage(change: Partial<CoverageRow> = {}): CoverageRow {
  const found = new Coverage("live", START_MS);
  found.onStatus(status(), START_MS);
  return { ...found.row(START_MS), ...change };
}

describe("three answers", () => {
  const cases: [string, Alert[], Partial<CoverageRow>, "ok" | "failed", string, string][] = [
    ["an open violation", [alert({})], {}, "ok", "yes", ""],
    ["a snoozed violation", [alert({ state: "snoozed" })], {}, "ok", "yes", ""],
    ["clear-text DICOM", [alert({ detection: "clear.dicom_external" })], {}, "ok", "yes", ""],
    ["a violation seen while the tap is degraded", [alert({})], { state: "none" }, "ok", "yes", ""],
    ["an alert without a zone", [alert({ detection: "residency.violation", zone: "nowhere" })], {}, "ok", "yes", ""],
    ["a closed violation", [alert({ state: "closed" })], {}, "ok", "none-seen", ""],
    ["a violation of a zone without patient data", [alert({ zone: "guest" })], {}, "ok", "none-seen", ""],
    ["another family", [alert({ detection: "processor.unregistered" })], {}, "ok", "none-seen", ""],
    ["nothing at all", [], {}, "ok", "none-seen", ""],
    ["a blind tap", [], { state: "none", reasons: ["the tap is silent: no packet for 90 s"] }, "ok", "cannot-say", "silent"],
    ["a replay", [], { state: "unknown", reasons: ["recorded flows"] }, "ok", "cannot-say", "recorded"],
    ["a failed part", [], {}, "failed", "cannot-say", "has failed"],
    ["too many losses", [], { ratio: 0.97, state: "degraded", reasons: ["3 % of packets were lost"] }, "ok", "cannot-say", "lost"],
    ["a destination nobody can place", [alert({ detection: "residency.indeterminate" })], {}, "ok", "cannot-say", "no source can name"],
  ];
  it.each(cases)("%s", (_, alerts, change, health, answer, reason) => {
    const found = verdictOf(alerts, coverage(change), health, isPhi);
    expect(found.answer).toBe(answer);
    expect(found.reason).toContain(reason);
  });
});

it("sums count, bytes and times of what is open", () => {
  const found = verdictOf(
    [
      alert({ bytesOut: 1, firstMicros: 5_000_000, lastMicros: 6_000_000 }),
      alert({ bytesOut: 2, firstMicros: 3_000_000, lastMicros: 9_000_000 }),
    ],
    coverage(),
    "ok",
    isPhi,
  );
  expect(found).toMatchObject({ count: 2, upBytes: 3, sinceMs: 3000, lastMs: 9000 });
});

it("changes after two equal frames, at once for a new critical alert", () => {
  const settled = new SettledVerdict();
  const none = verdictOf([], coverage(), "ok", isPhi);
  const yes = verdictOf([alert({})], coverage(), "ok", isPhi);
  const blind = verdictOf([], coverage({ state: "none" }), "ok", isPhi);
  const answers = [
    settled.next(none, false),
    settled.next(blind, false),
    settled.next(none, false),
    settled.next(blind, false),
    settled.next(blind, false),
    settled.next(yes, true),
    settled.next(none, true),
    settled.next(none, false),
  ].map((verdict) => verdict.answer);
  expect(answers).toEqual(["none-seen", "none-seen", "none-seen", "none-seen", "cannot-say", "yes", "yes", "none-seen"]);
});
