import { fileURLToPath } from "node:url";
import { LiveState } from "../../src/console/live.ts";
import { type Console, createConsole } from "../../src/console/server.ts";
import type { ConsoleMode } from "../../src/console/wire.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Health } from "../../src/obs/health.ts";
import { silentLog } from "../../src/obs/silent-log.ts";
import { alert, judged, MemoryBook, MINUTE, SITE, status, ZONES } from "../unit/console/fixtures.ts";

export interface Seeded {
  console: Console;
  live: LiveState;
  book: MemoryBook;
  health: Health;
  stop(): Promise<void>;
}

const ASSETS = fileURLToPath(new URL("../../dist/page", import.meta.url));

export type Scene = "violation" | "quiet" | "blind";

/** A console on a free port with an hour of made-up traffic behind it, fed in this process. */
export async function seeded(options: {
  scene: Scene;
  mode?: ConsoleMode;
  port?: number;
  assets?: string;
  epoch?: string;
}): Promise<Seeded> {
  const now = Date.now();
  const live = new LiveState({ mode: options.mode ?? "live", nowMs: now - 59 * MINUTE });
  const book = new MemoryBook();
  book.onChange = (changed) => live.onAlert(changed);
  const health = new Health(() => Date.now());
  health.set("capture", "ok");
  let seen = 0;
  const report = (atMs: number) => {
    seen += 5200;
    if (options.scene !== "blind") {
      const losses = { non_ip: 412, dissect_malformed: 3 };
      live.onStatus(status({ seen, malformed: Math.floor(seen / 20_000), newestMicros: atMs * 1000, losses }), atMs);
    }
  };
  const feed = (atMs: number) => {
    report(atMs);
    if (options.scene === "blind") return;
    const swing = 1 + 0.6 * Math.sin(atMs / 400_000) + 0.2 * Math.sin(atMs / 90_000);
    live.onFlow(judged({ zone: ZONES.imaging, country: "LU", out: 21_000_000 * swing, back: 900_000, atMs }));
    live.onFlow(judged({ zone: ZONES.laboratory, country: "DE", word: "authorised", out: 4_000_000 * swing, back: 300_000, atMs }));
    live.onFlow(judged({ zone: ZONES.records, country: "FR", out: 2_500_000, back: 3_000_000, atMs }));
    live.onFlow(judged({ zone: ZONES.admin, country: "IE", out: 8_000_000, back: 30_000_000, atMs }));
    live.onFlow(
      judged({ zone: ZONES.guest, country: "US", verdict: "outside-list", word: "ignored", out: 3_000_000, back: 60_000_000, atMs }),
    );
    live.onFlow(judged({ zone: ZONES.records, verdict: "indeterminate", word: "undecided", out: 130_000, atMs }));
    live.onFlow(judged({ zone: ZONES.records, country: "NL", verdict: "indeterminate", word: "undecided", out: 60_000, atMs }));
    if (options.scene === "violation" && atMs > now - 21 * MINUTE) {
      live.onFlow(judged({ zone: ZONES.imaging, country: "US", verdict: "outside-list", word: "violation", out: 2_900_000 * swing, atMs }));
      live.onFlow(judged({ zone: ZONES.laboratory, country: "RS", verdict: "outside-list", word: "violation", out: 410_000, atMs }));
    }
  };
  for (let atMs = now - 59 * MINUTE; atMs < now; atMs += MINUTE) {
    feed(atMs);
    for (let second = 2; second < 60; second += 2) report(Math.min(now, atMs + second * 1000));
  }
  if (options.scene === "violation") {
    const since = (minutes: number) => ({ firstMicros: (now - minutes * MINUTE) * 1000, lastMicros: now * 1000 });
    book.put(alert({ id: "al_9F2c01", severity: "critical", ...since(21) }));
    book.put(
      alert({
        id: "al_4b7e22",
        severity: "high",
        zone: "laboratory",
        party: undefined,
        name: "ftp.relay.example",
        countries: ["RS"],
        bytesOut: 6_200_000,
        confidence: 83,
        assetCount: 1,
        state: "taken",
        owner: "ana",
        ...since(9),
      } as never),
    );
    book.put(
      alert({
        id: "al_77aa10",
        severity: "high",
        detection: "processor.unregistered",
        zone: "records",
        party: undefined,
        name: "sync.unknown.example",
        countries: ["NL"],
        verdict: "inside-list",
        confidence: 88,
        bytesOut: 812_000,
        assetCount: 1,
        ...since(33),
      } as never),
    );
    book.put(
      alert({
        id: "al_1c0d5e",
        severity: "medium",
        detection: "residency.indeterminate",
        zone: "records",
        party: undefined,
        name: undefined,
        countries: [],
        verdict: "indeterminate",
        confidence: 40,
        bytesOut: 1_950_000,
        assetCount: 2,
        ...since(14),
      } as never),
    );
    book.put(
      alert({
        id: "al_0042ff",
        severity: "low",
        detection: "processor.unregistered",
        zone: "admin",
        party: undefined,
        name: "cdn.tools.example",
        countries: ["IE"],
        verdict: "inside-list",
        bytesOut: 240_000,
        assetCount: 5,
        ...since(47),
      } as never),
    );
  }
  report(now);
  const server = createConsole({
    address: "127.0.0.1",
    port: options.port ?? 0,
    live,
    alerts: book,
    health,
    metrics: [],
    assetsFolder: options.assets ?? ASSETS,
    clock: systemClock,
    log: silentLog,
    site: SITE,
    version: "0.1.0",
    policyRevision: "r412a9c3d0e1",
    ...(options.epoch === undefined ? {} : { epoch: options.epoch }),
  });
  await server.start();
  const timer = setInterval(() => feed(Date.now()), 1000);
  return {
    console: server,
    live,
    book,
    health,
    async stop() {
      clearInterval(timer);
      await server.stop();
    },
  };
}
