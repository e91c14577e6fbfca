import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hospitalCapture } from "./hospital-capture.ts";
import { TestNetwork, whyNotLive } from "./network.ts";

const main = resolve(import.meta.dirname, "../../dist/main.js");
const reason = whyNotLive() ?? (spawnSync("which", ["tcpreplay"]).status === 0 ? undefined : "needs tcpreplay");
if (reason) console.log(`LEFT OUT: test/live/killed: ${reason}`);

const PACKETS_A_SECOND = 4000;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

describe.skipIf(reason !== undefined)("kill -9 while traffic is replayed", () => {
  let network: TestNetwork;
  let config = "";
  const children: ChildProcess[] = [];
  const outputs = new Map<ChildProcess, string>();

  function start(namespace: string, argv: string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", namespace, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    outputs.set(child, "");
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => outputs.set(child, outputs.get(child) + chunk));
    return child;
  }

  async function startDaemon(): Promise<ChildProcess> {
    const child = start(network.tap, [
      process.execPath,
      main,
      "run",
      "--config",
      config,
      "--interface",
      network.tapInterface,
      "--summary",
      "-",
    ]);
    await expect.poll(() => outputs.get(child), { timeout: 15_000 }).toContain("http://127.0.0.1:8460/");
    return child;
  }

  const get = (path: string) =>
    network.in(network.tap, process.execPath, "-e", `fetch('http://127.0.0.1:8460${path}').then(r=>r.text()).then(t=>console.log(t))`);
  const metric = (name: string) =>
    [...get("/metrics").matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, "gm"))].reduce((sum, match) => sum + Number(match[1]), 0);
  const lost = (reason: string) =>
    metric(`bordertap_pipeline_core_losses_total\\{reason="${reason}"\\}`.replace(/\\\{.*/, `(?=\\{reason="${reason}")`));
  const alertIds = () => (JSON.parse(get("/api/v1/alerts?limit=200")).data as { id: string }[]).map(({ id }) => id).sort();
  const received = () => Number(network.in(network.tap, "cat", `/sys/class/net/${network.tapInterface}/statistics/rx_packets`));

  beforeAll(() => {
    network = new TestNetwork("10.20.10.10", "54.231.10.4");
    const state = join(network.folder, "state");
    mkdirSync(state);
    config = join(network.folder, "live.yaml");
    writeFileSync(
      config,
      `inside: [10.20.0.0/16]\nzones: [{ name: records, networks: [10.20.0.0/16], data: [patient-record] }]\nflows: { activeSeconds: 2 }\nstate: { folder: ${state} }\n`,
    );
  });

  afterAll(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await Promise.all(children.map(ended));
    network?.remove();
  });

  it("recovers, keeps every alert it had told of, and the counters say what was missed", { timeout: 110_000 }, async () => {
    const capture = join(network.folder, "day.pcap");
    const packets = hospitalCapture(capture);
    const before = received();
    const first = await startDaemon();
    const replay = start(network.inside, [
      "tcpreplay",
      "-i",
      "eth0",
      "-K",
      "--no-flow-stats",
      `--pps=${PACKETS_A_SECOND}`,
      "--loop=3",
      capture,
    ]);
    await expect.poll(() => alertIds().length, { timeout: 20_000, interval: 300 }).toBeGreaterThan(3);

    const sensor = Number(
      execFileSync("pgrep", ["-P", String(first.pid), "-f", " sensor "], { encoding: "utf8" })
        .trim()
        .split("\n")[0],
    );
    process.kill(sensor, "SIGKILL");
    await expect.poll(() => lost("sensor_outage"), { timeout: 20_000, interval: 300 }).toBeGreaterThan(0);
    const outage = lost("sensor_outage");
    const told = alertIds();

    first.kill("SIGKILL");
    await ended(first);
    const second = await startDaemon();
    expect(alertIds()).toEqual(expect.arrayContaining(told));
    expect(lost("sensor_outage")).toBe(outage);

    await ended(replay);
    // The sensor that outlived its core goes on: it lost nothing, and its count and the outage make up the whole.
    await expect.poll(() => metric("bordertap_capture_seen_packets_total"), { timeout: 15_000, interval: 300 }).toBeGreaterThan(0);
    const sensors = JSON.parse(readFileSync(join(network.folder, "state", "sensors.json"), "utf8"));
    expect(sensors.missedPackets).toBe(outage);
    second.kill("SIGINT");
    await ended(second);
    const summary = JSON.parse(outputs.get(second)?.trim().split("\n").at(-1) ?? "");
    expect(summary.packets.kernel_drops).toBe(0);
    expect(summary.losses.sensor_outage).toBe(outage);
    expect(summary.losses.link_dropped).toBeUndefined();
    // What the first sensor had seen until its last report, what nobody saw, what the second saw: all that came.
    const total = received() - before;
    expect(total).toBeGreaterThanOrEqual(packets * 3);
    expect(summary.packets.seen + outage).toBeLessThanOrEqual(total);
    expect(summary.packets.seen + outage).toBeGreaterThan(total / 2);
  });
});
