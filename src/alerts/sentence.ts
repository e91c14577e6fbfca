import { formatMicros } from "../lib/time.ts";
import { formatBytes } from "../lib/units.ts";
import { countryInWords, evidenceWords, NAME_SOURCE_WORDS, PARTY_BY_WORDS, VERDICT_WORDS } from "../lib/words.ts";
import type { Alert, Finding } from "../model/alert.ts";
import type { NameSource, PartyBy } from "../model/judgement.ts";

const PROTOCOL_NAMES: ReadonlySet<string> = new Set(
  "dicom dns dtls ftp hl7 http imap ipsec l2tp mqtt pptp quic rdp rtp sip smb smtp snmp ssh stun tls vnc".split(" "),
);

/**
 * The alert in words (DETECTIONS, "What an alert says, always"): who, to whom, where with its evidence, how much and
 * since when; which rule decided and what would have allowed it; policy revision and builds; what to do next.
 */
export function sentenceOf(alert: Alert): string {
  const { evidence } = alert;
  const isOfFlow = evidence.insideAddress !== undefined;
  const first = isOfFlow ? flowSentence(alert) : healthSentence(alert);
  const decided =
    evidence.rule === undefined ? "" : ` Decided by ${evidence.rule}${evidence.because === undefined ? "" : `: ${evidence.because}`}.`;
  const allowed =
    evidence.wouldAllow === undefined ? "" : ` ${isOfFlow ? "Would be allowed by" : "Would end with"}: ${evidence.wouldAllow}.`;
  const builds = Object.entries(alert.builds).map(([name, build]) => `${name} ${build}`);
  const proof = ` Policy ${alert.policyRevision}${builds.length > 0 ? `; databases ${builds.join(", ")}` : ""}.`;
  const [step] = evidence.next === undefined ? alert.next : [evidence.next];
  const next = step === undefined ? "" : ` Next: ${step}`;
  return `${first}${decided}${allowed}${proof}${next}`;
}

function flowSentence(alert: Alert): string {
  const { evidence } = alert;
  const who = whoOf(alert);
  const zone = evidence.zone === undefined ? "no zone" : evidence.zone;
  const data = evidence.zoneHoldsPatientData ? " (patient data)" : "";
  const detail = evidence.detail === undefined ? "" : ` ${capitalised(evidence.detail)}.`;
  const since = `since ${clockOf(alert.firstMicros)} on ${dateOf(alert.firstMicros)}`;
  return `${who} in ${zone}${data} sent ${formatBytes(alert.bytesOut)} to ${toWhom(evidence)} ${whereOf(evidence, alert.countries)}, ${since}.${detail}`;
}

function healthSentence(alert: Alert): string {
  const { evidence } = alert;
  const cleared = alert.clearedMicros === undefined ? "" : `, until ${clockOf(alert.clearedMicros)} on ${dateOf(alert.clearedMicros)}`;
  const since = `since ${clockOf(alert.firstMicros)} on ${dateOf(alert.firstMicros)}`;
  return `${evidence.name ?? "bordertap"}: ${evidence.detail ?? alert.detection}, ${since}${cleared}.`;
}

function whoOf({ evidence, assetCount }: Alert): string {
  const one =
    (evidence.asset ?? evidence.insideAddress ?? "an inside host") + (evidence.forwardedFor === undefined ? "" : " by way of a proxy");
  if (assetCount < 2) return one;
  return `${one} and ${assetCount - 1} ${assetCount === 2 ? "other" : "others"}`;
}

function toWhom(evidence: Finding): string {
  const { name, nameSource, party, partyBy, partyAlso, outsideAddress, outsidePort, protocol, transport, proxiedTo } = evidence;
  const port = outsidePort === undefined ? "" : ` port ${outsidePort}/${transport}`;
  const known: string[] = [];
  if (party !== undefined) known.push(party, PARTY_BY_WORDS[partyBy as PartyBy] ?? "registered");
  else if (evidence.verdict !== undefined) known.push("party unknown");
  if (partyAlso !== undefined && partyAlso.length > 0) known.push(`or ${partyAlso.join(", ")}`);
  if (name !== undefined) known.push(NAME_SOURCE_WORDS[nameSource as NameSource] ?? "name of unknown origin");
  if (proxiedTo !== undefined) known.push("by way of the site's proxy");
  const address = `${outsideAddress ?? "an unknown address"}${port}`;
  if (name !== undefined) return `${name} (${known.join(", ")}; ${address}${protocol === undefined ? "" : `, ${protocol}`})`;
  if (protocol !== undefined) known.push(protocol);
  return known.length === 0 ? address : `${address} (${known.join(", ")})`;
}

function whereOf(evidence: Finding, countries: readonly string[]): string {
  const { verdict, list, confidence, claims } = evidence;
  // Only what is inside is never placed, and transit, which is of no zone.
  if (verdict === undefined && countries.length === 0) return evidence.zone === undefined ? "(not placed)" : "inside the site";
  const where =
    countries.length === 0 ? "in a country that no source can tell" : `in ${countries.slice(0, 6).map(countryInWords).join(" or ")}`;
  if (verdict === undefined) return where;
  const under = `${VERDICT_WORDS[verdict]}${list === undefined ? "" : ` ${list}`}`;
  return `${where}, ${under}, confidence ${confidence ?? 0}${evidenceWords(claims ?? [])}`;
}

/** Names of protocols are no words: "TLS to …", not "Tls to …". */
function capitalised(text: string): string {
  const [first] = text.split(" ", 1);
  if (PROTOCOL_NAMES.has(first)) return `${first.toUpperCase()}${text.slice(first.length)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "13:41:02Z" */
function clockOf(micros: number): string {
  return `${formatMicros(micros).slice(11, 19)}Z`;
}

function dateOf(micros: number): string {
  return formatMicros(micros).slice(0, 10);
}
