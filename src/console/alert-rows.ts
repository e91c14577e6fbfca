import { evidenceRows } from "../lib/evidence.ts";
import { VERDICT_MEANING } from "../lib/words.ts";
import type { Alert } from "../model/alert.ts";
import { SEVERITIES } from "../model/alert.ts";
import type { Tokens } from "./tokens.ts";
import type { AlertDetail, AlertRow } from "./wire.ts";

/** An alert as a row of a list: no inside address, no asset name. */
export function alertRow(alert: Alert, holdsPatientData: boolean): AlertRow {
  return {
    id: alert.id,
    threadId: alert.threadId,
    detection: alert.detection,
    severity: alert.severity,
    state: alert.state,
    zone: alert.zone ?? null,
    holdsPatientData,
    assetCount: alert.assetCount,
    party: alert.party ?? null,
    name: alert.name ?? null,
    countries: alert.countries,
    verdict: alert.verdict ?? null,
    confidence: alert.confidence ?? null,
    upBytes: alert.bytesOut,
    downBytes: alert.bytesIn,
    flows: alert.flowCount,
    firstMs: Math.floor(alert.firstMicros / 1000),
    lastMs: Math.floor(alert.lastMicros / 1000),
    owner: alert.owner ?? null,
    snoozedUntilMs: alert.snoozedUntilMs ?? null,
    closedReason: alert.closedReason ?? null,
    rev: alert.revision,
  };
}

/** An alert with its evidence; asset names and inside addresses in its texts become tokens. */
export function alertDetail(alert: Alert, holdsPatientData: boolean, tokens: Tokens, block: string | undefined): AlertDetail {
  const { evidence } = alert;
  const hide = (text: string) => tokens.hide(text, [evidence.asset, evidence.forwardedFor, evidence.insideAddress]);
  const hideOr = (text: string | undefined) => (text === undefined ? null : hide(text));
  return {
    ...alertRow(alert, holdsPatientData),
    sentence: hide(alert.sentence),
    detail: hideOr(evidence.detail),
    rule: { id: evidence.rule ?? null, because: hideOr(evidence.because), wouldAllow: hideOr(evidence.wouldAllow) },
    claims: (evidence.claims ?? []).map((claim) => ({
      kind: claim.kind ?? "country-database",
      source: claim.source,
      build: claim.build ?? null,
      sha256: claim.sha256 ?? null,
      countries: claim.countries,
      note: claim.note ?? null,
    })),
    meaning: alert.verdict === undefined ? null : (VERDICT_MEANING[alert.verdict] ?? null),
    evidence: evidenceRows(evidence, alert).map(([label, words]) => [label, hide(words)]),
    block: block ?? null,
    next: alert.next,
    relevantTo: alert.relevantTo,
    proof: { policyRev: alert.policyRevision, builds: alert.builds },
    history: alert.history.map((entry) => ({ atMs: entry.atMs, who: entry.who, what: entry.what, note: entry.note ?? null })),
    nameSource: evidence.nameSource ?? null,
    protocol: evidence.protocol ?? null,
  };
}

/** Worst first, then oldest first, then by id: a stable order that the page can repeat. */
export function bySeverityThenAge(a: Alert, b: Alert): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    a.firstMicros - b.firstMicros ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export function byNewest(a: Alert, b: Alert): number {
  return b.lastMicros - a.lastMicros || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
