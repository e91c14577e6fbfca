// How long a reload of a large register holds up the event loop of a daemon that judges meanwhile: part of npm run bench -- --judge
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const BATCH = 20;
const BATCHES_A_SECOND = 50;
const PROBE = pathToFileURL(join(import.meta.dirname, "stall-probe.mjs")).href;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** `flowBatch(pairs, n, startMicros)`: a batch of flows of those pairs from the n-th on. `folder` has parties.csv. */
export async function measureReloads({ dist, folder, load, flowBatch, pairs, rounds = 5 }) {
  const { LinkSender } = await load("link/sender.js");
  const { systemClock } = await load("lib/clock.js");
  const { Losses } = await load("obs/losses.js");
  const { FLOW_RECORD_BYTES } = await load("model/flow.js");
  const config = join(folder, "daemon.yaml");
  const stalls = join(folder, "stalls");
  const state = join(folder, "state");
  const write = (more) => writeFileSync(config, `console: { port: 0 }\nstate: { folder: ${state} }\n${more}`);
  write("");
  const argv = ["--import", PROBE, join(dist, "main.js"), "run", "--no-sensor", "--config", config];
  const daemon = spawn(process.execPath, argv, { env: { ...process.env, STALLS: stalls }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  for (const stream of [daemon.stdout, daemon.stderr])
    stream.on("data", (chunk) => {
      out += chunk;
    });
  const until = async (isThere) => {
    const startMs = Date.now();
    while (!isThere()) {
      if (daemon.exitCode !== null || Date.now() - startMs > 120_000) throw new Error(`the daemon does not answer: ${out.slice(-2000)}`);
      await sleep(2);
    }
  };
  let timer;
  try {
    await until(() => /console\s+http/.test(out));
    const hello = { epoch: `bench${process.pid}`, thread: 0, source: "bench", pid: process.pid, recordBytes: FLOW_RECORD_BYTES };
    const sender = new LinkSender({ path: join(state, "link.sock"), hello, clock: systemClock, losses: new Losses(), onStop() {} });
    let sent = 0;
    timer = setInterval(() => {
      sender.sendFlows(flowBatch(pairs, sent, BATCH));
      sent += BATCH;
    }, 1000 / BATCHES_A_SECOND);
    // Until the alerts about all of them are open, and the code is warm.
    await sleep((2 * pairs.length * 1000) / (BATCH * BATCHES_A_SECOND) + 4000);
    const longest = (fromMs, toMs) => {
      const gaps = readFileSync(stalls, "latin1")
        .split("\n")
        .map((line) => line.split(" ").map(Number));
      const within = gaps.filter(([endMs, gap]) => gap > 0 && endMs >= fromMs && endMs - gap <= toMs);
      const most = (at) =>
        Math.max(0, ...within.map((one) => one[at]))
          .toFixed(0)
          .padStart(4);
      return `longest stall ${most(1)} ms, ${most(2)} ms without waiting for a processor`;
    };
    const quietMs = Date.now();
    await sleep(4000);
    const endMs = Date.now();
    await sleep(300);
    console.log(`judging ${BATCH * BATCHES_A_SECOND} flows/s, no reload`.padEnd(52), longest(quietMs, endMs));
    for (let round = 0; round < rounds; round += 1) {
      const isSmall = round % 3 === 2;
      write(isSmall ? "" : `partiesFile: parties.csv\ngeo: { maxAgeDays: ${30 + round} }\n`);
      const seen = out.length;
      const startMs = Date.now();
      daemon.kill("SIGHUP");
      await until(() => out.indexOf("configuration read again", seen) >= 0);
      const tookMs = Date.now() - startMs;
      await sleep(1000);
      const what = isSmall ? "reload without a register" : "reload of 10,000 parties, 100,000 prefixes";
      // What comes after, too: the collector has the old tables to clear away.
      console.log(what.padEnd(52), longest(startMs, startMs + tookMs + 700), `· in effect after ${tookMs} ms`);
    }
  } finally {
    clearInterval(timer);
    if (daemon.exitCode === null) {
      daemon.kill("SIGTERM");
      await new Promise((done) => daemon.once("exit", done));
    }
  }
}
