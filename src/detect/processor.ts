import { countryWords } from "../lib/words.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";
import { countryOf, type Destinations } from "./destination.ts";
import { defineDetection } from "./detection.ts";
import { findingOf } from "./finding.ts";
import { isFirstReport } from "./flow-ledger.ts";
import type { Thread, Threads } from "./thread.ts";
import { PATIENT_ZONE } from "./zone-kinds.ts";

const HOUR_MICROS = 3600e6;
const DAY_MICROS = 24 * HOUR_MICROS;

/** Catalogue 5. */
export const driftCountry = defineDetection({
  name: "processor.drift.country",
  title: "A processor answers from a country its contract does not name",
  severity: "critical when that country is not approved either, else high",
  relevantTo: ["GDPR 28(3)(a)", "GDPR 44", "GDPR 30(1)(e)"],
  next: [
    "Ask the party which region serves this name, and since when.",
    "Compare with the places of processing in its agreement (GDPR 28(3)(a)) and with its list of sub-processors.",
    "If the move was agreed: enter the country in the register. If not: give notice under the agreement, and decide whether the flow may go on.",
  ],
  doc: `Fires for an established flow to a registered party whose contract names countries, when none of the countries where its address may be is among them
and the location has at least the configured confidence. Zones and places that are not judged do not count. A country is "not approved" when it is
outside the zone's jurisdiction list and no authorisation covers the transfer.`,
  concern: "registered",
  thresholds: { confidence: { default: 70, doc: "confidence of the location, 0 to 100, below which it does not fire" } },
  evaluate(judged, { settings, ledger, threads, destinations, reporter }) {
    const { location, judgement } = judged;
    const party = judged.party!;
    if (location === undefined || party.countries.length === 0 || !judged.isEstablished) return;
    const { countries } = location.place;
    if (location.place.confidence < settings.confidence || countries.length === 0 || isContracted(party, countries)) return;
    ledger.share(judged);
    const isApproved = location.verdict !== "outside-list" || judgement.word === "authorised";
    const severity = isApproved ? "high" : "critical";
    const thread = threads.of(judged.zone, destinations.ofParty(party), countryOf(judged));
    if (reporter.grow(thread, judged, severity, ledger)) return;
    const contracted = party.countries.join(", ");
    const finding = findingOf(judged, ledger, {
      detection: this.name,
      severity,
      key: thread.key,
      rule: `contract:${party.name}`,
      because: `the contract with ${party.title} names ${contracted}; its address is in ${countryWords(countries)}`,
      wouldAllow: `an agreement with ${party.title} that names ${countries[0]}, entered in the register, or service from ${contracted}`,
    });
    reporter.open(thread, finding);
  },
});

function isContracted(party: Party, countries: readonly string[]): boolean {
  for (let n = 0; n < countries.length; n += 1) if (party.countries.includes(countries[n])) return true;
  return false;
}

/** Catalogue 8. */
export const unregistered = defineDetection({
  name: "processor.unregistered",
  title: "Data goes to somebody who is not in the register",
  severity: "high from a zone with patient data, low from an administration zone",
  relevantTo: ["GDPR 28(1)", "GDPR 28(3)", "GDPR 30"],
  next: [
    "Find out which service this is and who in the house uses it.",
    "If it processes personal data for the hospital: conclude the agreement of GDPR 28(3) and enter the party in the register.",
    "If it is a provider without such data (updates, time, certificates): enter it as a provider.",
    "Else block it.",
  ],
  doc: `Fires once per zone and destination (registrable domain of the name, else autonomous system, else /24 or /48) that has no entry in the register, as soon as
the configured bytes have gone there, summed over all its flows. The alert grows while that first episode goes on (silence up to an hour); afterwards the
destination is known and stays quiet until it was away for the configured days. Special-purpose addresses and ignored zones do not count.`,
  concern: "unregistered",
  thresholds: {
    minBytes: { default: 100_000, doc: "bytes leaving the site to one destination from which it fires" },
    rememberDays: { default: 30, doc: "days without traffic after which a destination counts as new again" },
  },
  evaluate(judged, { settings, zones, destinations, seen, threads, growth, reporter }) {
    const { flow, location } = judged;
    const zone = judged.zone!;
    if (location?.place.special !== undefined) return;
    const atMicros = flow.endMicros;
    const thread = threadOf(judged, destinations, threads);
    const rememberMicros = settings.rememberDays * DAY_MICROS;
    let { sighting } = thread;
    if (sighting === undefined || sighting.isForgotten || atMicros - sighting.lastMicros > rememberMicros)
      sighting = thread.sighting = seen.of(`${zone.name}|${thread.key[1]}`, atMicros, rememberMicros);
    if (sighting.state === "reported" && atMicros - sighting.lastMicros > HOUR_MICROS) sighting.state = "known";
    if (atMicros > sighting.lastMicros) sighting.lastMicros = atMicros;
    if (sighting.state === "known") return;
    growth.bytesOut = judged.newBytesOut;
    growth.bytesIn = judged.newBytesIn;
    growth.flows = isFirstReport(judged) ? 1 : 0;
    if (sighting.state === "new") {
      if (flow.startMicros < sighting.firstMicros) sighting.firstMicros = flow.startMicros;
      growth.bytesOut = sighting.bytesOut += growth.bytesOut;
      growth.bytesIn = sighting.bytesIn += growth.bytesIn;
      growth.flows = sighting.flows += growth.flows;
      if (sighting.bytesOut < settings.minBytes) return;
      sighting.state = "reported";
    }
    growth.sinceMicros = sighting.firstMicros;
    const severity = zones.of(zone) === PATIENT_ZONE ? "high" : "low";
    if (reporter.grow(thread, judged, severity, growth)) return;
    const subject = thread.key[1];
    const finding = findingOf(judged, growth, {
      detection: this.name,
      severity,
      key: thread.key,
      detail: `first data from ${zone.name} to ${subject}`,
      rule: "register",
      because: `no party in the register has the name, prefix or autonomous system of ${subject}`,
      wouldAllow: `an entry for ${subject} in the register of parties`,
    });
    reporter.open(thread, finding);
  },
});

function threadOf(judged: JudgedFlow, destinations: Destinations, threads: Threads): Thread {
  const { zone, location } = judged;
  const domain = destinations.ofName(judged.name);
  if (domain !== undefined) return threads.of(zone, domain, countryOf(judged));
  const place = location?.place;
  if (place?.asn === undefined) return threads.of(zone, destinations.ofPrefix(judged), countryOf(judged));
  const known = threads.atPlace(zone, place);
  if (known !== undefined) return known;
  const thread = threads.of(zone, destinations.ofAsn(place.asn), countryOf(judged));
  threads.keepAtPlace(thread, place);
  return thread;
}
