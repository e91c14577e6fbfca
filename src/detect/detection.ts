import type { Finding, Growth } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { SelfReport } from "../model/self-report.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Site } from "../model/site.ts";
import type { Destinations } from "./destination.ts";
import type { FirstSeen } from "./first-seen.ts";
import type { FlowLedger } from "./flow-ledger.ts";
import type { HourlySums } from "./hourly-sums.ts";
import type { Reporter } from "./reporter.ts";
import type { Threads } from "./thread.ts";
import type { ZoneKinds } from "./zone-kinds.ts";

/**
 * Which flow events a detection is asked about. The gate in `index.ts` tells them apart once for all detections, so that
 * a boring event (nearly every one) costs few calls.
 * - `outside-list`, `undecided`, `authorised`: the judgement is `violation`, `undecided`, `authorised`.
 * - `registered`: the outside end is a registered party; ignored zones are left out.
 * - `unregistered`: it is not, and the zone holds patient or administration data.
 * - `patient`: the zone holds patient data; ignored zones are left out.
 * - `crossing`: every judged flow with an outside end; ignored zones are left out.
 * - `known-service`: the name belongs to a known service; ignored zones are left out.
 * - `spoken`: a dissector recognised the protocol; ignored zones are left out.
 * - `clear-text`: a dissector read an application protocol (DICOM, HL7, FHIR, HTTP, contents) toward an outside end, whatever
 *   the judgement; transit flows included, which may be the site's own with a network missing from `inside`.
 * - `dns`: DNS was read, inside flows included: a host asks the house's own resolver.
 * - `resolved`: an answer of DNS told addresses, inside flows included; nothing else of DNS may be there.
 * - `stun`: STUN or TURN was read; ignored zones are left out.
 */
export const CONCERNS = [
  "outside-list",
  "undecided",
  "authorised",
  "registered",
  "unregistered",
  "patient",
  "crossing",
  "known-service",
  "spoken",
  "clear-text",
  "dns",
  "resolved",
  "stun",
] as const;
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
  /** Settings that are lists, by name, with their meaning; empty unless configured. */
  lists?: Readonly<Record<string, string>>;
}

/** Lists of a detection's configuration, as its section declares them. */
export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** What a detection's memory is made of. */
export interface MemorySource {
  readonly lists: Lists;
  /** The monitored place; undefined where only made-up flows are judged. */
  readonly site: Site | undefined;
}

/** Memory that outlives a restart. `load` takes what `save` gave, or anything else, which it ignores. */
export interface LastingMemory {
  save(): unknown;
  load(saved: unknown): void;
}

/** What a flow detection may use: its settings and its own bounded memory. */
export interface FlowContext<K extends string, M = unknown> {
  readonly settings: Readonly<Record<K, number>>;
  /** What `remember` made. */
  readonly memory: M;
  readonly zones: ZoneKinds;
  readonly destinations: Destinations;
  /** What of each flow this detection has reported already. */
  readonly ledger: FlowLedger;
  /** Of the last hour, the last 24 hours and the last 30 days. */
  readonly sums: HourlySums;
  readonly daySums: HourlySums;
  readonly monthSums: HourlySums;
  readonly seen: FirstSeen;
  readonly threads: Threads;
  readonly reporter: Reporter;
  /** To report with, for a detection that does without the ledger; filled anew each time. */
  readonly growth: Growth;
  /** The cause of a finding about bordertap itself went away. */
  clear(key: readonly string[], atMicros: number): void;
}

export interface FlowDetection<K extends string = string, M = unknown> extends Declaration<K> {
  reads: "flow";
  concern: Concern | readonly Concern[];
  /** Makes its own bounded memory, and reads its lists once. With `save` and `load` (LastingMemory) it outlives a restart. */
  remember?(source: MemorySource): M;
  /** That memory hangs on no list and not on the site: those that take over within one run get it as it stands, however large. */
  passesOnMemory?: boolean;
  /**
   * Called for each flow event of its concern. What repeats an earlier finding is to cost next to nothing: get the thread, ask
   * the reporter to grow it, and make a finding only when that will not do.
   */
  evaluate(judged: JudgedFlow, context: FlowContext<K, M>): void;
  /** What bordertap found out about itself; `nowMs` is wall time. */
  onReport?(report: SelfReport, nowMs: number, context: FlowContext<K, M>): void;
  /** Its findings are about bordertap and end when their cause does. */
  clearsItself?: boolean;
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
  onReport?(report: SelfReport, nowMs: number): void;
  /** What is to outlive a change of configuration or a restart, as JSON can hold it; `load` ignores what it does not know. */
  save?(): unknown;
  load?(saved: unknown): void;
}

export interface StatusDetection<K extends string = string> extends Declaration<K> {
  reads: "status";
  watch(settings: Readonly<Record<K, number>>, report: StatusReport): StatusWatch;
}

export type Detection = FlowDetection | StatusDetection;

/** Declares a detection on flow events. */
export function defineDetection<K extends string, M = unknown>(declaration: Omit<FlowDetection<K, M>, "reads">): FlowDetection {
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
