import { countryOf } from "./destination.ts";
import { defineDetection } from "./detection.ts";
import { findingOf } from "./finding.ts";
import type { HourlySums } from "./hourly-sums.ts";
import type { Thread } from "./thread.ts";

/** Catalogue 1. A flow opened from outside is judged too: it can carry data out. */
export const residencyViolation = defineDetection({
  name: "residency.violation",
  title: "Patient data leaves for a place outside the list",
  severity: "critical from 1 MB up, else high",
  relevantTo: ["GDPR 44", "GDPR 45", "GDPR 46", "GDPR 5(1)(f)", "GDPR 5(2)"],
  next: [
    "Ask the owner of the inside device what this connection is for, and whether it may stop.",
    "If it must go on: have the data-protection officer name the transfer as an authorisation, with its legal basis.",
    "If it must not: block the destination, keep this alert as evidence, and decide on GDPR 33 (72 hours from when you know).",
    "If the location looks wrong: check each claim against the provider, and add an override with its proof.",
  ],
  doc: `Fires for a flow of a zone with patient data, in either direction, once both sides have spoken, when its outside end is in a
country outside the zone's jurisdiction list with at least the configured confidence (that it is outside the list: databases that name different countries, none of them on it, agree in that), and no valid authorisation covers the zone, the party and the country.
Bytes up are those of the flow or of the whole group in the last hour, whichever is more, so that many small flows weigh as much as one large one.
A foreign address is an indicator of a transfer, not proof of one.`,
  concern: "outside-list",
  thresholds: {
    confidence: { default: 80, doc: "confidence of the verdict, 0 to 100, below which it does not fire" },
    criticalBytes: { default: 1_000_000, doc: "bytes leaving the site from which it is critical" },
  },
  evaluate(judged, { settings, zones, destinations, threads, ledger, sums, reporter }) {
    const { location } = judged;
    if (!judged.isEstablished || !zones.isPatient(judged.zone) || location === undefined) return;
    if (location.verdict !== "outside-list" || (location.confidence ?? location.place.confidence) < settings.confidence) return;
    const thread = threads.of(judged.zone, destinations.of(judged), countryOf(judged));
    ledger.share(judged);
    const bytesUp = Math.max(judged.bytesOut, addToHour(sums, thread, judged.flow.endMicros, ledger.bytesOut));
    const severity = bytesUp >= settings.criticalBytes ? "critical" : "high";
    if (reporter.grow(thread, judged, severity, ledger)) return;
    reporter.open(thread, findingOf(judged, ledger, { detection: this.name, severity, key: thread.key }));
  },
});

/** Catalogue 2. */
export const residencyIndeterminate = defineDetection({
  name: "residency.indeterminate",
  title: "Patient data leaves for a place nobody can name",
  severity: "medium",
  relevantTo: ["GDPR 44", "GDPR 24", "GDPR 32(1)(d)"],
  next: [
    "Find out who runs the destination: its name, its network's owner, the person who uses it.",
    "Enter it in the register of parties with its contracted countries, or block it.",
    "If it is an anycast service: ask the provider where it answers from, and put that in the contract.",
  ],
  doc: `Fires for established flows of a zone with patient data to a place whose country no source can tell, or of which the sources contradict each other in what matters, when no registered party answers there,
or to a party that an authorisation trusts and whose own word alone says that it is there (rule \`unproven:<id>\`), when more than the configured bytes went to that destination (party, registrable domain, else /24 or /48) within an hour of packet time.
Special-purpose addresses (private, link-local, multicast, documentation …) are never geolocated and do not count.`,
  concern: "undecided",
  thresholds: {
    minBytesPerHour: { default: 100_000, doc: "bytes leaving the site to one destination within an hour from which it fires" },
  },
  evaluate(judged, { settings, zones, destinations, threads, ledger, sums, reporter }) {
    const { location, party } = judged;
    if (!zones.isPatient(judged.zone) || location === undefined || location.place.special !== undefined) return;
    const { verdict } = location;
    const isNowhere = party === undefined && (verdict === "indeterminate" || verdict === "contradicted");
    if (!isNowhere && !(party !== undefined && judged.judgement.rule.startsWith("unproven:"))) return;
    const thread = threads.of(judged.zone, destinations.of(judged), countryOf(judged));
    const hour = addToHour(sums, thread, judged.flow.endMicros, judged.newBytesOut);
    if (hour < settings.minBytesPerHour || !judged.isEstablished) return;
    ledger.share(judged);
    if (reporter.grow(thread, judged, "medium", ledger)) return;
    reporter.open(thread, findingOf(judged, ledger, { detection: this.name, severity: "medium", key: thread.key }));
  },
});

function addToHour(sums: HourlySums, thread: Thread, atMicros: number, bytes: number): number {
  if (thread.sum === undefined || thread.sum.isForgotten) thread.sum = sums.of(thread.key.join("|"), atMicros);
  return sums.add(thread.sum, atMicros, bytes);
}
