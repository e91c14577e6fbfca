import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../config/lists.ts";
import { loadConfig, parseConfig } from "../config/load.ts";
import { loadBeside } from "../config/load-beside.ts";
import { DEMO_CONFIG } from "../demo/site.ts";
import { systemClock } from "../lib/clock.ts";
import type { AppError } from "../lib/errors.ts";
import { createNotifier } from "../lib/sd-notify.ts";
import type { Hello } from "../link/hello.ts";
import { createLog } from "../obs/log.ts";
import { summaryOf } from "../outputs/index.ts";
import type { RunOptions } from "../verbs/run.ts";
import { versionText } from "../verbs/version.ts";
import { Daemon } from "./daemon.ts";
import { createReloads, reloadConfig } from "./reload.ts";
import { SensorProcesses } from "./sensor-processes.ts";
import { sensorCount, sensorSettings } from "./sensor-settings.ts";

/** A sensor left over from a core that was killed calls back within this time; then it need not be started again. */
const ORPHANS_MS = 700;

/** `bordertap run` and `bordertap demo`: core and sensors until somebody ends it. */
export async function runDaemon(options: RunOptions & { mode: "live" | "demo" }): Promise<0 | 1> {
  const { mode } = options;
  const isDemo = mode === "demo";
  const scratch = isDemo ? mkdtempSync(join(tmpdir(), "bordertap-demo-")) : undefined;
  try {
    if (scratch === undefined) return await runWith(loadConfig(options.config), () => loadBeside(options.config), options, isDemo);
    const demo = parseConfig(DEMO_CONFIG, undefined, readBuiltInLists(BUILT_IN_LISTS), { ...process.env, STATE_DIRECTORY: scratch });
    return await runWith(demo, async () => demo, options, isDemo);
  } finally {
    if (scratch) rmSync(scratch, { recursive: true, force: true });
  }
}

async function runWith(loaded: LoadedConfig, load: () => Promise<LoadedConfig>, options: RunOptions, isDemo: boolean): Promise<0 | 1> {
  const clock = systemClock;
  const log = createLog("core");
  const { config } = loaded;
  // As at the start: a reload must not switch off what would have refused it.
  const isFourEyes = config.policy.fourEyes;
  const link = options.link ?? join(config.state.folder, "link.sock");
  const notifier = createNotifier(process.env);
  const sensors = new Set<number>();
  const sensorsWanted = sensorCount(config, isDemo);
  let settle: { ended(): void; failed(error: AppError): void } = { ended() {}, failed() {} };
  const end = new Promise<void>((resolve, reject) => {
    settle = { ended: resolve, failed: reject };
  });
  end.catch(() => {});
  let isEnding = false;
  let announce: () => void = () => {};
  const daemon = new Daemon({
    loaded,
    mode: isDemo ? "demo" : "live",
    link,
    clock,
    log,
    onSensor(hello: Hello) {
      sensors.add(hello.thread);
      titles.set(hello.thread, hello.source);
      if (sensors.size >= sensorsWanted) announce();
    },
    onSensorGone(hello, wasEnded) {
      sensors.delete(hello.thread);
      if (!wasEnded && !isEnding) {
        log.error("a sensor is gone", { thread: hello.thread });
        if (options.sensor !== false) processes.replace(hello.thread);
      }
      if (isEnding && sensors.size === 0) settle.ended();
    },
  });
  const titles = new Map<number, string>();
  const processes = new SensorProcesses({
    threads: sensorsWanted,
    argv: ["--link", link, "--settings", JSON.stringify(sensorSettings(config, { interface: options.interface, isDemo }))],
    clock,
    log,
    onFatal: (error) => settle.failed(error),
  });
  announce = once(() => {
    process.stdout.write(greeting(loaded, daemon, [...titles.values()], isDemo));
    notifier.notify("READY=1");
  });
  const onSignal = () => {
    if (isEnding) return;
    isEnding = true;
    notifier.notify("STOPPING=1");
    processes.expectEnd();
    daemon.askSensorsToEnd();
    if (sensors.size === 0) settle.ended();
    clock.after(15_000, settle.ended);
  };
  let hasStarted: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    hasStarted = resolve;
  });
  // What is asked for while it starts waits until there is something to reload.
  const reload = createReloads(async () => {
    if (!isEnding) loaded = await reloadConfig({ load, current: loaded, isFourEyes, daemon, log, notifier });
  }, started);
  // A fault of ours in it is nobody's to handle: the process ends, and is started again.
  const onReload = () => void reload();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onReload);
  const keepAlive = setInterval(() => {}, 60_000);
  const stopWatchdog = notifier.watchdogMs ? clock.every(notifier.watchdogMs, () => notifier.notify("WATCHDOG=1")) : () => {};
  try {
    await daemon.start();
    hasStarted();
    for (const warning of loaded.warnings) log.warn("configuration", { warning: warning.text });
    if (options.sensor === false) announce();
    else {
      await new Promise<void>((resolve) => clock.after(sensors.size >= sensorsWanted ? 0 : ORPHANS_MS, resolve));
      if (!isEnding) processes.start(sensors);
    }
    await end;
    await processes.stop();
  } finally {
    isEnding = true;
    clearInterval(keepAlive);
    stopWatchdog();
    await daemon.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onReload);
  }
  writeSummary(options.summary, daemon);
  return 0;
}

function greeting(loaded: LoadedConfig, { url, policyRevision }: Daemon, sources: string[], isDemo: boolean): string {
  const { config, site } = loaded;
  const lines = [
    `bordertap ${versionText()} · site ${site.name} · policy revision ${policyRevision}${loaded.path ? "" : isDemo ? "" : " (built-in configuration)"}`,
    `watching  ${sources.length > 0 ? sources.join(", ") : "sensors that connect by themselves"}`,
    `console   ${url}`,
    `metrics   ${url}metrics · health ${url}healthz`,
    isDemo
      ? "state     none is kept: this is the demo"
      : `state     ${config.state.folder}${config.history.enabled ? ` · history for ${config.history.retentionDays} days, at most ${config.history.retentionGigabytes} GB` : ""}`,
    "Ctrl-C ends it.",
  ];
  return `${lines.join("\n")}\n`;
}

function writeSummary(path: string | undefined, daemon: Daemon): void {
  if (path === undefined) return;
  const finals = [...daemon.finals.values()];
  const summary = summaryOf({
    statuses: finals.map(({ status }) => status),
    files: finals.flatMap(({ files }) => files),
    version: versionText(),
    losses: daemon.losses.toJSON(),
  });
  const text = `${JSON.stringify(summary)}\n`;
  if (path === "-") process.stdout.write(text);
  else writeFileSync(path, text);
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
