// Location and judgement of a new flow (median), what a large register costs per flow, and how long a reload holds the judge up:
// npm run bench -- --judge
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { measureReloads } from "./reload-stall.mjs";

const dist = resolve(process.env.BORDERTAP_DIST ?? join(import.meta.dirname, "../../dist"));
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { FlowBatch, FlowView, D, I } = await load("model/flow.js");
const { createJudgedFlow } = await load("enrich/judged-flow.js");
const { Losses } = await load("obs/losses.js");
const { buildRules, openKnowledge, reopenKnowledge, rulesOf } = await load("app/rules.js");
const { catalogue, createDetections } = await load("detect/index.js");
const { openAlerts } = await load("alerts/index.js");
const { ManualClock } = await load("lib/clock.js");
const { loadConfig } = await load("config/load.js");
const { loadBeside } = await load("config/load-beside.js");
const { createCore } = await load("pipeline/core.js");

const FLOWS = 50_000;
const COMPARED_FLOWS = 200_000;
const PARTIES = 10_000;
const PREFIXES_EACH = 10;

let state = 99;
/** The same words each time. */
function word() {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
}

/** An inside host and an address outside: of the register for so many of a hundred, else anywhere in 20.0.0.0 to 59.255.255.255. */
function pairOf(registered) {
  const inside = (10 << 24) | (word() & 4095);
  if ((word() >>> 8) % 100 >= registered) return [inside, ((20 + ((word() >>> 8) % 40)) << 24) | (word() & 0xffffff)];
  const k = (word() >>> 3) % (PARTIES * PREFIXES_EACH);
  return [inside, ((20 + (k >> 16)) << 24) | (((k >> 8) & 255) << 16) | ((k & 255) << 8) | (word() & 255)];
}

/** New TCP flows of these pairs, from the n-th on, one each 50 ms. */
function flowBatch(pairs, first, count) {
  const batch = new FlowBatch(count);
  batch.count = count;
  for (let n = 0; n < count; n += 1) {
    const [inside, outside] = pairs[(first + n) % pairs.length];
    const at = 1.79e15 + (first + n) * 5e4;
    for (const index of [D.startMicros, D.endMicros, D.eventMicros]) batch.doubles[n * 32 + index] = at;
    batch.doubles[n * 32 + D.rttMicros] = Number.NaN;
    for (const index of [D.packetsUp, D.packetsDown, D.newPacketsUp, D.newPacketsDown]) batch.doubles[n * 32 + index] = 3;
    for (const index of [D.bytesUp, D.bytesDown, D.newBytesUp, D.newBytesDown]) batch.doubles[n * 32 + index] = 1000;
    batch.ints[n * 64 + I.transport] = 6;
    batch.ints.set([0, 0, 0xffff, inside], n * 64 + I.initiatorAddress);
    batch.ints.set([0, 0, 0xffff, outside], n * 64 + I.responderAddress);
  }
  return batch;
}

function registerOf(folder) {
  const rows = ["name,role,domains,networks,countries"];
  for (let n = 0; n < PARTIES; n += 1) {
    const networks = Array.from({ length: PREFIXES_EACH }, (_, m) => {
      const k = n * PREFIXES_EACH + m;
      return `${20 + (k >> 16)}.${(k >> 8) & 255}.${k & 255}.0/24`;
    });
    rows.push(`p${n},processor,vendor-${n}.example;vendor-${n}.test,${networks.join(";")},DE`);
  }
  writeFileSync(join(folder, "parties.csv"), `${rows.join("\n")}\n`);
  writeFileSync(join(folder, "large.yaml"), "partiesFile: parties.csv\n");
  return join(folder, "large.yaml");
}

const micros = new Float64Array(FLOWS);
function times(label, each) {
  for (let n = 0; n < FLOWS; n += 1) {
    const start = process.hrtime.bigint();
    each(n);
    micros[n] = Number(process.hrtime.bigint() - start) / 1000;
  }
  micros.sort();
  console.log(`${label.padEnd(52)}median ${micros[FLOWS >> 1].toFixed(2)} µs, p99 ${micros[Math.floor(FLOWS * 0.99)].toFixed(2)} µs`);
}

async function took(label, work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${label.padEnd(52)}${(performance.now() - wall).toFixed(0)} ms, CPU ${((user + system) / 1000).toFixed(0)} ms`);
  return result;
}

/** Processor time of the same flows, each to an address of its own, under both rules in turn: medians of the rounds. */
function compare(registered, small, large) {
  const pairs = Array.from({ length: COMPARED_FLOWS }, () => pairOf(registered));
  const batches = Array.from({ length: COMPARED_FLOWS / 1000 }, (_, n) => flowBatch(pairs, n * 1000, 1000));
  const cores = [small, large].map((rules) => createCore(rules));
  let bytes = 0;
  const readers = [
    (judged) => {
      bytes += judged.bytesOut;
    },
  ];
  const rounds = [[], []];
  for (let round = 0; round < 12; round += 1) {
    for (const which of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const cpu = process.cpuUsage();
      for (const batch of batches) cores[which].take(batch, readers);
      const { user, system } = process.cpuUsage(cpu);
      // The first ones compile, and meet every place for the first time.
      if (round >= 3) rounds[which].push(user + system);
    }
  }
  const [a, b] = rounds.map((all) => all.sort((x, y) => x - y)[all.length >> 1] / COMPARED_FLOWS);
  const label = `core alone, ${registered} % of flows to the register`;
  console.log(`${label.padEnd(52)}${a.toFixed(2)} µs without it, ${b.toFixed(2)} µs with it a flow: ratio ${(b / a).toFixed(2)}`);
  return bytes;
}

const folder = mkdtempSync(join(tmpdir(), "bordertap-judge-"));
try {
  const path = registerOf(folder);
  const batch = flowBatch(
    Array.from({ length: FLOWS }, () => pairOf(0)),
    0,
    FLOWS,
  );
  const view = new FlowView();
  const judged = createJudgedFlow();
  const small = loadConfig(undefined);
  let knowledge = openKnowledge(small, new Losses());
  const measure = async (label, loaded, { enricher, policy }) => {
    const { windowSeconds, limit } = loaded.config.alerts;
    const alerts = await openAlerts({
      folder: undefined,
      clock: new ManualClock(),
      windowSeconds,
      limit,
      policyRevision: policy.revision,
      builds: {},
      catalogue: catalogue(),
    });
    const emit = (finding) => alerts.take(finding);
    const detections = createDetections({ settings: loaded.config.detections, site: loaded.site, emit });
    const judge = (n) => {
      enricher.enrich(view.at(batch, n), judged);
      policy.judgeFlow(judged);
    };
    times(`${label}: location and judgement, cold`, judge);
    times(`${label}: the same again`, judge);
    times(`${label}: the same with the detections`, (n) => {
      judge(n);
      detections.onFlow(judged);
    });
  };
  await measure("no register", small, rulesOf(small, knowledge));
  // What a reload does, one part after the other, in slices beside other work (the first in a thread of its own).
  const large = await took("reload: reading and checking the configuration", () => loadBeside(path));
  knowledge = await took("reload: location sources", () => reopenKnowledge(large, knowledge));
  const rules = await took("reload: rules of 10,000 parties, 100,000 prefixes", () => buildRules(large, knowledge));
  await measure("10,000 parties", large, rules);
  for (const registered of [0, 10, 50]) compare(registered, rulesOf(small, knowledge), rulesOf(large, knowledge));
  const pairs = Array.from({ length: 1000 }, () => pairOf(10));
  await measureReloads({ dist, folder, load, flowBatch, pairs });
} finally {
  rmSync(folder, { recursive: true });
}
