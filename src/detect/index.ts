import { AppError } from "../lib/errors.ts";
import { type Finding, type RunningAlert, SEVERITIES, type Severity } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Metric } from "../obs/metrics.ts";
import { clearDicom, clearHl7 } from "./clear-text.ts";
import { Destinations } from "./destination.ts";
import { type CatalogueEntry, CONCERNS, type Concern, type Detection, type FlowContext, type FlowDetection } from "./detection.ts";
import { FirstSeen } from "./first-seen.ts";
import { FlowLedger } from "./flow-ledger.ts";
import { HourlySums } from "./hourly-sums.ts";
import { driftCountry, unregistered } from "./processor.ts";
import { Reporter } from "./reporter.ts";
import { residencyIndeterminate, residencyViolation } from "./residency.ts";
import { tapDegraded } from "./tap.ts";
import { Threads } from "./thread.ts";
import { OTHER_ZONE, ZoneKinds } from "./zone-kinds.ts";

export type { CatalogueEntry, Detection } from "./detection.ts";

/** The catalogue: one line each, in its order. */
export const DETECTIONS: readonly Detection[] = [
  residencyViolation,
  residencyIndeterminate,
  driftCountry,
  unregistered,
  clearDicom,
  clearHl7,
  tapDegraded,
];

/**
 * By detection: `enabled`, thresholds that differ from the declaration's, and `severity`, when every finding of it is to
 * have that one.
 */
export type DetectionSettings = Readonly<Record<string, Readonly<Record<string, number | boolean | string | undefined>>>>;

interface Effective {
  isOn: boolean;
  severity: Severity | undefined;
  thresholds: Record<string, number>;
}

/** The declarations' own settings, complete: what configuration starts from. */
export function defaultSettings(): Record<string, Record<string, number | boolean>> {
  return Object.fromEntries(DETECTIONS.map(({ name, thresholds }) => [name, { enabled: true, ...defaultsOf(thresholds) }]));
}

/** What alerts need of each declaration, by name. */
export function catalogue(): Record<string, CatalogueEntry> {
  return Object.fromEntries(
    DETECTIONS.map(({ name, title, relevantTo, next, reads }) => [
      name,
      { title, relevantTo: [...relevantTo], next: [...next], clearsItself: reads === "status" },
    ]),
  );
}

export interface DetectionsOptions {
  settings?: DetectionSettings;
  /**
   * Called within `onFlow`, `onStatus` or `onTick` with a finding. Whoever groups findings gives back the alert that took it:
   * flow events that only repeat the finding then go to that alert directly, as `grow`, and no finding is made of them.
   */
  emit(finding: Finding): RunningAlert | undefined;
  /** The cause of a health finding went away. */
  clear?(detection: string, key: readonly string[], atMicros: number): void;
  /** Packet time up to which an earlier run of the core has judged, when this one carries on from there. */
  resumedFromMicros?: number;
}

export interface Detections {
  /** Looks at one flow event. Cheap for the boring ones, never throws on account of traffic. */
  onFlow(judged: JudgedFlow): void;
  /** Looks at what a sensor says of itself; `nowMs` is wall time. */
  onStatus(status: SensorStatus, nowMs: number): void;
  /** Wall time goes on: call about once a second, so that a dead sensor is noticed. */
  onTick(nowMs: number): void;
  /** The detections that are on. */
  readonly names: readonly string[];
  metrics(): Metric[];
}

interface Running {
  detection: FlowDetection;
  context: FlowContext<string>;
}

/** Puts the catalogue to work. Throws an AppError (`config_invalid`) for a detection or threshold that does not exist. */
export function createDetections({ settings = {}, emit, clear, resumedFromMicros }: DetectionsOptions): Detections {
  const effective = settle(settings);
  const isOn = ({ name }: Detection) => effective.get(name)!.isOn;
  const zones = new ZoneKinds();
  const destinations = new Destinations();
  const reporters = new Map<string, Reporter>(
    DETECTIONS.filter(isOn).map(({ name }) => [name, new Reporter(effective.get(name)!.severity, emit)]),
  );

  const byConcern = Object.fromEntries(CONCERNS.map((concern) => [concern, [] as Running[]])) as Record<Concern, Running[]>;
  for (const detection of DETECTIONS) {
    if (detection.reads !== "flow" || !isOn(detection)) continue;
    const context: FlowContext<string> = {
      settings: effective.get(detection.name)!.thresholds,
      zones,
      destinations,
      ledger: new FlowLedger(resumedFromMicros),
      sums: new HourlySums(),
      seen: new FirstSeen(),
      threads: new Threads(),
      reporter: reporters.get(detection.name)!,
      growth: { sinceMicros: 0, bytesOut: 0, bytesIn: 0, flows: 0 },
    };
    byConcern[detection.concern].push({ detection, context });
  }
  const outsideList = byConcern["outside-list"];
  const { undecided, registered, unregistered: nobody } = byConcern;
  const clearText = byConcern["clear-text"];

  const watches = DETECTIONS.filter((detection) => detection.reads === "status" && isOn(detection)).map((detection) =>
    (detection as Extract<Detection, { reads: "status" }>).watch(effective.get(detection.name)!.thresholds, {
      emit: (finding) => void reporters.get(detection.name)!.report(finding),
      clear: (key, atMicros) => clear?.(detection.name, key, atMicros),
    }),
  );

  function run(running: readonly Running[], judged: JudgedFlow): void {
    for (let n = 0; n < running.length; n += 1) running[n].detection.evaluate(judged, running[n].context);
  }

  return {
    names: DETECTIONS.filter(isOn).map(({ name }) => name),
    onFlow(judged) {
      const { direction } = judged;
      if (direction !== "outbound" && direction !== "inbound") return;
      const { facts } = judged.flow;
      if (facts !== undefined && (facts.dicom !== undefined || facts.hl7 !== undefined)) run(clearText, judged);
      const { word } = judged.judgement;
      if (word === "ignored") return;
      if (word === "violation") run(outsideList, judged);
      else if (word === "undecided") run(undecided, judged);
      if (judged.party !== undefined) run(registered, judged);
      else if (zones.of(judged.zone) !== OTHER_ZONE) run(nobody, judged);
    },
    onStatus(status, nowMs) {
      for (const watch of watches) watch.onStatus(status, nowMs);
    },
    onTick(nowMs) {
      for (const watch of watches) watch.onTick(nowMs);
    },
    metrics: () => [
      {
        name: "bordertap_detect_fired_findings_total",
        type: "counter",
        help: "Findings by detection, before they are grouped into alerts.",
        labels: ["detection"],
        read(write) {
          for (const [name, reporter] of reporters) write(reporter.findings, name);
        },
      },
      {
        name: "bordertap_detect_forgotten_entries_total",
        type: "counter",
        help: "Entries that a detection's bounded memory gave up for want of room.",
        labels: ["detection"],
        read(write) {
          for (const { detection, context } of Object.values(byConcern).flat())
            write(context.ledger.forgotten + context.sums.forgotten + context.seen.forgotten, detection.name);
        },
      },
    ],
  };
}

function settle(settings: DetectionSettings): Map<string, Effective> {
  const known = new Map(DETECTIONS.map((detection) => [detection.name, detection]));
  for (const name of Object.keys(settings))
    if (!known.has(name))
      throw new AppError("config_invalid", `no detection is called "${name}"; there are ${[...known.keys()].join(", ")}`);
  return new Map(DETECTIONS.map((detection) => [detection.name, settleOne(detection, settings[detection.name] ?? {})]));
}

function settleOne({ name, thresholds }: Detection, settings: DetectionSettings[string]): Effective {
  const out: Effective = { isOn: true, severity: undefined, thresholds: defaultsOf(thresholds) };
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (key === "enabled" && typeof value === "boolean") out.isOn = value;
    else if (key === "severity" && SEVERITIES.includes(value as Severity)) out.severity = value as Severity;
    else if (Object.hasOwn(thresholds, key) && typeof value === "number" && Number.isFinite(value)) out.thresholds[key] = value;
    else
      throw new AppError(
        "config_invalid",
        `${name} has no setting ${key}: ${value}; it has enabled, severity, ${Object.keys(thresholds).join(", ")}`,
      );
  }
  return out;
}

function defaultsOf(thresholds: Detection["thresholds"]): Record<string, number> {
  return Object.fromEntries(Object.entries(thresholds).map(([key, threshold]) => [key, threshold.default]));
}
