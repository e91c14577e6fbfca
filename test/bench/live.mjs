// The live part of the bench: a veth pair between two namespaces of its own (no addresses, no routes), tcpreplay on one end,
// `bordertap run` on the other. What was sent, what was accounted, CPU of the sensor process, alert latency, memory at rest.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { children, cpuOf, rssMbOf } from "./measure.mjs";

const root = resolve(import.meta.dirname, "../..");
const work = join(tmpdir(), "bordertap-bench");
const [sender, receiver] = [`btbs${process.pid}`, `btbr${process.pid}`];
const ip = (...argv) => execFileSync("ip", argv, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const within = (namespace, argv, options = {}) =>
  spawn("ip", ["netns", "exec", namespace, ...argv], { stdio: ["ignore", "pipe", "pipe"], ...options });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const ended = (child) => new Promise((done) => (child.exitCode !== null ? done(child.exitCode) : child.once("exit", done)));
const folder = mkdtempSync(join(tmpdir(), "bordertap-bench-live-"));

function setUp() {
  for (const name of [sender, receiver]) {
    ip("netns", "add", name);
    execFileSync("ip", [
      "netns",
      "exec",
      name,
      "sysctl",
      "-qw",
      "net.ipv6.conf.all.disable_ipv6=1",
      "net.ipv6.conf.default.disable_ipv6=1",
    ]);
    ip("-n", name, "link", "set", "lo", "up");
  }
  ip("link", "add", "btbs", "netns", sender, "type", "veth", "peer", "name", "btbr", "netns", receiver);
  for (const [name, link] of [
    [sender, "btbs"],
    [receiver, "btbr"],
  ]) {
    ip("-n", name, "link", "set", link, "mtu", "2000", "arp", "off", "up");
    try {
      execFileSync(
        "ip",
        ["netns", "exec", name, "ethtool", "-K", link, "tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off"],
        { stdio: "ignore" },
      );
    } catch {}
  }
}

function tearDown() {
  for (const name of [sender, receiver]) {
    try {
      ip("netns", "del", name);
    } catch {}
  }
  rmSync(folder, { recursive: true, force: true });
}

async function startDaemon(more = "") {
  const state = join(folder, `state-${Date.now()}`);
  mkdirSync(state);
  const config = join(folder, "bench.yaml");
  writeFileSync(
    config,
    `site: { name: bench }\nzones: [{ name: records, networks: [10.0.0.0/8, "2001:db8::/32"], data: [patient-record] }]\ninside: [10.0.0.0/8, "2001:db8::/32"]\nstate: { folder: ${state} }\n${more}`,
  );
  const daemon = within(receiver, [
    process.execPath,
    join(root, "dist/main.js"),
    "run",
    "--config",
    config,
    "--interface",
    "btbr",
    "--summary",
    "-",
  ]);
  let out = "";
  let err = "";
  daemon.stderr.on("data", (chunk) => {
    err += chunk;
  });
  await new Promise((done, fail) => {
    daemon.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("http://127.0.0.1:8460/")) done();
    });
    daemon.once("exit", (code) => fail(new Error(`bordertap ended with ${code}: ${out}${err}`)));
  });
  await sleep(1500);
  const kids = children(daemon.pid);
  const isSensor = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0sensor\0");
  return {
    pid: daemon.pid,
    sensor: kids.find(isSensor),
    others: kids.filter((pid) => !isSensor(pid)),
    async stop() {
      daemon.kill("SIGINT");
      await ended(daemon);
      return JSON.parse(out.trim().split("\n").at(-1));
    },
  };
}

const received = () =>
  Number(execFileSync("ip", ["netns", "exec", receiver, "cat", "/sys/class/net/btbr/statistics/rx_packets"], { encoding: "utf8" }));

/** Sends so many packets of a capture, over and over if need be, and gives tcpreplay's own account. */
async function send(capture, rate, limit) {
  const pace = rate === "top" ? ["-t"] : [`--pps=${rate}`];
  const replay = within(sender, ["tcpreplay", "-i", "btbs", "-K", "--no-flow-stats", ...pace, "--loop=0", "-L", String(limit), capture]);
  let text = "";
  for (const stream of [replay.stdout, replay.stderr]) stream.on("data", (chunk) => (text += chunk));
  await ended(replay);
  return text;
}

/** `isWarm`: after 15 s of the same traffic, when the compiler has done its work; else from process start. */
async function replayAt(capture, rate, limit, isWarm) {
  const rxStart = received();
  const daemon = await startDaemon();
  if (isWarm) await send(capture, "100000", 1_500_000);
  const [cpu0, core0] = [cpuOf(daemon.sensor), cpuOf(daemon.pid)];
  const text = await send(capture, rate, limit);
  await sleep(1500);
  const [cpu1, core1, rx1] = [cpuOf(daemon.sensor), cpuOf(daemon.pid), received()];
  const summary = await daemon.stop();
  const sent = Number(/Actual: (\d+)/.exec(text)?.[1]);
  const pps = Number(/Rated: .*?([\d.]+) pps/.exec(text)?.[1]);
  const { seen, decoded, malformed, filtered, kernel_drops: drops } = summary.packets;
  return {
    capture: capture.split("/").at(-1).replace(".pcap", ""),
    rate,
    since: isWarm ? "15 s" : "start",
    sent,
    "reached pps": Math.round(pps),
    "on the wire": rx1 - rxStart,
    accounted: decoded + malformed + filtered,
    "kernel drops": drops,
    "adds up": seen === decoded + malformed + filtered + drops && seen === rx1 - rxStart,
    "sensor µs CPU/packet": (((cpu1 - cpu0) / sent) * 1e6).toFixed(2),
    "core µs CPU/packet": (((core1 - core0) / sent) * 1e6).toFixed(2),
  };
}

async function latency(capture) {
  const daemon = await startDaemon();
  const memory = {
    "sensor at rest MB": Math.round(rssMbOf(daemon.sensor)),
    "core at rest MB": Math.round(rssMbOf(daemon.pid)),
    "history process at rest MB": Math.round(daemon.others.reduce((sum, pid) => sum + rssMbOf(pid), 0)),
  };
  const background = within(sender, ["tcpreplay", "-i", "btbs", "-K", "--no-flow-stats", "--pps=100000", "--loop=0", capture]);
  // The compiler has done its work by then: what is measured is the running service, not its first seconds.
  await sleep(15_000);
  const [cpu0, core0, rx0] = [cpuOf(daemon.sensor), cpuOf(daemon.pid), received()];
  // Probes are sent from the sender's namespace and seen in the receiver's: both clocks are the machine's.
  const watcher = within(receiver, [
    process.execPath,
    join(import.meta.dirname, "../live/watch-alerts.mjs"),
    "ws://127.0.0.1:8460/api/v1/live",
    "clear.hl7_external",
  ]);
  const seen = new Map();
  let text = "";
  watcher.stdout.on("data", (chunk) => {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) {
      const row = JSON.parse(line);
      if (row.name?.startsWith("probe") && !seen.has(row.name)) seen.set(row.name, row.seenMs);
    }
  });
  await sleep(1000);
  const probes = within(sender, [process.execPath, join(import.meta.dirname, "probe-violations.mjs"), "btbs", "60"]);
  let sentText = "";
  probes.stdout.on("data", (chunk) => (sentText += chunk));
  await ended(probes);
  await sleep(2000);
  const [cpu1, core1, packets] = [cpuOf(daemon.sensor), cpuOf(daemon.pid), received() - rx0];
  background.kill("SIGINT");
  watcher.kill("SIGTERM");
  await ended(background);
  const summary = await daemon.stop();
  const sent = sentText
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const delays = sent
    .map(({ name, sentMs }) => (seen.has(name) ? seen.get(name) - sentMs : Number.POSITIVE_INFINITY))
    .sort((a, b) => a - b);
  const at = (share) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
  return {
    probes: sent.length,
    alerts: delays.filter(Number.isFinite).length,
    "median ms": at(0.5),
    "p99 ms": at(0.99),
    "worst ms": delays.at(-1),
    "kernel drops": summary.packets.kernel_drops,
    "sensor µs CPU/packet": (((cpu1 - cpu0) / packets) * 1e6).toFixed(2),
    "core µs CPU/packet": (((core1 - core0) / packets) * 1e6).toFixed(2),
    ...memory,
  };
}

try {
  for (const tool of ["tcpreplay", "ethtool"]) execFileSync("which", [tool], { stdio: "ignore" });
  setUp();
  const captures = ["mix", "headers"].map((name) => join(work, `${name}.pcap`)).filter(existsSync);
  const rows = [];
  // BORDERTAP_BENCH_LIVE=latency leaves the replays out.
  if (process.env.BORDERTAP_BENCH_LIVE !== "latency")
    for (const capture of captures) {
      for (const rate of ["100000", "top"]) rows.push(await replayAt(capture, rate, 500_000, false));
      rows.push(await replayAt(capture, "top", 1_000_000, true));
    }
  if (rows.length > 0) console.table(rows);
  if (captures[0]) console.table([await latency(captures[0])]);
} finally {
  tearDown();
}
