import { hasPorts, ICMP, ICMP6, transportName } from "../lib/transports.ts";
import type { Finding, Growth, Severity } from "../model/alert.ts";
import type { Direction, JudgedFlow } from "../model/judgement.ts";
import { PATIENT_DATA } from "../model/site.ts";

/** What a detection adds to what the judged flow tells by itself. */
export interface FindingParts {
  detection: string;
  severity: Severity;
  key: readonly string[];
  detail?: string;
  /** The rule that decided, where it is not the policy's. */
  rule?: string;
  because?: string;
  wouldAllow?: string;
  next?: string;
}

/** What an alert says of a direction that is not the usual one. */
const DIRECTION_WORDS: Partial<Record<Direction, string>> = {
  inbound: "the flow was opened from outside",
  transit: "neither end is in the site's own networks: one may be missing under inside",
};

/** Copies what an alert needs from a judged flow, which is only valid within the call. */
export function findingOf(judged: JudgedFlow, growth: Readonly<Growth>, parts: FindingParts): Finding {
  const { flow, zone, asset, party, name, location, judgement } = judged;
  const finding: Finding = {
    detection: parts.detection,
    severity: parts.severity,
    key: parts.key,
    atMicros: flow.endMicros,
    sinceMicros: growth.sinceMicros,
    insideAddress: judged.insideAddress(),
    outsideAddress: judged.outsideAddress(),
    transport: transportName(flow.transport),
    rule: parts.rule ?? judgement.rule,
    because: parts.because ?? judgement.because,
    flowId: `${flow.thread}.${flow.id}`,
    newBytesOut: growth.bytesOut,
    newBytesIn: growth.bytesIn,
    newFlows: growth.flows,
  };
  if (zone !== undefined) {
    finding.zone = zone.name;
    finding.zoneHoldsPatientData = zone.data.some((dataClass) => PATIENT_DATA.has(dataClass));
  }
  if (asset !== undefined) finding.asset = asset.name;
  if (party !== undefined) finding.party = party.name;
  if (judged.partyBy !== undefined) finding.partyBy = judged.partyBy;
  if (judged.partyAlso !== undefined) finding.partyAlso = judged.partyAlso;
  if (name !== undefined) finding.name = name;
  if (judged.nameSource !== undefined) finding.nameSource = judged.nameSource;
  if (judged.proxiedTo !== undefined) finding.proxiedTo = judged.proxiedTo;
  if (judged.forwardedFor !== undefined) finding.forwardedFor = judged.forwardedFor;
  const tunnels = flow.facts?.tunnel;
  if (tunnels !== undefined) finding.tunnels = tunnels.map(({ type }) => type);
  if (hasPorts(flow) && flow.transport !== ICMP && flow.transport !== ICMP6) finding.outsidePort = judged.outsidePort();
  const protocol = flow.facts?.protocols[0];
  if (protocol !== undefined) finding.protocol = protocol;
  if (location !== undefined) {
    finding.countries = location.place.countries;
    finding.verdict = location.verdict;
    finding.list = location.list;
    finding.confidence = location.confidence ?? location.place.confidence;
    finding.claims = location.place.claims;
  }
  const wouldAllow = parts.wouldAllow ?? (parts.rule === undefined ? judgement.wouldAllow : undefined);
  if (wouldAllow !== undefined) finding.wouldAllow = wouldAllow;
  if (parts.next !== undefined) finding.next = parts.next;
  const detail = [parts.detail, DIRECTION_WORDS[judged.direction]].filter((text) => text !== undefined);
  if (detail.length > 0) finding.detail = detail.join("; ");
  return finding;
}
