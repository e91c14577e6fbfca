import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { reachAlertSink, reachHistory, reachLivePages, reachMetrics } from "../../../src/app/canary-probes.ts";
import type { HistoryWriter } from "../../../src/history/writer.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Alert } from "../../../src/model/alert.ts";
import { JsonLinesAlerts, JsonLinesFile } from "../../../src/outputs/index.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-probes-"));
const clean: (() => void)[] = [() => rmSync(folder, { recursive: true })];
afterAll(() => {
  for (const one of clean) one();
});

const alert = {
  id: "canary-1",
  detection: "residency.violation",
  severity: "info",
  state: "open",
  revision: 1,
  firstMicros: 0,
  lastMicros: 0,
  countries: [],
  relevantTo: [],
  next: [],
  builds: {},
  evidence: { insideAddress: "10.0.0.1", key: [] },
  isCanary: true,
} as unknown as Alert;
const sinkOf = async (path: string) => new JsonLinesAlerts(await JsonLinesFile.open({ path, clock: new ManualClock() }));

test("an alert file that is written has it", async () => {
  const path = join(folder, "alerts.jsonl");
  const sink = await sinkOf(path);
  await reachAlertSink(sink, alert);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ tags: ["canary"], event: { kind: "event" } });
  await sink.close();
});

test.skipIf(!existsSync("/dev/full"))("near miss: a disk that is full", async () => {
  const sink = await sinkOf("/dev/full");
  await expect(reachAlertSink(sink, alert)).rejects.toThrow("not written");
  await sink.close();
});

test("history: written and answered; or not", async () => {
  const history = (flush: () => Promise<void>, query: () => Promise<unknown>) => ({ flush, query }) as unknown as HistoryWriter;
  const fine = async () => {};
  const broken = async () => {
    throw new Error("gone");
  };
  await reachHistory(history(fine, fine), 0, 1000);
  await expect(reachHistory(history(broken, fine), 0, 1000)).rejects.toThrow();
  await expect(reachHistory(history(fine, broken), 0, 1000)).rejects.toThrow();
  // However much it keeps: SQL, or no window, would have it look into every file.
  const asked: unknown[] = [];
  await reachHistory({ flush: fine, query: async (options: unknown) => asked.push(options) } as unknown as HistoryWriter, 5000, 1000);
  expect(asked).toEqual([{ fromMicros: 4e6, toMicros: 5e6, limit: 1, timeoutSeconds: 1 }]);
});

/** A console that tells of one canary, and of `frames` to whoever connects. */
async function consoleOf(frames: readonly string[]): Promise<string> {
  const server = createServer((_, answer) => answer.end("# TYPE x counter\nbordertap_canary_sent_events_total 7\n"));
  const sockets = new WebSocketServer({ server, path: "/api/v1/live" });
  sockets.on("connection", (socket: WebSocket) => {
    for (const type of frames) socket.send(JSON.stringify({ type }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  clean.push(() => {
    sockets.close();
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("metrics: this canary is told of, and no other", async () => {
  const url = await consoleOf([]);
  await reachMetrics(url, 7, 5000);
  await expect(reachMetrics(url, 8, 5000)).rejects.toThrow("not told");
});

test("live pages: greeted, and a sign of life; a greeting alone is none", async () => {
  await reachLivePages(await consoleOf(["hello", "tick"]), 5000);
  await expect(reachLivePages(await consoleOf(["hello"]), 100)).rejects.toThrow("no sign of life");
  await expect(reachLivePages("http://127.0.0.1:1/", 5000)).rejects.toThrow();
});
