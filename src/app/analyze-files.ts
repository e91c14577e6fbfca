import { randomBytes, randomFillSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { openAlerts } from "../alerts/index.ts";
import { createSource } from "../capture/index.ts";
import type { LoadedConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { catalogue, createDetections } from "../detect/index.ts";
import { createClasses } from "../dissect/classing/classes.ts";
import { IdentifierHashes } from "../dissect/identifier-hashes.ts";
import { servicePorts } from "../dissect/index.ts";
import { createDissection } from "../dissect/reader.ts";
import { ManualClock } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import type { FlowBatch } from "../model/flow.ts";
import { Losses } from "../obs/losses.ts";
import { ContractFlows, readableSummary, summaryOf, Totals } from "../outputs/index.ts";
import { createCore, type FlowReader } from "../pipeline/core.ts";
import { createSensor } from "../pipeline/sensor.ts";
import type { AnalyzeOptions } from "../verbs/analyze.ts";
import { versionText } from "../verbs/version.ts";
import type { Reading } from "./analyze-exports.ts";
import { openKnowledge, rulesOf } from "./rules.ts";
import { KEY_BYTES, readSiteKey } from "./site-key.ts";

const PROGRESS_MS = 200;

/** `bordertap analyze`: sensor and core in one process over capture files. Same input, same output, byte for byte. */
export async function analyzeFiles(files: string[], options: AnalyzeOptions): Promise<0 | 2> {
  const loaded = loadConfig(options.config);
  const losses = new Losses();
  const flowsOut =
    options.flows === undefined
      ? undefined
      : new ContractFlows(options.flows, { hasSite: options.config !== undefined }, options.flowExports ? "as-taken" : "by-start");
  const knowledge = openKnowledge(loaded, losses);
  const rules = rulesOf(loaded, knowledge);
  const core = createCore(rules);
  // Packet time alone decides: the alerts' wall clock stands still, so that two runs say the same.
  const clock = new ManualClock();
  const alerts = await openAlerts({
    folder: undefined,
    clock,
    windowSeconds: loaded.config.alerts.windowSeconds,
    limit: loaded.config.alerts.limit,
    policyRevision: rules.policy.revision,
    builds: knowledge.places.builds,
    catalogue: catalogue(),
  });
  const detections = createDetections({ settings: loaded.config.detections, site: loaded.site, emit: (finding) => alerts.take(finding) });
  const totals = new Totals();
  const readers: FlowReader[] = [
    (judged) => totals.add(judged),
    (judged) => detections.onFlow(judged),
    ...(flowsOut ? [(judged: Parameters<FlowReader>[0]) => flowsOut.take(judged)] : []),
  ];
  const onBatch = (batch: FlowBatch) => core.take(batch, readers);
  const reading = options.flowExports
    ? (await import("./analyze-exports.ts")).readExports(files, losses, onBatch)
    : await readPackets(files, loaded, losses, flowsOut === undefined ? "names" : "all", onBatch);
  const stopProgress = options.quiet ? () => {} : showProgress(reading);
  try {
    await reading.run();
    flowsOut?.finish();
  } finally {
    stopProgress();
    reading.close();
    // After `finish` this does nothing; before it, nothing half-written stays behind.
    await flowsOut?.close();
  }
  const status = reading.status();
  const summary = summaryOf({
    statuses: [status],
    files: reading.files(),
    version: versionText(),
    firstMicros: totals.firstMicros,
    lastMicros: options.flowExports ? totals.lastMicros : status.newestMicros,
  });
  if (!options.quiet && reading.files().some(({ fault }) => fault === undefined)) {
    const text = readableSummary({
      summary,
      totals,
      alerts: alerts.list().alerts,
      files: reading.files(),
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
  const unreadable = reading.files().filter(({ fault }) => fault !== undefined);
  for (const { warning } of unreadable) process.stderr.write(`bordertap: ${warning}\n`);
  return unreadable.length > 0 ? 2 : 0;
}

/** Packets: capture, decode, flows and dissectors as they are live. */
async function readPackets(
  files: string[],
  { config, path }: LoadedConfig,
  losses: Losses,
  detail: "all" | "names",
  onBatch: (batch: FlowBatch) => void,
): Promise<Reading> {
  const source = createSource({ source: "pcap-file", files, keepGoing: true, losses });
  await source.open();
  const reader = createDissection({
    prefixBytes: config.dissect.prefixKilobytes * 1000,
    prefixTotalBytes: config.dissect.prefixTotalMegabytes * 1e6,
    readingTotalBytes: config.dissect.readingTotalMegabytes * 1e6,
    classes: createClasses(config.dissect.classingKilobytes, randomFillSync),
    // With the site's key the hashes are those of its history; without one they compare only within this run.
    identifiers: config.dissect.hashIdentifiers
      ? new IdentifierHashes((path === undefined ? undefined : readSiteKey(config.state.folder)) ?? randomBytes(KEY_BYTES))
      : undefined,
    isEarly: false,
    // Without a file for them nobody reads the facts that only documents have; judgements and alerts are the same.
    detail,
    losses,
  });
  const sensor = createSensor({
    source,
    reader,
    dissected: () => ({ ...reader.counters(), losses }),
    random: randomFillSync,
    epoch: "analyze",
    thread: 0,
    onBatch,
    duplicates: config.capture.duplicates,
    options: {
      limit: config.flows.limit,
      activeSeconds: config.flows.activeSeconds,
      isEarly: false,
      servicePorts: servicePorts(),
    },
  });
  return {
    run: () => sensor.run(),
    status: () => sensor.status(),
    files: () => source.files(),
    progress: () => source.progress(),
    counters: () => source.counters(),
    close: () => source.close(),
  };
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

/** A line on the terminal that is written over; nothing when standard error is no terminal. */
function showProgress(reading: Reading): () => void {
  if (!process.stderr.isTTY) return () => {};
  const timer = setInterval(() => {
    const share = reading.progress();
    const { seenPackets } = reading.counters();
    process.stderr.write(
      `\r${share === undefined ? "" : `${Math.floor(share * 100)} % · `}${seenPackets.toLocaleString("en")} packets \x1b[K`,
    );
  }, PROGRESS_MS);
  return () => {
    clearInterval(timer);
    process.stderr.write("\r\x1b[K");
  };
}
