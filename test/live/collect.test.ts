import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flowSample, frame, rawHeader, sflow, u16, u32, v4 } from "../unit/collect/messages.ts";

const main = resolve(import.meta.dirname, "../..", process.env.BORDERTAP_DIST ?? "dist", "main.js");
const reason = spawnSync("which", ["softflowd"]).status === 0 ? undefined : "needs softflowd";
if (reason) console.log(`LEFT OUT: test/live/collect: ${reason}`);

// The embedded database places this address in the United States. Nothing is sent to it: it only stands in a capture.
const PATIENTS = "10.20.10.10";
const US = "54.231.10.4";
const SEGMENTS = 20;

/** A capture of one TCP connection, patients' records to the United States, as the pcap format has it. */
function capture(): Buffer {
  const nowSeconds = Math.floor(Date.now() / 1000) - 30;
  const packet = (from: string, to: string, ports: [number, number], sequence: number, flags: number, payload: number) => {
    const tcp = [
      ...u16(ports[0]),
      ...u16(ports[1]),
      ...u32(sequence),
      ...u32(1),
      0x50,
      flags,
      255,
      255,
      0,
      0,
      0,
      0,
      ...Array(payload).fill(65),
    ];
    const ip = [0x45, 0, ...u16(20 + tcp.length), 0, 1, 0, 0, 64, 6, 0, 0, ...v4(from), ...v4(to)];
    return [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, ...ip, ...tcp];
  };
  const up: [number, number] = [50_000, 443];
  const packets = [
    packet(PATIENTS, US, up, 0, 2, 0),
    packet(US, PATIENTS, [443, 50_000], 0, 18, 0),
    ...Array.from({ length: SEGMENTS }, (_, n) => packet(PATIENTS, US, up, 1 + n * 1000, 24, 1000)),
    packet(PATIENTS, US, up, 1 + SEGMENTS * 1000, 17, 0),
  ];
  const head = [...u32(0xa1b2c3d4), ...u16(2), ...u16(4), ...u32(0), ...u32(0), ...u32(65_535), ...u32(1)];
  const records = packets.map((bytes, n) => [...u32(nowSeconds), ...u32(n * 1000), ...u32(bytes.length), ...u32(bytes.length), ...bytes]);
  return Buffer.from([...head, ...records.flat()]);
}

const CONFIG = (folder: string, ports: [number, number]) => `site: { name: live test }
inside: [10.20.0.0/16]
zones: [{ name: records, networks: [10.20.10.0/24], data: [patient-record] }]
capture: { threads: 0 }
collect: { listen: ["127.0.0.1:${ports[0]}", "127.0.0.1:${ports[1]}"], exporters: [127.0.0.1/32] }
console: { port: 0 }
state: { folder: ${join(folder, "state")} }
outputs: { flows: { path: ${join(folder, "flows.jsonl")} }, alerts: { path: ${join(folder, "alerts.jsonl")} } }
`;

describe.skipIf(reason !== undefined)("from real exporters over UDP to alert, metric and summary", () => {
  const folder = mkdtempSync(join(tmpdir(), "bordertap-collect-"));
  const base = 20_000 + (process.pid % 20_000);
  const ports: [number, number] = [base, base + 1];
  let run: ChildProcess;
  let output = "";

  beforeAll(async () => {
    writeFileSync(join(folder, "traffic.pcap"), capture());
    writeFileSync(join(folder, "live.yaml"), CONFIG(folder, ports));
    run = spawn(process.execPath, [main, "run", "--config", join(folder, "live.yaml"), "--summary", join(folder, "summary.json")]);
    await new Promise<void>((done, failed) => {
      const take = (chunk: Buffer) => {
        output += chunk;
        if (output.includes("Ctrl-C")) done();
      };
      run.stdout?.on("data", take);
      run.stderr?.on("data", take);
      run.once("exit", (code) => failed(new Error(`bordertap ended with ${code}: ${output}`)));
    });
  });

  afterAll(async () => {
    if (run?.exitCode === null) {
      run.kill("SIGTERM");
      await once(run, "exit");
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const metric = async (pattern: RegExp) => {
    const url = output.match(/http:\/\/\S+metrics/)?.[0] ?? "";
    return Number((await (await fetch(url)).text()).match(pattern)?.[1] ?? Number.NaN);
  };

  /** Waits until so many datagrams were read: sensors tell once a second. */
  async function untilRead(wanted: number): Promise<void> {
    await expect
      .poll(() => metric(/bordertap_decode_decoded_packets_total\{[^}]*\} (\d+)/), { timeout: 15_000, interval: 200 })
      .toBe(wanted);
  }

  it("agrees with softflowd on v5, v9 and IPFIX, takes sFlow beside it, and finds the violation", async () => {
    for (const version of ["5", "9", "10"])
      execFileSync("softflowd", ["-r", join(folder, "traffic.pcap"), "-n", `127.0.0.1:${ports[0]}`, "-v", version], { stdio: "pipe" });
    const socket = createSocket("udp4");
    for (let n = 0; n < 5; n += 1) {
      const sample = sflow([flowSample([rawHeader(frame(PATIENTS, US))])], { sequence: n });
      await new Promise<void>((done, failed) => socket.send(sample, ports[1], "127.0.0.1", (error) => (error ? failed(error) : done())));
    }
    socket.close();
    await untilRead(8);
    expect(await metric(/bordertap_capture_dropped_packets_total\{[^}]*\} (\d+)/)).toBe(0);
    run.kill("SIGTERM");
    await once(run, "exit");

    const documents = readFileSync(join(folder, "flows.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const out = documents.filter(({ source }) => source.ip === PATIENTS);
    const counted = out.filter(({ bordertap }) => bordertap.export.kind !== "sflow5");
    // Of IP packets: two without payload, and the segments with their headers of 40 bytes.
    for (const kind of ["netflow5", "netflow9", "ipfix"]) {
      const [one, ...more] = counted.filter(({ bordertap }) => bordertap.export.kind === kind);
      expect(more).toEqual([]);
      expect([one.source.packets, one.source.bytes]).toEqual([SEGMENTS + 2, 40 * 2 + SEGMENTS * 1040]);
      expect(one).toMatchObject({ observer: { ip: "127.0.0.1" }, destination: { ip: US }, bordertap: { zone: "records" } });
    }
    expect(out.filter(({ bordertap }) => bordertap.export.kind === "sflow5")).toHaveLength(5);
    const summary = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
    expect(summary.packets).toEqual({ seen: 8, decoded: 8, malformed: 0, filtered: 0, kernel_drops: 0 });
    expect(summary.exports).toMatchObject({ packets: 8, records: documents.length, dropped: 0, malformed: 0 });
    const alerts = readFileSync(join(folder, "alerts.jsonl"), "utf8");
    expect(alerts).toContain("residency.violation");
  });
});
