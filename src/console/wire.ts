/**
 * What the console says to its page, over REST and WebSocket alike. Times are milliseconds since 1970, UTC; bytes are
 * whole frames; a share is 0 to 1; what is not known is null, never 0. Rows are flat so that a delta can carry single fields.
 */
import type { AlertState, Severity } from "../model/alert.ts";
import type { JudgementWord } from "../model/judgement.ts";
import type { ClaimKind, LocationVerdict } from "../model/location.ts";

export const PROTOCOL = "bordertap.v1";

/** What is being shown: the tap, made-up traffic, or recorded flows judged again. */
export type ConsoleMode = "live" | "demo" | "replay";

/** Never two: blindness is an answer of its own. */
export type Answer = "yes" | "none-seen" | "cannot-say";

export const TOPICS = ["status", "overview", "alerts", "alert", "map"] as const;
export type Topic = (typeof TOPICS)[number];

export interface AlertRow {
  id: string;
  threadId: string;
  detection: string;
  severity: Severity;
  state: AlertState;
  zone: string | null;
  /** The zone holds patient data, or nobody said that it does not. */
  holdsPatientData: boolean;
  assetCount: number;
  party: string | null;
  name: string | null;
  countries: readonly string[];
  verdict: LocationVerdict | null;
  confidence: number | null;
  upBytes: number;
  downBytes: number;
  flows: number;
  firstMs: number;
  lastMs: number;
  owner: string | null;
  snoozedUntilMs: number | null;
  closedReason: string | null;
  rev: number;
}

export interface ClaimRow {
  kind: ClaimKind;
  source: string;
  build: string | null;
  sha256: string | null;
  countries: readonly string[];
  note: string | null;
}

export interface AlertDetail extends AlertRow {
  sentence: string;
  detail: string | null;
  rule: { id: string | null; because: string | null; wouldAllow: string | null };
  claims: ClaimRow[];
  /** What the verdict means, where it needs words. */
  meaning: string | null;
  /** All evidence, a label and a text each, in the words of "bordertap explain". */
  evidence: (readonly [label: string, text: string])[];
  /** The address that an approval for the block list would list; null where there is none. */
  block: string | null;
  next: readonly string[];
  relevantTo: readonly string[];
  proof: { policyRev: string; builds: Readonly<Record<string, string>> };
  history: { atMs: number; who: string; what: string; note: string | null }[];
  /** How the name is known (sni, dns …). */
  nameSource: string | null;
  protocol: string | null;
}

export interface SensorRow {
  sensor: string;
  seen: number;
  decoded: number;
  malformed: number;
  filtered: number;
  /** null: this source cannot count what the kernel dropped. */
  dropped: number | null;
  packetsPerSecond: number | null;
  lastPacketAgeMs: number | null;
  statusAgeMs: number;
  oneWayRatio: number | null;
  activeFlows: number;
  evictedFlows: number;
  memoryBytes: number;
  restarts: number;
  /** Of a thread that reads flow exports: it sees messages of exporters and no packets of its own. */
  exports: { messages: number; records: number; exporters: number; lost: number; dropped: number; malformed: number } | null;
}

/** "full", "degraded", "none": what the tap saw of the traffic; "unknown": no tap is involved (replay). */
export type CoverageState = "full" | "degraded" | "none" | "unknown";

export interface CoverageRow {
  state: CoverageState;
  reasons: string[];
  /** Share of the packets of the window that were understood, or filtered on purpose; null without packets. */
  ratio: number | null;
  /** How long of the window was watched at all. */
  watchedMs: number;
  windowMs: number;
  seen: number;
  decoded: number;
  malformed: number;
  filtered: number;
  dropped: number | null;
  /** seen − decoded − malformed − filtered − dropped, or null where drops are not known. */
  residue: number | null;
  oneWayRatio: number | null;
  lastPacketAgeMs: number | null;
  lagMs: number | null;
  losses: Record<string, number>;
  /** One letter a minute of wall time, oldest first, 60 of them: "f" full, "d" degraded, "n" none, "-" not running yet. */
  strip: string;
  sensors: SensorRow[];
}

export interface StatusRow {
  id: "status";
  mode: ConsoleMode;
  site: string;
  timeZone: string;
  version: string;
  policyRev: string | null;
  /** Name and countries of the site's own jurisdiction list. */
  list: { name: string; title: string; countries: readonly string[] } | null;
  health: { state: string; problems: { component: string; state: string; reason: string; sinceMs: number }[] };
  coverage: CoverageRow;
}

/** Bytes of the window by zone × country × verdict × judgement. */
export interface ZoneCountryRow {
  zone: string;
  holdsPatientData: boolean;
  /** null: no source knows a country. */
  country: string | null;
  verdict: LocationVerdict | null;
  judgement: JudgementWord;
  upBytes: number;
  downBytes: number;
  flows: number;
}

export interface OverviewRow {
  id: "overview";
  windowMs: number;
  verdict: {
    answer: Answer;
    reason: string;
    sinceMs: number | null;
    lastMs: number | null;
    count: number;
    upBytes: number;
  };
  /** At most 7. */
  worst: AlertRow[];
  open: Record<Severity, number>;
  /** Where bytes of patient-data zones go; country null: nowhere certain. */
  byCountry: { country: string | null; judgement: JudgementWord; upBytes: number }[];
  fresh: { sinceMs: number; count: number; critical: number };
  /** Alerts raised per ten minutes, mean of the last hour. */
  alertLoad: number;
  /** Bytes that left patient-data zones, a value a minute, oldest first. */
  upSeries: { fromMs: number; up: number[]; violation: number[] };
  zones: ZoneCountryRow[];
  /** Rows that did not fit into `zones`, summed. */
  zonesOther: { rows: number; upBytes: number; downBytes: number };
}

/** A country of the map, or (code null) bytes that belong nowhere certain. */
export interface MapRow {
  id: string;
  code: string | null;
  verdict: LocationVerdict | null;
  /** The worst judgement among its bytes. */
  judgement: JudgementWord;
  upBytes: number;
  downBytes: number;
  flows: number;
  openAlerts: number;
  /** For code null: why ("no source names a country" …). */
  why: string | null;
  /** For code null: countries that were named, without certainty. */
  perhaps: readonly string[];
}

export interface Row {
  id: string;
}

export type ClientFrame =
  | { type: "sub"; id: string; topic: Topic; params?: Record<string, string | number>; from?: { epoch: string; seq: number } }
  | { type: "unsub"; id: string }
  | { type: "pause" }
  | { type: "resume" };

export type ServerFrame =
  | { type: "hello"; epoch: string; build: string; mode: ConsoleMode }
  | { type: "snap"; id: string; epoch: string; seq: number; asOf: number | null; rows: Row[]; total: number; more: boolean; first: boolean }
  | { type: "delta"; id: string; prev: number; seq: number; asOf: number | null; put: Row[]; drop: string[]; total: number }
  | { type: "resync"; id: string; reason: "epoch" | "expired" | "overflow" }
  | { type: "tick"; asOf: number | null; lag: number | null; build: string; nowMs: number }
  | { type: "error"; id: string; reason: string }
  | { type: "bye"; code: number; retryMs: number };

export const ACTS = ["take", "snooze", "close", "note", "reopen", "block"] as const;
export type Act = (typeof ACTS)[number];

/** Reasons for which an alert may be closed. */
export const CLOSE_REASONS = ["incident", "authorised since", "location wrong", "test", "duplicate"] as const;

export interface ActRequest {
  ids: string[];
  /** Revision of each id as the page saw it. */
  revs: number[];
  act: Act;
  /** Who says so; there is no login yet, so nobody verifies it. */
  by?: string;
  untilMs?: number;
  reason?: string;
  note?: string;
  /** Of a block: how long the address stays listed; as configured when left out. */
  days?: number;
}

export type ActResult =
  | { ok: true; rev: number }
  | { ok: false; status: 404 | 412 | 422; reason: string; by: string | null; atMs: number | null };
