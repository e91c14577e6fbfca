import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { forkHistory, type StartHistory } from "../../src/history/process.ts";
import { openHistory } from "../../src/history/query.ts";
import { judged, newWriter, SECOND } from "../unit/history/make.ts";

const ENTRY = process.env.BORDERTAP_HISTORY_CHILD ?? fileURLToPath(new URL("../../dist/history/child.js", import.meta.url));
const HOUR = Date.UTC(2026, 10, 21, 13) * 1000;
const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUps.splice(0).reverse()) clean();
});

/** The real process, with its kill switch at hand. */
function real(): { start: StartHistory; kill(): void; starts: number } {
  if (!existsSync(ENTRY)) throw new Error(`${ENTRY} is missing: npm run build`);
  const fork = forkHistory(ENTRY);
  const state = {
    starts: 0,
    kill() {},
    start: ((onMessage, onEnd) => {
      const port = fork(onMessage, onEnd);
      state.starts += 1;
      state.kill = () => port.kill();
      return port;
    }) as StartHistory,
  };
  return state;
}

function folderFor(): string {
  const folder = mkdtempSync(join(tmpdir(), "history-fault-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const figures = async (folder: string) =>
  (
    await (
      await openHistory(folder)
    ).query({ limit: 1, sql: "SELECT count(*), count(DISTINCT flow_id), min(flow_id), max(flow_id) FROM flow_events" })
  ).rows[0];

describe("the history process", () => {
  it("killed over and over while it writes, loses and doubles nothing, and leaves no half file to readers", async () => {
    const folder = folderFor();
    const other = real();
    let durable = 0;
    const writer = newWriter(folder, { start: other.start, partRows: 3000, onDurable: (taken) => (durable = taken) });
    let taken = 0;
    for (let round = 0; round < 6; round += 1) {
      for (let n = 0; n < 20_000; n += 1) {
        writer.take(judged({ id: taken, at: HOUR + (taken % 3) * 3600 * SECOND + taken }));
        taken += 1;
      }
      const flushed = writer.flush(60_000);
      await pause(40 + round * 45);
      other.kill();
      const sure = durable;
      // Whatever was acknowledged can be read now, with the process dead.
      const [rows, distinct] = (await figures(folder)) as number[];
      expect(rows).toBe(distinct);
      expect(rows).toBeGreaterThanOrEqual(sure);
      await flushed;
      expect(durable).toBe(taken);
    }
    expect(other.starts).toBeGreaterThan(3);
    expect(await figures(folder)).toEqual([taken, taken, 0, taken - 1]);
    expect(writer.health.state).toBe("ok");
    expect(writer.losses.of("history_dropped")).toBe(0);
    await writer.close();
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("writes what it has when the core goes without a word", async () => {
    const folder = folderFor();
    const script = join(folder, "core.mjs");
    // A core in short: starts the process, hands over one batch, dies.
    writeFileSync(
      script,
      `import { fork } from "node:child_process";
       const child = fork(${JSON.stringify(ENTRY)}, [], { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
       const settings = { folder: ${JSON.stringify(folder)}, run: "core1", partSeconds: 3600, partRows: 1e6, retentionDays: 90, retentionGigabytes: 1, memoryMegabytes: 500 };
       const bytes = new Uint8Array(344); const ints = new Int32Array(bytes.buffer); new Float64Array(bytes.buffer)[13] = ${HOUR}; ints[34] = 4;
       const batch = { number: 1, firstSequence: 1, lastSequence: 1, count: 1, bytes, zones: [], assets: [], parties: [], names: [], partiesAlso: [], proxied: [], forwarded: [], judgements: [], locations: [], facts: [], epochs: [], policyRevision: "", builds: "{}", alerts: [], weight: 1 };
       child.on("message", (m) => { if (m.kind === "ready") child.send({ kind: "batch", batch }); if (m.kind === "received") process.kill(process.pid, "SIGKILL"); });
       child.send({ kind: "start", settings });`,
    );
    try {
      execFileSync(process.execPath, [script], { timeout: 20_000 });
    } catch {
      // It killed itself.
    }
    for (let n = 0; n < 100 && (await figures(folder))[0] !== 1; n += 1) await pause(50);
    expect((await figures(folder))[0]).toBe(1);
  });

  it("on a full disk waits, says so, and writes all when there is room", async (context) => {
    const folder = folderFor();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "pipe" });
    } catch {
      console.warn("LEFT OUT: history on a full disk needs root and mount(8)");
      context.skip();
    }
    cleanUps.push(() => execFileSync("umount", ["-l", folder]));
    writeFileSync(join(folder, "ballast"), Buffer.alloc(1_900_000));
    const writer = newWriter(folder, { start: real().start });
    for (let n = 0; n < 20_000; n += 1)
      writer.take(judged({ id: n, at: HOUR + n * 37, up: (n * 7919) % 1_000_003, name: `n${(n * 7919) % 9973}.example.eu` }));
    const flushed = writer.flush(60_000);
    for (let n = 0; n < 200 && writer.health.state === "ok"; n += 1) await pause(50);
    expect(JSON.stringify(writer.health)).toMatch(/[Nn]o space/);
    expect((await figures(folder))[0]).toBe(0);
    rmSync(join(folder, "ballast"));
    await flushed;
    expect(await figures(folder)).toEqual([20_000, 20_000, 0, 19_999]);
    expect(writer.health.state).toBe("ok");
    await writer.close();
  });

  it("that cannot start is told, tried again, and never stands in the way", async () => {
    const folder = folderFor();
    writeFileSync(join(folder, "flows"), "a file where a folder must be");
    const writer = newWriter(folder, { start: real().start });
    writer.take(judged({ at: HOUR }));
    for (let n = 0; n < 200 && !/history folder/.test(JSON.stringify(writer.health)); n += 1) await pause(50);
    expect(JSON.stringify(writer.health)).toMatch(/history folder .* make it writable/);
    rmSync(join(folder, "flows"));
    await writer.flush(60_000);
    expect((await figures(folder))[0]).toBe(1);
    expect(writer.health.state).toBe("ok");
    await writer.close();
  });
});
