import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAlerts } from "../alerts/index.ts";
import { loadConfig } from "../config/load.ts";
import { LiveState } from "../console/live.ts";
import { createConsole } from "../console/server.ts";
import { catalogue, createDetections } from "../detect/index.ts";
import { replay } from "../history/replay.ts";
import { parseWhen } from "../history/when.ts";
import { systemClock } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import { formatMicros } from "../lib/time.ts";
import type { Alert } from "../model/alert.ts";
import { Health } from "../obs/health.ts";
import { Losses } from "../obs/losses.ts";
import { silentLog } from "../obs/silent-log.ts";
import { createCore, type FlowReader } from "../pipeline/core.ts";
import type { ReplayVerbOptions } from "../verbs/replay.ts";
import { versionText } from "../verbs/version.ts";
import { alertBook } from "./alert-book.ts";
import { openKnowledge, rulesOf } from "./rules.ts";

/** `bordertap replay`: recorded flows through today's policy into a console of its own. Nothing is recorded or sent out. */
export async function replayHistory(options: ReplayVerbOptions): Promise<0 | 1> {
  const clock = systemClock;
  const nowMs = clock.nowMs();
  const fromMicros = parseWhen(options.from, nowMs, "--from");
  const toMicros = parseWhen(options.to, nowMs, "--to");
  const speed = Number(options.speed);
  if (!(speed >= 0))
    throw new AppError("usage", `--speed: "${options.speed}" is no factor; 1 is as it was, 0 as fast as it goes`, { exitCode: 2 });
  if (fromMicros >= toMicros) throw new AppError("usage", "--from must lie before --to", { exitCode: 2 });
  const loaded = loadConfig(options.config);
  const losses = new Losses();
  const knowledge = openKnowledge(loaded, losses);
  const rules = rulesOf(loaded, knowledge);
  const { revision } = rules.policy;
  const core = createCore(rules);
  const live = new LiveState({ mode: "replay", nowMs });
  const alerts = await openAlerts({
    folder: undefined,
    clock,
    windowSeconds: loaded.config.alerts.windowSeconds,
    limit: loaded.config.alerts.limit,
    policyRevision: revision,
    builds: knowledge.places.builds,
    catalogue: catalogue(),
    isReplay: true,
    onChange: (alert) => live.onAlert(alert as Alert),
  });
  const detections = createDetections({ settings: loaded.config.detections, site: loaded.site, emit: (finding) => alerts.take(finding) });
  const readers: FlowReader[] = [(judged) => live.onFlow(judged), (judged) => detections.onFlow(judged)];
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // A replay has a console of its own beside the daemon's: any free port when that one is taken.
  const page = options.console === false || speed === 0 ? undefined : await openConsole();
  if (page) process.stderr.write(`replay    ${page.url}\n`);
  const done = await replay({
    folder: join(loaded.config.state.folder, "history"),
    fromMicros,
    toMicros,
    speed,
    clock,
    signal: abort.signal,
    onBatch: (batch) => core.take(batch, readers),
  });
  alerts.tellGrowth();
  for (const alert of alerts.list().alerts) process.stdout.write(`${JSON.stringify(brief(alert))}\n`);
  const span =
    done.firstMicros === undefined ? "" : `, ${formatMicros(done.firstMicros)} to ${formatMicros(done.lastMicros ?? done.firstMicros)}`;
  process.stderr.write(`replayed ${done.events} flow events${span}: ${alerts.list().total} alerts under policy revision ${revision}\n`);
  await page?.stop();
  await alerts.close();
  return 0;

  async function openConsole() {
    const build = (port: number) =>
      createConsole({
        address: loaded.config.console.address,
        port,
        live,
        alerts: alertBook(alerts),
        health: new Health(() => clock.nowMs()),
        metrics: [],
        assetsFolder: fileURLToPath(new URL("../page/", import.meta.url)),
        clock,
        log: silentLog,
        site: loaded.site,
        version: versionText(),
        policyRevision: revision,
      });
    const wanted = build(loaded.config.console.port);
    try {
      await wanted.start();
      return wanted;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "console_port") throw error;
      const other = build(0);
      await other.start();
      return other;
    }
  }
}

/** What a person or a script compares: all but the wall times of its history. */
function brief({ history, ...alert }: Readonly<Alert>): object {
  return alert;
}
