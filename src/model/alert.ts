import type { JudgedFlow } from "./judgement.ts";
import type { Claim, LocationVerdict } from "./location.ts";

export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);
}

/** One firing of a detection on one flow event (or on the sensor's state). Detections make it, alerts group it. */
export interface Finding {
  /** Name from the catalogue. */
  detection: string;
  severity: Severity;
  /** Parts of the dedupe key beside the detection: zone, party or eTLD+1 or prefix, country. */
  key: readonly string[];
  /** Packet time, microseconds; wall time for findings about bordertap itself. */
  atMicros: number;
  /** First packet of what is reported. */
  sinceMicros: number;
  zone?: string;
  zoneHoldsPatientData?: boolean;
  asset?: string;
  insideAddress?: string;
  /** Party name when registered. */
  party?: string;
  partyBy?: string;
  /** Other parties that something else of the flow speaks for. */
  partyAlso?: readonly string[];
  /** Best name, and how it is known. */
  name?: string;
  nameSource?: string;
  /** The site's proxy was asked for this ("host:port"). */
  proxiedTo?: string;
  /** Address of the inside client that the site's proxy (`insideAddress`) sent this for; `asset` is that client's. */
  forwardedFor?: string;
  /** Kinds of the tunnels that the flow came in, outermost first. */
  tunnels?: readonly string[];
  outsideAddress?: string;
  outsidePort?: number;
  transport?: string;
  protocol?: string;
  countries?: readonly string[];
  verdict?: LocationVerdict;
  /** Name of the jurisdiction list that the verdict was held against. */
  list?: string;
  confidence?: number;
  claims?: readonly Claim[];
  rule?: string;
  because?: string;
  wouldAllow?: string;
  /** What to do first about this cause, where the catalogue's steps are for several. */
  next?: string;
  /** Flow totals at this time, and what is new since the same flow's last finding (so that sums hold). */
  flowId?: string;
  newBytesOut?: number;
  newBytesIn?: number;
  /** Flows that this finding is the first to report (0 or absent: a flow reported before). */
  newFlows?: number;
  /** Facts the text needs, in words ("DICOM association WS_RAD7 to EXTPACS"). */
  detail?: string;
}

/** What one finding adds to the sums of its alert: bytes and flows that no earlier one told. */
export interface Growth {
  sinceMicros: number;
  bytesOut: number;
  bytesIn: number;
  flows: number;
}

/** An alert as the detection that found it holds it, so that the next flow event of the same kind costs no finding. */
export interface RunningAlert {
  /**
   * The same as a finding made of this event would do, which has the dedupe key of the one that gave this alert. False, with
   * nothing done, where a whole finding is needed: the severity would rise, the episode is over, or the alert is closed or gone.
   * `judged` and `growth` are read within the call.
   */
  grow(judged: JudgedFlow, severity: Severity, growth: Readonly<Growth>): boolean;
}

export const ALERT_STATES = ["open", "taken", "snoozed", "closed"] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** A de-duplicated, stateful, durable group of findings that a person works on. */
export interface Alert {
  /** Stable, derived from the dedupe key and the first episode's time: the same capture gives the same ids. */
  id: string;
  /** One thread per dedupe key; later episodes join it. */
  threadId: string;
  detection: string;
  severity: Severity;
  state: AlertState;
  /** Rises with every change. */
  revision: number;
  zone?: string;
  /** Distinct inside ends, at most 256 kept. */
  assetCount: number;
  party?: string;
  name?: string;
  countries: string[];
  verdict?: LocationVerdict;
  confidence?: number;
  bytesOut: number;
  bytesIn: number;
  flowCount: number;
  findingCount: number;
  firstMicros: number;
  lastMicros: number;
  /** Who took it. */
  owner?: string;
  snoozedUntilMs?: number;
  closedReason?: string;
  /** Who, to whom, where, how much, when, which rule, what would have allowed it, what to do next: the catalogue's text. */
  sentence: string;
  /** The finding that opened it or raised its severity last: its evidence. */
  evidence: Finding;
  relevantTo: string[];
  next: string[];
  policyRevision: string;
  /** Database name → build, at the time. */
  builds: Record<string, string>;
  /** The cause went away by itself (health alerts only); it stays listed until somebody takes it. */
  clearedMicros?: number;
  /** True when a replay made it. */
  isReplay?: boolean;
  /** True of the synthetic one that outputs are tried with: nothing happened. */
  isCanary?: boolean;
  /** What happened to it, newest last, at most 64. */
  history: { atMs: number; who: string; what: string; note?: string }[];
}
