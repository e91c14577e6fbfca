#!/usr/bin/env node
// Feeds hostile input to what was built, until the time or the number is up. Exit 1 and a file of hexadecimal on a finding.
//
//   npm run fuzz -- --minutes 5          --inputs N        --seed N (default: from the clock)
//     --target dissect|decode|collect|all (default all)            --dist FOLDER (default dist)     --out FOLDER (default the temporary folder)
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createCollectTarget } from "./collect-target.mjs";
import { createDecodeTarget } from "./decode-target.mjs";
import { createDissectTarget } from "./dissect-target.mjs";
import { createRandom } from "./mutate.mjs";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    target: { type: "string", default: "all" },
    dist: { type: "string", default: "dist" },
    out: { type: "string", default: join(tmpdir(), "bordertap-fuzz") },
  },
});
/** An input may take this long and keep this much. A slow one is tried again, so that a pause of the machine is no finding. */
const MOST_MS = 1;
const RETRIES = 5;
const MOST_BYTES_AN_INPUT = 1 << 20;

const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const random = createRandom(seed);
const dist = resolve(values.dist);
const targets = [];
const isWanted = (name) => values.target === "all" || values.target === name;
if (isWanted("dissect")) targets.push(await createDissectTarget(dist));
if (isWanted("collect")) targets.push(await createCollectTarget(dist));
if (isWanted("decode")) {
  if (existsSync(join(dist, "decode", "index.js"))) targets.push(await createDecodeTarget(dist));
  else console.log("fuzz: LEFT OUT: decode is not built");
}
const untilMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000;
const most = values.inputs === undefined ? (values.minutes === undefined ? 200_000 : Number.POSITIVE_INFINITY) : Number(values.inputs);

const findings = new Map();
let inputs = 0;
let slowestMs = 0;
const startMs = Date.now();
while (inputs < most && findings.size < 20 && (inputs % 256 !== 0 || Date.now() < untilMs)) {
  const target = targets[inputs % targets.length];
  const input = target.make(random);
  inputs += 1;
  examine(target, input);
}

function examine(target, input) {
  let ms = timed(target, input);
  for (let n = 0; n < RETRIES && ms > MOST_MS; n += 1) ms = Math.min(ms, timed(target, input));
  slowestMs = Math.max(slowestMs, ms);
  if (ms > MOST_MS) report(target, input, "slow", `${ms.toFixed(2)} ms`);
  if (target.keptBytes() > MOST_BYTES_AN_INPUT) report(target, input, "memory", `${target.keptBytes()} bytes kept`);
}

function timed(target, input) {
  const start = performance.now();
  try {
    target.run(input);
  } catch (error) {
    report(target, input, `exception ${error.message}`, error.stack);
  }
  return performance.now() - start;
}

function report(target, input, kind, detail) {
  const key = `${target.name} ${kind}`;
  if (findings.has(key)) return;
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, `${target.name}-${seed}-${findings.size}.txt`);
  writeFileSync(file, `${kind}\n${target.hex(input)}\n`);
  findings.set(key, file);
  console.error(`fuzz: ${key}: ${detail}\n      ${file}`);
}

const seconds = (Date.now() - startMs) / 1000;
console.log(
  `fuzz: ${inputs} inputs in ${seconds.toFixed(1)} s (${targets.map(({ name }) => name).join(", ")}), seed ${seed}, slowest ${slowestMs.toFixed(2)} ms, ${findings.size} findings`,
);
for (const target of targets) console.log(`      ${target.name}: ${JSON.stringify(target.summary())}`);
process.exitCode = findings.size > 0 ? 1 : 0;
