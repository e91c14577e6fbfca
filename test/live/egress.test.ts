import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestNetwork, whyNotLive } from "./network.ts";

const main = resolve(import.meta.dirname, "../../dist/main.js");
const reason = whyNotLive();
if (reason) console.log(`LEFT OUT: test/live/egress: ${reason}`);

// A hospital host and an outside host whose address the embedded database places in the United States. Neither leaves the namespaces.
const INSIDE = "10.20.10.10";
const OUTSIDE = "54.231.10.4";
const NAME = "ingest.medinsight.example";
// Another one of the same network, without a word in the configuration on who answers there: an answer after microseconds is no American one.
const TOO_NEAR = "54.231.10.5";

const CONFIG = `site: { name: live test, latitude: 49.61, longitude: 6.13 }
inside: [10.20.0.0/16]
zones: [{ name: records, networks: [10.20.10.0/24], data: [patient-record] }]
geo: { answeredNearby: [${OUTSIDE}/32] }
`;

describe.skipIf(reason !== undefined)("from a real TLS connection on a tap to alert and metric", () => {
  let network: TestNetwork;
  const children: ChildProcess[] = [];
  let output = "";

  function start(namespace: string, argv: string[], options: { input?: string } = {}): ChildProcess {
    const child = spawn("ip", ["netns", "exec", namespace, ...argv], { stdio: ["pipe", "pipe", "pipe"] });
    children.push(child);
    child.stdin?.end(options.input ?? "");
    return child;
  }

  /** Waits for the live feed, and then for the first row of an alert of this detection that has this text. The console listens on loopback of the tap's namespace: its reader runs there too. */
  async function watch(detection: string, having = '"detection"'): Promise<() => Promise<Record<string, unknown>>> {
    const watcher = start(network.tap, [
      process.execPath,
      join(import.meta.dirname, "watch-alerts.mjs"),
      "ws://127.0.0.1:8460/api/v1/live",
      detection,
    ]);
    const seen = new Promise<Record<string, unknown>>((done) => {
      let text = "";
      watcher.stdout?.on("data", (chunk) => {
        text += chunk;
        const line = text.split("\n").find((one) => one.includes(having));
        if (line) done(JSON.parse(line));
      });
    });
    await new Promise<void>((done) => watcher.stdout?.once("data", () => done()));
    return () => seen;
  }

  /** Sends some 20 kB over a real TLS connection. */
  function connect(address: string): void {
    const patient = `${"A harmless line in the place of a patient record.\n".repeat(400)}Q\n`;
    start(network.inside, ["openssl", "s_client", "-connect", `${address}:443`, "-servername", NAME, "-quiet", "-no_ign_eof"], {
      input: patient,
    });
  }

  beforeAll(async () => {
    network = new TestNetwork(INSIDE, OUTSIDE);
    const state = join(network.folder, "state");
    mkdirSync(state);
    const config = join(network.folder, "live.yaml");
    writeFileSync(config, `${CONFIG}flows: { activeSeconds: 1 }\nstate: { folder: ${state} }\n`);
    network.in(network.outside, "ip", "addr", "add", `${TOO_NEAR}/32`, "dev", "eth0");
    const key = join(network.folder, "key.pem");
    const certificate = join(network.folder, "cert.pem");
    network.in(
      network.outside,
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      key,
      "-out",
      certificate,
      "-days",
      "2",
      "-subj",
      `/CN=${NAME}`,
    );
    start(network.outside, ["openssl", "s_server", "-accept", "443", "-key", key, "-cert", certificate, "-quiet", "-rev"]);
    const run = start(network.tap, [
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
    const ready = new Promise<void>((done, failed) => {
      run.stdout?.on("data", (chunk) => {
        output += chunk;
        if (/http:\/\/127\.0\.0\.1:8460\//.test(output)) done();
      });
      run.stderr?.on("data", (chunk) => {
        output += chunk;
      });
      run.once("exit", (code) => failed(new Error(`bordertap ended with ${code}: ${output}`)));
    });
    await ready;
  });

  afterAll(async () => {
    for (const child of children) if (child.exitCode === null) child.kill("SIGTERM");
    await Promise.all(
      children.map((child) =>
        child.exitCode === null ? Promise.race([once(child, "exit"), new Promise((r) => setTimeout(r, 5000))]) : undefined,
      ),
    );
    network?.remove();
  });

  it("shows the violation on the WebSocket within a second, counts it for Prometheus, and accounts for every packet", async () => {
    const seen = await watch("residency.violation");
    const sentAtMs = Date.now();
    connect(OUTSIDE);
    const alert = await seen();
    expect(alert).toMatchObject({
      detection: "residency.violation",
      severity: "high",
      zone: "records",
      name: NAME,
      countries: ["US"],
      verdict: "outside-list",
    });
    expect((alert.seenMs as number) - sentAtMs).toBeLessThan(2000);

    // The flow's bytes follow with its next report, a second of packet time later.
    const value = (pattern: RegExp) => [...metrics.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
    const judgedBytes = () => value(/^bordertap_policy_judged_bytes_total\{.*judgement="violation".*\} (\d+)/gm);
    let metrics = "";
    await expect
      .poll(
        () => {
          metrics = network.in(
            network.tap,
            process.execPath,
            "-e",
            "fetch('http://127.0.0.1:8460/metrics').then(r=>r.text()).then(t=>console.log(t))",
          );
          return judgedBytes();
        },
        { timeout: 10_000, interval: 500 },
      )
      .toBeGreaterThan(10_000);
    expect(value(/^bordertap_alerts_open_alerts\{.*severity="high".*\} (\d+)/gm)).toBeGreaterThanOrEqual(1);
    const packets = Object.fromEntries(
      ["capture_seen", "decode_decoded", "decode_malformed", "decode_filtered", "capture_dropped"].map((name) => [
        name,
        value(new RegExp(`^bordertap_${name}_packets_total\\{.*\\} (\\d+)`, "gm")),
      ]),
    );
    expect(packets.capture_seen).toBeGreaterThan(20);
    expect(packets.capture_seen).toBe(
      packets.decode_decoded + packets.decode_malformed + packets.decode_filtered + packets.capture_dropped,
    );
  });

  it("contradicts a database that puts in America what answers after microseconds", async () => {
    // One early answer is a doubt; two connections agree.
    const seen = await watch("geo.contradicted", '"verdict":"contradicted"');
    connect(TOO_NEAR);
    connect(TOO_NEAR);
    expect(await seen()).toMatchObject({ zone: "records", name: NAME, severity: "medium" });
  });

  it("ends on SIGINT with the contract's summary as its last line", async () => {
    const run = children.find((child) => child.spawnargs.includes("run"));
    const exited = once(run as ChildProcess, "exit");
    run?.kill("SIGINT");
    expect((await exited)[0]).toBe(0);
    const summary = JSON.parse(output.trim().split("\n").at(-1) ?? "");
    expect(summary.packets.seen).toBe(
      summary.packets.decoded + summary.packets.malformed + summary.packets.filtered + summary.packets.kernel_drops,
    );
    expect(summary.packets.kernel_drops).toBe(0);
    expect(summary.flows.by_transport.tcp).toBeGreaterThanOrEqual(1);
  });
});
