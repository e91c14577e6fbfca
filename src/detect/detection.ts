import type { Finding, Growth } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Destinations } from "./destination.ts";
import type { FirstSeen } from "./first-seen.ts";
import type { FlowLedger } from "./flow-ledger.ts";
import type { HourlySums } from "./hourly-sums.ts";
import type { Reporter } from "./reporter.ts";
import type { Threads } from "./thread.ts";
import type { ZoneKinds } from "./zone-kinds.ts";

/**
 * Which flow events a detection is asked about. The gate in `index.ts` tells them apart once for all detections, so that
 * a boring event (nearly every one) costs no call.
 * - `outside-list`: the judgement is `violation`.
 * - `undecided`: the judgement is `undecided`.
 * - `registered`: the outside end is a registered party; ignored zones are left out.
 * - `unregistered`: it is not, and the zone holds patient or administration data.
 * - `clear-text`: a dissector read DICOM or HL7 that no TLS protects, whatever the judgement.
 */
export const CONCERNS = ["outside-list", "undecided", "registered", "unregistered", "clear-text"] as const;
export type Concern = (typeof CONCERNS)[number];

/** A default with its meaning; the unit is in the threshold's name. */
export interface Threshold {
  default: number;
  doc: string;
}

interface Declaration<K extends string> {
  /** Name in the catalogue; stable, SIEM rules refer to it. */
  name: string;
  title: string;
  /** When it has which severity, for people. */
  severity: string;
  /** Articles it is relevant to; never a finding of breach (EDPB Guidelines 05/2021). */
  relevantTo: readonly string[];
  /** What to do next, in order. */
  next: readonly string[];
  /** When it fires and when it does not, for the reference page. Markdown. */
  doc: string;
  thresholds: Record<K, Threshold>;
}

/** What a flow detection may use: its settings and its own bounded memory. */
export interface FlowContext<K extends string> {
  readonly settings: Readonly<Record<K, number>>;
  readonly zones: ZoneKinds;
  readonly destinations: Destinations;
  /** What of each flow this detection has reported already. */
  readonly ledger: FlowLedger;
  readonly sums: HourlySums;
  readonly seen: FirstSeen;
  readonly threads: Threads;
  readonly reporter: Reporter;
  /** To report with, for a detection that does without the ledger; filled anew each time. */
  readonly growth: Growth;
}

export interface FlowDetection<K extends string = string> extends Declaration<K> {
  reads: "flow";
  concern: Concern;
  /**
   * Called for each flow event of its concern. What repeats an earlier finding is to cost next to nothing: get the thread, ask
   * the reporter to grow it, and make a finding only when that will not do.
   */
  evaluate(judged: JudgedFlow, context: FlowContext<K>): void;
}

/** What a detection on the sensor's state reports with. `clear` says that the cause of an earlier finding went away. */
export interface StatusReport {
  emit(finding: Finding): void;
  clear(key: readonly string[], atMicros: number): void;
}

/** One watch over all sensors of a core. */
export interface StatusWatch {
  onStatus(status: SensorStatus, nowMs: number): void;
  /** Wall time goes on, with or without a status. */
  onTick(nowMs: number): void;
}

export interface StatusDetection<K extends string = string> extends Declaration<K> {
  reads: "status";
  watch(settings: Readonly<Record<K, number>>, report: StatusReport): StatusWatch;
}

export type Detection = FlowDetection | StatusDetection;

/** Declares a detection on flow events. */
export function defineDetection<K extends string>(declaration: Omit<FlowDetection<K>, "reads">): FlowDetection {
  return { ...declaration, reads: "flow" } as unknown as FlowDetection;
}

/** Declares a detection on the sensor's state. */
export function defineStatusDetection<K extends string>(declaration: Omit<StatusDetection<K>, "reads">): StatusDetection {
  return { ...declaration, reads: "status" } as unknown as StatusDetection;
}

/** What alerts need of a declaration. */
export interface CatalogueEntry {
  title: string;
  relevantTo: string[];
  next: string[];
  /** Health alerts end when their cause does; a violation never closes itself. */
  clearsItself: boolean;
}
