import { randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { openAlerts } from "../alerts/index.ts";
import { createSource } from "../capture/index.ts";
import { loadConfig } from "../config/load.ts";
import { catalogue, createDetections } from "../detect/index.ts";
import { servicePorts } from "../dissect/index.ts";
import { createDissection } from "../dissect/reader.ts";
import { ManualClock } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import type { PacketSource } from "../model/capture.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";
import { ContractFlows, readableSummary, summaryOf, Totals } from "../outputs/index.ts";
import { createCore, type FlowReader } from "../pipeline/core.ts";
import { createSensor } from "../pipeline/sensor.ts";
import type { AnalyzeOptions } from "../verbs/analyze.ts";
import { versionText } from "../verbs/version.ts";
import { openKnowledge, rulesOf } from "./rules.ts";

const PROGRESS_MS = 200;

/** `bordertap analyze`: sensor and core in one process over capture files. Same input, same output, byte for byte. */
export async function analyzeFiles(files: string[], options: AnalyzeOptions): Promise<0 | 2> {
  const loaded = loadConfig(options.config);
  const losses = new Losses();
  const source = createSource({ source: "pcap-file", files, keepGoing: true, losses });
  const flowsOut = options.flows === undefined ? undefined : new ContractFlows(options.flows, { hasSite: options.config !== undefined });
  await source.open();
  const knowledge = openKnowledge(loaded, losses);
  const core = createCore(rulesOf(loaded, knowledge));
  // Packet time alone decides: the alerts' wall clock stands still, so that two runs say the same.
  const clock = new ManualClock();
  const alerts = await openAlerts({
    folder: undefined,
    clock,
    windowSeconds: loaded.config.alerts.windowSeconds,
    limit: loaded.config.alerts.limit,
    policyRevision: loaded.revision,
    builds: knowledge.places.builds,
    catalogue: catalogue(),
  });
  const detections = createDetections({ settings: loaded.config.detections, emit: (finding) => alerts.take(finding) });
  const totals = new Totals();
  const readers: FlowReader[] = [
    (judged) => totals.add(judged),
    (judged) => detections.onFlow(judged),
    ...(flowsOut ? [(judged: Parameters<FlowReader>[0]) => flowsOut.take(judged)] : []),
  ];
  const reader = createDissection({
    prefixBytes: loaded.config.dissect.prefixKilobytes * 1000,
    prefixTotalBytes: loaded.config.dissect.prefixTotalMegabytes * 1e6,
    isEarly: false,
    detail: flowsOut === undefined ? "names" : "all",
    losses,
  });
  const sensor = createSensor({
    source,
    reader,
    dissected: () => ({ ...reader.counters(), losses }),
    random: randomFillSync,
    epoch: "analyze",
    thread: 0,
    onBatch: (batch) => core.take(batch, readers),
    options: {
      limit: loaded.config.flows.limit,
      activeSeconds: loaded.config.flows.activeSeconds,
      isEarly: false,
      servicePorts: servicePorts(),
    },
  });
  const stopProgress = options.quiet ? () => {} : showProgress(source);
  try {
    await sensor.run();
    flowsOut?.finish();
  } finally {
    stopProgress();
    source.close();
    // After `finish` this does nothing; before it, nothing half-written stays behind.
    await flowsOut?.close();
  }
  const status = sensor.status();
  const summary = summaryOf({
    statuses: [status],
    files: source.files(),
    version: versionText(),
    firstMicros: totals.firstMicros,
    lastMicros: status.newestMicros,
  });
  if (!options.quiet && source.files().some(({ fault }) => fault === undefined)) {
    const text = readableSummary({
      summary,
      totals,
      alerts: alerts.list().alerts,
      files: source.files(),
      oneWayShare: oneWayShareOf(status),
      hasSite: true,
    });
    (options.summary === "-" || options.flows === "-" ? process.stderr : process.stdout).write(text);
    if (loaded.path === undefined)
      process.stderr.write(
        "\nJudged by the built-in configuration: every private address may hold patient records, the EU and EEA are approved.\n",
      );
  }
  writeSummary(options.summary, summary);
  await alerts.close();
  const unreadable = source.files().filter(({ fault }) => fault !== undefined);
  for (const { warning } of unreadable) process.stderr.write(`bordertap: ${warning}\n`);
  return unreadable.length > 0 ? 2 : 0;
}

function writeSummary(path: string | undefined, summary: object): void {
  if (path === undefined) return;
  const text = `${JSON.stringify(summary)}\n`;
  if (path === "-") process.stdout.write(text);
  else {
    try {
      writeFileSync(path, text);
    } catch (error) {
      throw new AppError("output_failed", `cannot write the summary to ${path}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function oneWayShareOf({ flows }: SensorStatus): number | undefined {
  return flows.closed > 0 ? flows.oneWayClosed / flows.closed : undefined;
}

/** A line on the terminal that is written over; nothing when standard error is no terminal. */
function showProgress(source: PacketSource): () => void {
  if (!process.stderr.isTTY) return () => {};
  const timer = setInterval(() => {
    const share = source.progress();
    const { seenPackets } = source.counters();
    process.stderr.write(
      `\r${share === undefined ? "" : `${Math.floor(share * 100)} % · `}${seenPackets.toLocaleString("en")} packets \x1b[K`,
    );
  }, PROGRESS_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\x1b[K");
  };
}
