// What enrich and policy cost a flow event, by the size of the register: node test/bench/enrich-policy.mjs [dist folder]
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = resolve(process.argv[2] ?? join(import.meta.dirname, "../../dist"));
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const { FlowBatch, FlowView, D, I } = await load("model/flow.js");

const { createJudgedFlow } = await load("enrich/judged-flow.js");
const { createNames } = await load("enrich/names.js");

const { Losses } = await load("obs/losses.js");
const { openKnowledge, rulesOf } = await load("app/rules.js");
const { loadConfig, parseConfig } = await load("config/load.js");
const { BUILT_IN_LISTS, readBuiltInLists } = await load("config/lists.js");

const FLOWS = 100_000;
const ROUNDS = 5;
/** The same numbers each time: a small generator of our own (mulberry32). */
let seed = 1;
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const base = loadConfig(undefined);
const knowledge = openKnowledge(base, new Losses());

function siteWith(parties, prefixes) {
  const list = Array.from({ length: parties }, (_, n) => ({
    name: `p${n}`,
    title: `p${n}`,
    role: "processor",
    services: [],
    data: [],
    domains: [`vendor-${n}.example`, `vendor-${n}.test`],
    networks: Array.from({ length: Math.ceil(prefixes / parties) }, (_x, m) => {
      const k = n * Math.ceil(prefixes / parties) + m;
      return `${20 + (k >> 16)}.${(k >> 8) & 255}.${k & 255}.0/24`;
    }),
    asns: [],
    countries: ["DE"],
    agreementEnds: undefined,
    certificateSubjects: n % 10 === 0 ? [`O=Vendor ${n}`] : [],
    aeTitles: n % 10 === 0 ? [`AE${n}`] : [],
  }));
  const hours = { days: [1, 2, 3, 4, 5], fromMinute: 420, untilMinute: 1140 };
  const authorisations = Array.from({ length: Math.min(parties, 1000) }, (_, n) => ({
    id: `A-${n}`,
    zones: [],
    parties: [`p${n}`],
    countries: ["US"],
    purpose: "p",
    basis: "GDPR 46(2)(c)",
    hours: n % 4 === 0 ? hours : undefined,
  }));
  return { ...base, site: { ...base.site, parties: list, authorisations } };
}

/** New flows to addresses and names of all kinds; nearly none the same twice. */
const batch = new FlowBatch(FLOWS);
batch.count = FLOWS;
for (let n = 0; n < FLOWS; n += 1) {
  const d = n * 32;
  const i = n * 64;
  const at = 1.79e15 + n * 5e4;
  for (const index of [D.startMicros, D.endMicros, D.eventMicros]) batch.doubles[d + index] = at;
  batch.doubles[d + D.rttMicros] = Number.NaN;
  batch.doubles[d + D.packetsUp] = 3;
  batch.doubles[d + D.packetsDown] = 3;
  batch.ints.set([0, 0, 0xffff, (10 << 24) | Math.floor(random() * 4096)], i + I.initiatorAddress);
  batch.ints.set([0, 0, 0xffff, ((20 + Math.floor(random() * 40)) << 24) | Math.floor(random() * 2 ** 24)], i + I.responderAddress);
  if (n % 2 === 0)
    batch.facts[n] = {
      protocols: ["tls"],
      names: [{ name: `a${n % 5000}.vendor-${Math.floor(random() * 20_000)}.example`, source: "sni" }],
    };
}

function measure(loaded) {
  const { enricher, policy } = rulesOf(loaded, { ...knowledge, names: createNames({ limit: 1000, losses: new Losses(), seed: 1 }) });
  const view = new FlowView();
  const judged = createJudgedFlow();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    // CPU time: others on the machine do not count.
    const started = process.cpuUsage();
    for (let n = 0; n < FLOWS; n += 1) {
      enricher.enrich(view.at(batch, n), judged);
      policy.judgeFlow(judged);
    }
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) * 1000);
  }
  return best / FLOWS;
}

for (const [parties, prefixes] of [
  [1, 1],
  [100, 1000],
  [10_000, 100_000],
]) {
  const started = performance.now();
  const loaded = siteWith(parties, prefixes);
  rulesOf(loaded, knowledge);
  const builtMs = performance.now() - started;
  console.log(
    `${String(parties).padStart(6)} parties ${String(prefixes).padStart(7)} prefixes: ${measure(loaded).toFixed(0)} ns a new flow, built in ${builtMs.toFixed(0)} ms`,
  );
}

// A register as large as the configuration takes: from text to rules.
const lists = readBuiltInLists(BUILT_IN_LISTS);
const rows = Array.from(
  { length: 50_000 },
  (_, n) => `p${n},processor,${Array.from({ length: 20 }, (_x, m) => `d${m}.vendor-${n}.example`).join(";")},DE`,
);
const csv = `name,role,domains,countries\n${rows.join("\n")}\n`;
globalThis.gc?.();
const before = process.memoryUsage().rss;
const started = performance.now();
const million = parseConfig("partiesFile: p.csv\n", "/c.yaml", lists, { HOME: "/h" }, { readText: () => csv });
const parsed = performance.now();
rulesOf(million, knowledge);
console.log(
  `50,000 parties with 1,000,000 domains from CSV (${(csv.length / 1e6).toFixed(0)} MB): read and checked in ${((parsed - started) / 1000).toFixed(1)} s, rules in ${((performance.now() - parsed) / 1000).toFixed(1)} s, ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB`,
);
