import { type Alert, type Finding, isWorse } from "../model/alert.ts";

/** Distinct inside ends kept per alert. */
const ASSETS_KEPT = 256;
const COUNTRIES_KEPT = 32;
const HISTORY_KEPT = 64;

/** An alert with what its file needs beside it. */
export interface Group {
  alert: Alert;
  key: string;
  /** Inside ends seen, in order of appearance; `alert.assetCount` is its size. */
  assets: Set<string>;
  /** `alert.revision` when a person or a severity last changed it: growth alone makes nobody's act out of date. */
  actedRevision: number;
  /** The sentence no longer tells the counters. */
  isStale: boolean;
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
  const group: Group = { alert, key: parts.key, assets: new Set(), actedRevision: 1, isStale: true };
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
  const before = group.assets.size + group.alert.countries.length;
  const { alert } = group;
  alert.revision += 1;
  alert.findingCount += 1;
  alert.flowCount += finding.newFlows ?? 0;
  alert.bytesOut += finding.newBytesOut ?? 0;
  alert.bytesIn += finding.newBytesIn ?? 0;
  if (finding.sinceMicros < alert.firstMicros) alert.firstMicros = finding.sinceMicros;
  if (finding.atMicros > alert.lastMicros) alert.lastMicros = finding.atMicros;
  const asset = finding.asset ?? finding.insideAddress;
  if (asset !== undefined && group.assets.size < ASSETS_KEPT && !group.assets.has(asset)) {
    group.assets.add(asset);
    alert.assetCount = group.assets.size;
  }
  for (const country of finding.countries ?? [])
    if (!alert.countries.includes(country) && alert.countries.length < COUNTRIES_KEPT) alert.countries.push(country);
  group.isStale = true;
  if (!isWorse(finding.severity, alert.severity)) return group.assets.size + alert.countries.length > before ? "widened" : "grew";
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
