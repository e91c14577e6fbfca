import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Alerts, openAlerts } from "../../../src/alerts/index.ts";
import { alertBook } from "../../../src/app/alert-book.ts";
import { Blocklist } from "../../../src/app/blocklist.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Finding } from "../../../src/model/alert.ts";

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), "bordertap-blocklist-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaded = parseConfig("inside: [10.0.0.0/8]\nblocklist: { days: 10 }\n", undefined, readBuiltInLists(BUILT_IN_LISTS), { HOME: "/h" });
const finding = (outsideAddress: string, more: Partial<Finding> = {}): Finding => ({
  detection: "residency.violation",
  severity: "high",
  key: [outsideAddress],
  atMicros: 1e15,
  sinceMicros: 1e15,
  insideAddress: "10.1.1.1",
  outsideAddress,
  verdict: "outside-list",
  flowId: "0.1",
  ...more,
});

let clock: ManualClock;
let alerts: Alerts;
let state: string;
let list: Blocklist;
let book: ReturnType<typeof alertBook>;
const feed = (name: string) => readFileSync(join(state, "blocklist", name), "utf8");

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 10, 21));
  state = mkdtempSync(join(folder, "state-"));
  const options = { folder: undefined, clock, policyRevision: "r", builds: {}, catalogue: {} };
  alerts = await openAlerts(options);
  list = new Blocklist(loaded, state, () => clock.nowMs());
  book = alertBook(alerts, () => list);
});

function alertOf(one: Finding) {
  alerts.take(one);
  return alerts.list().alerts.find(({ evidence }) => evidence === one)!;
}

const block = (id: string, revision: number, more: object = {}) =>
  book.act(id, { act: "block", who: "ana (console, not verified)", revision, ...more });

describe("an approval from the console", () => {
  it("lists the address, says so in the alert's history, and nothing is written before it", () => {
    const { id, revision } = alertOf(finding("45.67.89.9"));
    expect(existsSync(join(state, "blocklist"))).toBe(false);
    expect(block(id, revision, { days: 3, note: "INC-7" }).result).toBe("ok");
    expect(feed("blocklist.txt")).toBe("45.67.89.9\n");
    expect(list.entries()).toMatchObject([{ alertId: id, approvedBy: "ana (console, not verified)", untilMs: clock.nowMs() + 3 * DAY_MS }]);
    expect(alerts.get(id)?.history.at(-1)).toMatchObject({
      who: "ana (console, not verified)",
      note: "approved for the block list: 45.67.89.9, until 2026-11-24T00:00:00.000Z: INC-7",
    });
  });

  it.each([
    ["an inside address", finding("10.9.9.9"), /never listed: 10\.0\.0\.0\/8 is the site's own/],
    ["what was never placed", finding("45.67.89.9", { verdict: undefined as never }), /names no outside address/],
    ["a finding about papers", finding("45.67.89.9", { detection: "basis.adequacy_changed" }), /names no outside address/],
  ])("is refused for %s, and leaves no trace", (_, one, why) => {
    const { id, revision } = alertOf(one);
    expect(block(id, revision)).toMatchObject({ result: "refused", why: expect.stringMatching(why) });
    expect([existsSync(join(state, "blocklist")), alerts.get(id)?.history.length]).toEqual([false, 1]);
  });

  it("is refused to who saw the alert before somebody else acted", () => {
    const { id, revision } = alertOf(finding("45.67.89.9"));
    alerts.act(id, { act: "take", who: "ben", revision });
    expect(block(id, revision).result).toBe("conflict");
    expect(existsSync(join(state, "blocklist"))).toBe(false);
  });

  it("does not exist in a replay", () => {
    const { id, revision } = alertOf(finding("45.67.89.9"));
    const replay = alertBook(alerts);
    expect(replay.act(id, { act: "block", who: "ana", revision })).toMatchObject({ result: "refused" });
    expect(replay.blockable?.(alerts.get(id)!)).toBeUndefined();
  });

  it("that cannot be written is refused, and the alert says that nothing is listed", () => {
    const { id, revision } = alertOf(finding("45.67.89.9"));
    writeFileSync(join(state, "blocklist"), "a file in the way");
    expect(block(id, revision)).toMatchObject({ result: "refused", why: expect.stringContaining("blocklist.json") });
    expect(alerts.get(id)?.history.at(-1)?.note).toContain("not on the block list");
  });
});

describe("what was written", () => {
  it("loses entries whose time is over, keeps the others, and tells how long they still stay", () => {
    const [one, two] = [alertOf(finding("45.67.89.9")), alertOf(finding("45.67.89.10"))];
    list.approve(one, "ana", { isDryRun: false, days: 1 });
    list.approve(two, "ana", { isDryRun: false });
    clock.advance(DAY_MS);
    expect(list.refresh().map(({ address }) => address)).toEqual(["45.67.89.10"]);
    expect(feed("blocklist.txt")).toBe("45.67.89.10\n");
    expect(feed("blocklist.nft")).toContain(`45.67.89.10 timeout ${9 * 86_400}s`);
  });

  it("loses what has become a party's, or is on the list of what is never blocked", () => {
    list.approve(alertOf(finding("45.67.89.9")), "ana", { isDryRun: false });
    list.approve(alertOf(finding("45.67.90.9")), "ana", { isDryRun: false });
    const later = parseConfig(
      "inside: [10.0.0.0/8]\nblocklist: { never: [45.67.89.0/24] }\n",
      undefined,
      readBuiltInLists(BUILT_IN_LISTS),
      { HOME: "/h" },
    );
    new Blocklist(later, state, () => clock.nowMs()).refresh();
    expect(feed("blocklist.txt")).toBe("45.67.90.9\n");
    expect(feed("blocklist.nft")).not.toContain("45.67.89.9");
  });

  it("takes nothing of a replay, nor addresses of an alert that names none", () => {
    const addresses = ["45.67.89.9"];
    const replayed = { ...alertOf(finding("45.67.89.9")), isReplay: true };
    const papers = alertOf(finding("45.67.89.10", { detection: "basis.adequacy_changed" }));
    expect(() => list.approve(replayed, "ana", { isDryRun: false, addresses })).toThrow(/is of a replay/);
    expect(() => list.approve(papers, "ana", { isDryRun: false, addresses })).toThrow(/names no outside address/);
    expect(existsSync(join(state, "blocklist"))).toBe(false);
  });

  it("is nothing where nobody approved anything, or only tried", () => {
    list.refresh();
    list.approve(alertOf(finding("45.67.89.9")), "ana", { isDryRun: true });
    expect(existsSync(join(state, "blocklist"))).toBe(false);
  });

  it("takes several addresses of one alert, all or none", () => {
    const alert = alertOf(finding("45.67.89.9"));
    expect(() => list.approve(alert, "ana", { isDryRun: false, addresses: ["45.67.89.9", "10.1.1.1"] })).toThrow(/never listed/);
    expect(existsSync(join(state, "blocklist"))).toBe(false);
    list.approve(alert, "ana", { isDryRun: false, addresses: ["45.67.89.9", "45.67.89.77"] });
    expect(feed("blocklist.txt")).toBe("45.67.89.9\n45.67.89.77\n");
  });
});
