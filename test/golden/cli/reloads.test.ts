import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LoadedConfig } from "../../../src/config/config.ts";
import { D, FLOW_RECORD_BYTES, FlowBatch, I } from "../../../src/model/flow.ts";
import { silentLog } from "../../../src/obs/silent-log.ts";

const DIST = process.env.BORDERTAP_DIST ?? resolve(import.meta.dirname, "../../../dist");

/** As built: the history process is forked from there. */
const built = <Module>(path: string): Promise<Module> => import(pathToFileURL(join(DIST, path)).href);

const RELOADS = 1000;
const FLOWS_EACH = 2;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-reloads-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of four configurations two are right, one is wrong, and one loosens policy without a second person. */
const kindOf = (n: number) => (["right", "right", "wrong", "looser"] as const)[n % 4];

/** Each names its list after itself: what is judged says by which. */
function textOf(n: number): string {
  const countries = kindOf(n) === "looser" ? "LU, AU, NZ" : "LU, AU";
  return `inside: [10.0.0.0/8]
console: { port: 0 }
state: { folder: ${join(folder, "state")} }
alerts: { windowSeconds: 60 }
outputs: { alerts: { path: ${join(folder, "alerts.jsonl")} } }
policy: { fourEyes: true }
jurisdiction: ${kindOf(n) === "wrong" ? "nowhere" : `list-${n}`}
jurisdictions: [{ name: list-${n}, countries: [${countries}], source: s }]
`;
}

/** Eight rounds of flows, then an hour of none: alerts end, and others begin. To Australia (approved) and to the United States (a violation). */
function flowsAt(round: number): FlowBatch {
  const batch = new FlowBatch(FLOWS_EACH);
  batch.count = FLOWS_EACH;
  for (let n = 0; n < FLOWS_EACH; n += 1) {
    const at = 1.79e15 + (Math.floor(round / 8) * 3600 + (round % 8) * FLOWS_EACH + n) * 1e6;
    for (const index of [D.startMicros, D.endMicros, D.eventMicros]) batch.doubles[n * 32 + index] = at;
    batch.doubles[n * 32 + D.rttMicros] = Number.NaN;
    for (const index of [D.packetsUp, D.packetsDown, D.newPacketsUp, D.newPacketsDown]) batch.doubles[n * 32 + index] = 9;
    for (const index of [D.bytesUp, D.bytesDown, D.newBytesUp, D.newBytesDown]) batch.doubles[n * 32 + index] = 5000;
    batch.ints[n * 64 + I.transport] = 6;
    batch.ints.set([0, 0, 0xffff, (10 << 24) | (round % 8)], n * 64 + I.initiatorAddress);
    // Telstra's resolver and AT&T's network: both long where they are.
    batch.ints.set([0, 0, 0xffff, n === 0 ? 0x8b820405 | 0 : 0x0c000001], n * 64 + I.responderAddress);
    batch.ints[n * 64 + I.responderPort] = 443;
  }
  return batch;
}

it("a thousand reloads, right, wrong and loosening, while flows are judged: each is of exactly one revision, in the order of taking over", async () => {
  const { Daemon } = await built<typeof import("../../../src/app/daemon.ts")>("app/daemon.js");
  const { createReloads, reloadConfig } = await built<typeof import("../../../src/app/reload.ts")>("app/reload.js");
  const { parseConfig } = await built<typeof import("../../../src/config/load.ts")>("config/load.js");
  const { BUILT_IN_LISTS, readBuiltInLists } = await built<typeof import("../../../src/config/lists.ts")>("config/lists.js");
  const { LinkSender } = await built<typeof import("../../../src/link/sender.ts")>("link/sender.js");
  const { systemClock } = await built<typeof import("../../../src/lib/clock.ts")>("lib/clock.js");
  const { Losses } = await built<typeof import("../../../src/obs/losses.ts")>("obs/losses.js");
  const { runGuarded } = await built<typeof import("../../../src/history/query.ts")>("history/query.js");

  const lists = readBuiltInLists(BUILT_IN_LISTS);
  const parse = (n: number) => parseConfig(textOf(n), undefined, lists, { HOME: folder }, { isRoot: false });
  const looser = parse(3);
  const link = join(folder, "link.sock");
  let loaded: LoadedConfig = parse(0);
  const daemon = new Daemon({ loaded, mode: "live", link, clock: systemClock, log: silentLog, onSensor() {}, onSensorGone() {} });
  await daemon.start();
  const losses = new Losses();
  const hello = { epoch: "e".repeat(16), thread: 0, source: "test", pid: process.pid, recordBytes: FLOW_RECORD_BYTES };
  const sender = new LinkSender({ path: link, hello, clock: systemClock, losses, onStop() {} });

  /** Revision → the configuration it is of, in the order of taking over. */
  const revisions = new Map([[daemon.policyRevision, 0]]);
  let n = 0;
  const refused = { wrong: 0, looser: 0 };
  const log = {
    ...silentLog,
    error: (message: string) => (refused.wrong += Number(message.startsWith("the new configuration is wrong"))),
    warn: (message: string) => (refused.looser += Number(/loosens policy and is not approved/.test(message))),
  };
  const reload = createReloads(async () => {
    n += 1;
    const before = loaded;
    loaded = await reloadConfig({
      load: async () => {
        await nextTurn();
        return kindOf(n) === "looser" ? looser : parse(n);
      },
      current: loaded,
      isFourEyes: true,
      daemon,
      log,
      notifier: { notify() {} },
    });
    if (loaded !== before) revisions.set(daemon.policyRevision, n);
  });

  let rounds = 0;
  let isFeeding = true;
  const feeding = (async () => {
    while (isFeeding) {
      sender.sendFlows(flowsAt(rounds));
      rounds += 1;
      for (let turn = 0; turn < 10; turn += 1) await nextTurn();
    }
  })();
  // The second of each pair is asked for while the first is under way.
  while (n < RELOADS) await Promise.all([reload(), reload()]);
  isFeeding = false;
  await feeding;
  sender.sendFlows(flowsAt(rounds));
  await sender.end({}, 10_000);
  await daemon.stop();

  expect(refused).toEqual({ wrong: RELOADS / 4, looser: RELOADS / 4 });
  expect(revisions.size).toBe(RELOADS / 2 + 1);
  const last = RELOADS;
  expect([...revisions.values()].at(-1)).toBe(last);

  const { rows } = await runGuarded(join(folder, "state", "history"), {
    sql: "select policy_revision, rule, judgement from flow_events order by event_time",
    limit: 100_000,
  });
  expect(rows).toHaveLength((rounds + 1) * FLOWS_EACH);
  let newest = 0;
  const used = new Set<number>();
  for (const [revision, rule, judgement] of rows as [string, string, string][]) {
    const of = revisions.get(revision);
    expect(rule).toBe(`list:list-${of}`);
    expect(of).toBeGreaterThanOrEqual(newest);
    expect(["approved", "violation"]).toContain(judgement);
    newest = of as number;
    used.add(newest);
  }
  expect(newest).toBe(last);
  // Or the reloads did not come between the flows.
  expect(used.size).toBeGreaterThan(50);

  const alerts = readFileSync(join(folder, "alerts.jsonl"), "utf8").trimEnd().split("\n");
  let located = 0;
  for (const { policy_revision: revision, list } of alerts.map((line) => JSON.parse(line).bordertap)) {
    expect(revisions.has(revision)).toBe(true);
    if (list === undefined) continue;
    located += 1;
    expect(list).toBe(`list-${revisions.get(revision)}`);
  }
  expect(located).toBeGreaterThan(50);
}, 120_000);
