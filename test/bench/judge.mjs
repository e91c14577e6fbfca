// Location and judgement of a new flow (median), and how long a reload holds the judge up: npm run bench -- --judge
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = resolve(process.env.BORDERTAP_DIST ?? join(import.meta.dirname, "../../dist"));
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { FlowBatch, FlowView, D, I } = await load("model/flow.js");
const { createJudgedFlow } = await load("enrich/judged-flow.js");
const { Losses } = await load("obs/losses.js");
const { openKnowledge, reopenKnowledge, rulesOf } = await load("app/rules.js");
const { catalogue, createDetections } = await load("detect/index.js");
const { openAlerts } = await load("alerts/index.js");
const { ManualClock } = await load("lib/clock.js");
const { loadConfig } = await load("config/load.js");

const FLOWS = 50_000;
const PARTIES = 10_000;
const PREFIXES_EACH = 10;

let state = 99;
/** The same words each time. */
function word() {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
}

/** New TCP flows of 4,096 inside hosts, each to an address of its own. */
function newFlows() {
  const batch = new FlowBatch(FLOWS);
  batch.count = FLOWS;
  for (let n = 0; n < FLOWS; n += 1) {
    const at = 1.79e15 + n * 5e4;
    for (const index of [D.startMicros, D.endMicros, D.eventMicros]) batch.doubles[n * 32 + index] = at;
    batch.doubles[n * 32 + D.rttMicros] = Number.NaN;
    for (const index of [D.packetsUp, D.packetsDown, D.newPacketsUp, D.newPacketsDown]) batch.doubles[n * 32 + index] = 3;
    for (const index of [D.bytesUp, D.bytesDown, D.newBytesUp, D.newBytesDown]) batch.doubles[n * 32 + index] = 1000;
    batch.ints[n * 64 + I.transport] = 6;
    batch.ints.set([0, 0, 0xffff, (10 << 24) | (word() & 4095)], n * 64 + I.initiatorAddress);
    batch.ints.set([0, 0, 0xffff, ((20 + ((word() >>> 8) % 40)) << 24) | (word() & 0xffffff)], n * 64 + I.responderAddress);
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

function took(label, work) {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${label.padEnd(52)}${(performance.now() - wall).toFixed(0)} ms, CPU ${((user + system) / 1000).toFixed(0)} ms`);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), "bordertap-judge-"));
try {
  const path = registerOf(folder);
  const batch = newFlows();
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
  // What a reload does, one part after the other: each holds the event loop for as long as it takes.
  const large = took("reload: reading and checking the configuration", () => loadConfig(path));
  knowledge = took("reload: location sources", () => reopenKnowledge(large, knowledge));
  const rules = took("reload: rules of 10,000 parties, 100,000 prefixes", () => rulesOf(large, knowledge));
  await measure("10,000 parties", large, rules);
} finally {
  rmSync(folder, { recursive: true });
}
