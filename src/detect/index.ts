import { AppError } from "../lib/errors.ts";
import { type Finding, type RunningAlert, SEVERITIES, type Severity } from "../model/alert.ts";
import type { FlowFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { SelfReport } from "../model/self-report.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Site } from "../model/site.ts";
import type { Metric } from "../obs/metrics.ts";
import { isAttempt } from "./attempt.ts";
import { backupRegion } from "./backup.ts";
import { adequacyChanged, derogationOveruse } from "./basis.ts";
import { carriedBy, carriedFrom, keptOf, loadMemories, type PassedOn, saveAll } from "./carried.ts";
import { clearDicom, clearFhir, clearHl7 } from "./clear-text.ts";
import { aiEndpoint, m365Boundary, personalCloud } from "./cloud.ts";
import { contractExpired } from "./contract.ts";
import { Destinations } from "./destination.ts";
import {
  type CatalogueEntry,
  CONCERNS,
  type Concern,
  type Detection,
  type FlowContext,
  type FlowDetection,
  type Lists,
} from "./detection.ts";
import { deviceCloud } from "./device.ts";
import { dicomExternalStore } from "./dicom-store.ts";
import { driftAsn, driftRegion } from "./drift.ts";
import { exfilVolume } from "./exfil.ts";
import { exfilDns } from "./exfil-dns.ts";
import { hiddenName } from "./hidden-name.ts";
import { clearIdentifier } from "./identity.ts";
import { anycastEdge, geoContradicted } from "./location.ts";
import { mailCloud, mailUnencrypted } from "./mail.ts";
import { auditIntegrity, canaryFailed, policyLoosened } from "./own-state.ts";
import { driftCountry, unregistered } from "./processor.ts";
import { remoteSupport } from "./remote.ts";
import { Reporter } from "./reporter.ts";
import { residencyIndeterminate, residencyViolation } from "./residency.ts";
import { geoStale } from "./stale.ts";
import { tapDegraded } from "./tap.ts";
import { relayOutside } from "./telemedicine.ts";
import { Threads } from "./thread.ts";
import { tunnelOpaque } from "./tunnel.ts";
import { tlsWeak } from "./weak-tls.ts";
import { OTHER_ZONE, PATIENT_ZONE, ZoneKinds } from "./zone-kinds.ts";

export type { PassedOn } from "./carried.ts";
export type { CatalogueEntry, Detection } from "./detection.ts";

/** The catalogue: one line each, in its order. */
export const DETECTIONS: readonly Detection[] = [
  residencyViolation,
  residencyIndeterminate,
  anycastEdge,
  geoContradicted,
  driftCountry,
  driftRegion,
  driftAsn,
  unregistered,
  contractExpired,
  adequacyChanged,
  derogationOveruse,
  clearDicom,
  dicomExternalStore,
  clearHl7,
  clearFhir,
  clearIdentifier,
  mailUnencrypted,
  mailCloud,
  tlsWeak,
  backupRegion,
  relayOutside,
  deviceCloud,
  aiEndpoint,
  m365Boundary,
  personalCloud,
  hiddenName,
  exfilVolume,
  exfilDns,
  remoteSupport,
  tunnelOpaque,
  tapDegraded,
  geoStale,
  auditIntegrity,
  policyLoosened,
  canaryFailed,
];

/**
 * By detection: `enabled`, thresholds that differ from the declaration's, its lists, and `severity`, when every finding of it
 * is to have that one.
 */
export type DetectionSettings = Readonly<
  Record<string, Readonly<Record<string, number | boolean | string | undefined | readonly unknown[]>>>
>;

interface Effective {
  isOn: boolean;
  severity: Severity | undefined;
  thresholds: Record<string, number>;
  lists: Lists;
}

/** The declarations' own settings, complete: what configuration starts from. */
export function defaultSettings(): Record<string, Record<string, number | boolean | readonly unknown[]>> {
  return Object.fromEntries(
    DETECTIONS.map(({ name, thresholds, lists }) => [name, { enabled: true, ...defaultsOf(thresholds), ...emptyLists(lists) }]),
  );
}

/** What alerts need of each declaration, by name. */
export function catalogue(): Record<string, CatalogueEntry> {
  return Object.fromEntries(
    DETECTIONS.map((detection) => [
      detection.name,
      {
        title: detection.title,
        relevantTo: [...detection.relevantTo],
        next: [...detection.next],
        clearsItself: detection.reads === "status" || detection.clearsItself === true,
      },
    ]),
  );
}

export interface DetectionsOptions {
  settings?: DetectionSettings;
  /** The monitored place: authorisations, lists and time zone, for the detections that ask. */
  site?: Site;
  /** What `save` of an earlier run gave. Anything else is ignored. */
  saved?: unknown;
  /** What `passOn` of the detections gave that these replace within one run: sums and flows go on where they were. */
  passedOn?: PassedOn;
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
  /** What bordertap found out about itself; `nowMs` is wall time. */
  onReport(report: SelfReport, nowMs: number): void;
  /** The memory that is to outlive this run (baselines, who was seen when), as JSON can hold it. */
  save(): unknown;
  /** The same for those that replace these under way: without what `passOn` hands over. */
  saveMemories(): unknown;
  /** For those that replace these under way: no sum begins anew. These are not to be used afterwards. */
  passOn(): PassedOn;
  /** The detections that are on. */
  readonly names: readonly string[];
  metrics(): Metric[];
}

interface Running {
  detection: FlowDetection;
  /** Of the declaration, bound to it: declarations differ in shape, and a look into each of them is slow. */
  evaluate: FlowDetection["evaluate"];
  context: FlowContext<string>;
  /** The event that it was asked about last: one of two concerns is asked once of an event that is of both. */
  turn: number;
}

/** Puts the catalogue to work. Throws an AppError (`config_invalid`) for a detection or threshold that does not exist. */
export function createDetections(options: DetectionsOptions): Detections {
  const { settings = {}, site, saved, passedOn, emit, clear, resumedFromMicros } = options;
  const effective = settle(settings);
  const isOn = ({ name }: Detection) => effective.get(name)!.isOn;
  const zones = new ZoneKinds();
  const destinations = new Destinations();
  const reporters = new Map<string, Reporter>(
    DETECTIONS.filter(isOn).map(({ name }) => [name, new Reporter(effective.get(name)!.severity, emit)]),
  );

  const byConcern = Object.fromEntries(CONCERNS.map((concern) => [concern, [] as Running[]])) as Record<Concern, Running[]>;
  const all: Running[] = [];
  for (const detection of DETECTIONS) {
    if (detection.reads !== "flow" || !isOn(detection)) continue;
    const { thresholds, lists } = effective.get(detection.name)!;
    const inherited = passedOn?.get(detection.name);
    const context: FlowContext<string> = {
      settings: thresholds,
      memory: inherited?.memory ?? detection.remember?.({ lists, site }),
      zones,
      destinations,
      ...(inherited?.tables ?? carriedFrom(keptOf(detection.name, saved), resumedFromMicros)),
      threads: new Threads(),
      reporter: reporters.get(detection.name)!,
      growth: { sinceMicros: 0, bytesOut: 0, bytesIn: 0, flows: 0 },
      clear: (key, atMicros) => clear?.(detection.name, key, atMicros),
    };
    const running = { detection, evaluate: detection.evaluate.bind(detection), context, turn: 0 };
    all.push(running);
    for (const concern of [detection.concern].flat()) byConcern[concern].push(running);
  }
  const outsideList = byConcern["outside-list"];
  const { undecided, authorised, registered, unregistered: nobody, patient, crossing, spoken, dns, resolved, stun } = byConcern;
  const clearText = byConcern["clear-text"];
  const knownService = byConcern["known-service"];

  const watching = DETECTIONS.filter((detection) => detection.reads === "status" && isOn(detection)).map((detection) => ({
    name: detection.name,
    watch: (detection as Extract<Detection, { reads: "status" }>).watch(effective.get(detection.name)!.thresholds, {
      emit: (finding) => void reporters.get(detection.name)!.report(finding),
      clear: (key, atMicros) => clear?.(detection.name, key, atMicros),
    }),
  }));
  const watches = watching.map(({ watch }) => watch);
  const ownMemory = all.filter(({ detection }) => passedOn?.get(detection.name)?.memory === undefined);
  loadMemories(ownMemory, watching, saved);

  let turn = 0;
  function run(running: readonly Running[], judged: JudgedFlow): void {
    for (let n = 0; n < running.length; n += 1) {
      const one = running[n];
      if (one.turn === turn) continue;
      one.turn = turn;
      one.evaluate(judged, one.context);
    }
  }

  return {
    names: DETECTIONS.filter(isOn).map(({ name }) => name),
    onFlow(judged) {
      turn = (turn + 1) | 0;
      const { direction } = judged;
      const { facts } = judged.flow;
      if (facts?.dns !== undefined) run(dns, judged);
      if (facts?.resolved !== undefined) run(resolved, judged);
      if (direction === "internal" || isAttempt(judged)) return;
      if (facts !== undefined && isApplication(facts)) run(clearText, judged);
      // Neither end is the site's, as configuration has it: nothing else can be said, and what is readable is no less so.
      if (direction === "transit") return;
      const { word } = judged.judgement;
      if (word === "ignored") return;
      if (word === "violation") run(outsideList, judged);
      else if (word === "undecided") run(undecided, judged);
      else if (word === "authorised") run(authorised, judged);
      const kind = zones.of(judged.zone);
      if (judged.party !== undefined) run(registered, judged);
      else if (kind !== OTHER_ZONE) run(nobody, judged);
      run(crossing, judged);
      if (kind === PATIENT_ZONE) run(patient, judged);
      if (judged.service !== undefined) run(knownService, judged);
      if (facts === undefined) return;
      if (facts.protocols.length > 0) run(spoken, judged);
      if (facts.stun !== undefined) run(stun, judged);
    },
    onStatus(status, nowMs) {
      for (const watch of watches) watch.onStatus(status, nowMs);
    },
    onTick(nowMs) {
      for (const watch of watches) watch.onTick(nowMs);
    },
    onReport(report, nowMs) {
      for (const watch of watches) watch.onReport?.(report, nowMs);
      for (const { detection, context } of all) detection.onReport?.(report, nowMs, context);
    },
    save: () => saveAll(all, watching, false),
    saveMemories: () => saveAll(all, watching, true),
    passOn: () => new Map(all.map((running) => [running.detection.name, carriedBy(running)])),
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
          for (const { detection, context } of all) write(forgottenBy(context), detection.name);
        },
      },
    ],
  };
}

/** What the detections on clear text may be about. */
function isApplication(facts: FlowFacts): boolean {
  return (
    facts.dicom !== undefined ||
    facts.hl7 !== undefined ||
    facts.http !== undefined ||
    facts.fhir !== undefined ||
    facts.smtp !== undefined ||
    facts.content !== undefined
  );
}

function forgottenBy({ ledger, sums, daySums, monthSums, seen, memory }: FlowContext<string>): number {
  const own = (memory as { forgotten?: number } | undefined)?.forgotten ?? 0;
  return ledger.forgotten + sums.forgotten + daySums.forgotten + monthSums.forgotten + seen.forgotten + own;
}

function settle(settings: DetectionSettings): Map<string, Effective> {
  const known = new Map(DETECTIONS.map((detection) => [detection.name, detection]));
  for (const name of Object.keys(settings))
    if (!known.has(name))
      throw new AppError("config_invalid", `no detection is called "${name}"; there are ${[...known.keys()].join(", ")}`);
  return new Map(DETECTIONS.map((detection) => [detection.name, settleOne(detection, settings[detection.name] ?? {})]));
}

function settleOne({ name, thresholds, lists = {} }: Detection, settings: DetectionSettings[string]): Effective {
  const given: Record<string, readonly unknown[]> = emptyLists(lists);
  const out: Effective = { isOn: true, severity: undefined, thresholds: defaultsOf(thresholds), lists: given };
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (key === "enabled" && typeof value === "boolean") out.isOn = value;
    else if (key === "severity" && SEVERITIES.includes(value as Severity)) out.severity = value as Severity;
    else if (Object.hasOwn(thresholds, key) && typeof value === "number" && Number.isFinite(value)) out.thresholds[key] = value;
    else if (Object.hasOwn(lists, key) && Array.isArray(value)) given[key] = value;
    else
      throw new AppError(
        "config_invalid",
        `${name} has no setting ${key}: ${value}; it has ${["enabled", "severity", ...Object.keys(thresholds), ...Object.keys(lists)].join(", ")}`,
      );
  }
  return out;
}

function defaultsOf(thresholds: Detection["thresholds"]): Record<string, number> {
  return Object.fromEntries(Object.entries(thresholds).map(([key, threshold]) => [key, threshold.default]));
}

function emptyLists(lists: Detection["lists"] = {}): Record<string, readonly unknown[]> {
  return Object.fromEntries(Object.keys(lists).map((key) => [key, []]));
}
