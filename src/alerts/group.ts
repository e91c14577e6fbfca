import { type Alert, type Finding, type Growth, isWorse } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { InsideEnds } from "./inside-ends.ts";
import type { Running } from "./running.ts";

const COUNTRIES_KEPT = 32;
const HISTORY_KEPT = 64;

/** An alert with what its file needs beside it. */
export interface Group {
  alert: Alert;
  key: string;
  /** Inside ends seen; `alert.assetCount` is its size. */
  ends: InsideEnds;
  /** `alert.revision` when a person or a severity last changed it: growth alone makes nobody's act out of date. */
  actedRevision: number;
  /** The sentence no longer tells the counters. */
  isStale: boolean;
  /** It grew, and that was not told yet. */
  hasGrown: boolean;
  /** It is the newest of its thread and on the board. */
  isNewest: boolean;
  /** Countries added last: those of one place are one array. */
  lastCountries: readonly string[] | undefined;
  /** What detections hold of it, once one asked. */
  running: Running | undefined;
}

/** A group of an alert that stands, with no word told of it. */
export function groupOf(alert: Alert, key: string, assets: Iterable<string>, actedRevision: number): Group {
  return {
    alert,
    key,
    ends: new InsideEnds(assets),
    actedRevision,
    isStale: true,
    hasGrown: false,
    isNewest: false,
    lastCountries: undefined,
    running: undefined,
  };
}

/** What the alert knows of its surroundings when it opens or rises. */
export interface Provenance {
  policyRevision: string;
  builds: Record<string, string>;
}

export function openGroup(
  finding: Finding,
  parts: { key: string; id: string; threadId: string; relevantTo: string[]; next: string[]; isReplay: boolean } & Provenance,
): Group {
  const alert: Alert = {
    id: parts.id,
    threadId: parts.threadId,
    detection: finding.detection,
    severity: finding.severity,
    state: "open",
    revision: 0,
    assetCount: 0,
    countries: [],
    bytesOut: 0,
    bytesIn: 0,
    flowCount: 0,
    findingCount: 0,
    firstMicros: finding.sinceMicros,
    lastMicros: finding.atMicros,
    sentence: "",
    evidence: finding,
    relevantTo: parts.relevantTo,
    next: parts.next,
    policyRevision: parts.policyRevision,
    builds: parts.builds,
    history: [],
  };
  if (parts.isReplay) alert.isReplay = true;
  const group = groupOf(alert, parts.key, [], 1);
  useEvidence(alert, finding);
  absorb(group, finding);
  // Packet time: the same capture gives the same alert, byte for byte.
  addHistory(alert, { atMs: Math.floor(finding.atMicros / 1000), who: "bordertap", what: "opened" });
  return group;
}

/**
 * Adds a finding: `raised` when it raised the severity (its evidence then replaces the old one), `widened` when it named
 * another inside end or country, `grew` when only counters changed.
 */
export function absorb(group: Group, finding: Finding): "raised" | "widened" | "grew" {
  const { alert } = group;
  const before = group.ends.size + alert.countries.length;
  add(group, finding.atMicros, finding.sinceMicros, finding.newBytesOut ?? 0, finding.newBytesIn ?? 0, finding.newFlows ?? 0);
  const end = finding.asset ?? finding.insideAddress;
  if (end !== undefined) group.ends.add(end);
  alert.assetCount = group.ends.size;
  if (finding.countries !== undefined) addCountries(alert, finding.countries);
  if (!isWorse(finding.severity, alert.severity)) return group.ends.size + alert.countries.length > before ? "widened" : "grew";
  addHistory(alert, {
    atMs: Math.floor(finding.atMicros / 1000),
    who: "bordertap",
    what: `severity ${alert.severity} → ${finding.severity}`,
  });
  alert.severity = finding.severity;
  useEvidence(alert, finding);
  group.actedRevision = alert.revision;
  return "raised";
}

/** The same for a flow event that raises nothing, without a finding; true when it widened the alert. */
export function addFlow(group: Group, judged: JudgedFlow, { sinceMicros, bytesOut, bytesIn, flows }: Readonly<Growth>): boolean {
  const { alert, ends } = group;
  const { flow, asset, location } = judged;
  const before = ends.size + alert.countries.length;
  add(group, flow.endMicros, sinceMicros, bytesOut, bytesIn, flows);
  if (asset !== undefined) ends.add(asset.name);
  else if (judged.direction === "inbound")
    ends.addAddress(flow.responderWord(0), flow.responderWord(1), flow.responderWord(2), flow.responderWord(3));
  else ends.addAddress(flow.initiatorWord(0), flow.initiatorWord(1), flow.initiatorWord(2), flow.initiatorWord(3));
  if (location !== undefined && location.place.countries !== group.lastCountries) {
    group.lastCountries = location.place.countries;
    addCountries(alert, group.lastCountries);
  }
  if (ends.size + alert.countries.length === before) return false;
  alert.assetCount = ends.size;
  return true;
}

function add(group: Group, atMicros: number, sinceMicros: number, bytesOut: number, bytesIn: number, flows: number): void {
  const { alert } = group;
  alert.revision += 1;
  alert.findingCount += 1;
  alert.flowCount += flows;
  alert.bytesOut += bytesOut;
  alert.bytesIn += bytesIn;
  if (sinceMicros < alert.firstMicros) alert.firstMicros = sinceMicros;
  if (atMicros > alert.lastMicros) alert.lastMicros = atMicros;
  group.isStale = true;
}

function addCountries(alert: Alert, countries: readonly string[]): void {
  for (let n = 0; n < countries.length; n += 1)
    if (!alert.countries.includes(countries[n]) && alert.countries.length < COUNTRIES_KEPT) alert.countries.push(countries[n]);
}

/** Keeps the first entry (how it began) and the newest ones. */
export function addHistory(alert: Alert, entry: Alert["history"][number]): void {
  alert.history.push(entry);
  if (alert.history.length > HISTORY_KEPT) alert.history.splice(1, 1);
}

function useEvidence(alert: Alert, finding: Finding): void {
  alert.evidence = finding;
  if (finding.zone !== undefined) alert.zone = finding.zone;
  if (finding.party !== undefined) alert.party = finding.party;
  if (finding.name !== undefined) alert.name = finding.name;
  if (finding.verdict !== undefined) alert.verdict = finding.verdict;
  if (finding.confidence !== undefined) alert.confidence = finding.confidence;
}
