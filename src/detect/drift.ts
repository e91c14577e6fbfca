import type { JudgedFlow } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import { addToWindow, reportGrowth, threadOf } from "./report.ts";
import { PATIENT_ZONE } from "./zone-kinds.ts";

const HOUR_MICROS = 3600e6;
const DAY_MICROS = 24 * HOUR_MICROS;

/** Catalogue 6. */
export const driftRegion = defineDetection({
  name: "processor.drift.region",
  title: "A processor answers from a cloud region its contract does not name",
  severity: "medium",
  relevantTo: ["GDPR 28(3)(a)", "GDPR 30"],
  next: [
    "Ask the party whether the move of region was announced, and to which region.",
    "Compare with its agreement. If it was agreed: enter the region in the register; if not: give notice under the agreement.",
  ],
  doc: `Fires when, within 24 hours, the configured number of established flows of a registered party came from a region of a cloud that is not among its contracted
regions, while the country is still approved. A country that is not contracted is processor.drift.country.`,
  concern: "registered",
  thresholds: { minFlows: { default: 3, doc: "flows within 24 hours from which it fires" } },
  evaluate(judged, context) {
    const party = judged.party!;
    const cloud = judged.location?.place.cloud;
    if (cloud === undefined || party.regions === undefined || party.regions.length === 0 || !judged.isEstablished) return;
    if (judged.location!.verdict === "outside-list" && judged.judgement.word !== "authorised") return;
    const region = `${cloud.provider}:${cloud.region}`;
    if (party.regions.includes(region)) return;
    const { ledger, daySums, destinations } = context;
    ledger.share(judged);
    const thread = threadOf(judged, context, destinations.ofText(`${party.name} ${region}`));
    const flows = addToWindow(daySums, thread, judged.flow.endMicros, ledger.flows);
    if (flows < context.settings.minFlows) return;
    if (thread.alert === undefined) ledger.flows = Math.max(ledger.flows, flows);
    reportGrowth(judged, context, ledger, this.name, "medium", thread, () => ({
      rule: `contract:${party.name}`,
      because: `the contract with ${party.title} names ${party.regions!.join(", ")}, its address is in ${region}`,
      wouldAllow: `an agreement with ${party.title} that names ${region}, entered in the register`,
    }));
  },
});

/** Catalogue 7. */
export const driftAsn = defineDetection({
  name: "processor.drift.asn",
  title: "A processor answers from a network, or with a certificate issuer, that it did not use before",
  severity: "low; medium from a zone with patient data",
  relevantTo: ["GDPR 28(2)", "GDPR 28(4)", "NIS2 21(2)(d)"],
  next: [
    "Find out who runs the new network: a new sub-processor needs your authorisation (GDPR 28(2)).",
    "Ask the party. If it is agreed, enter the network in the register.",
  ],
  doc: `Fires when the configured number of established flows of a registered party came from an autonomous system that was not seen for it within the configured
days, or with a certificate of an issuer that was not. What is met first of a party, and what its entry lists, is known. Known providers (\`role: provider\`), edges of a
content delivery network that the entry allows, and anycast services do not count. It remembers over restarts. Targets of CNAME records are not compared.`,
  concern: "registered",
  thresholds: {
    minFlows: { default: 10, doc: "flows from which it fires" },
    rememberDays: { default: 30, doc: "days without traffic after which a network counts as new again" },
  },
  evaluate(judged, context) {
    const party = judged.party!;
    const { place } = judged.location ?? {};
    if (party.role === "provider" || place === undefined || !judged.isEstablished) return;
    const issuer = judged.flow.facts?.tls?.server?.issuer;
    const { asn } = place;
    const isNewNetwork = asn !== undefined && place.anycast === undefined && !party.asns.includes(asn) && judged.partyBy !== "prefix";
    if (!isNewNetwork && issuer === undefined) return;
    context.ledger.share(judged);
    if (isNewNetwork) look(judged, context, this.name, party, "network", `AS${asn}`, place.organization);
    if (issuer !== undefined) look(judged, context, this.name, party, "issuer", issuer, undefined);
  },
});

function look(
  judged: JudgedFlow,
  context: FlowContext<"minFlows" | "rememberDays">,
  detection: string,
  party: Party,
  kind: "network" | "issuer",
  subject: string,
  title: string | undefined,
): void {
  const { seen, growth, ledger, settings, destinations, zones } = context;
  const atMicros = judged.flow.endMicros;
  const rememberMicros = settings.rememberDays * DAY_MICROS;
  // The party's own entry tells whether anything was met of it before: what is first is the base line.
  const base = seen.of(`${party.name}|${kind}`, atMicros, rememberMicros);
  const isFirst = base.flows === 0;
  base.flows = 1;
  if (atMicros > base.lastMicros) base.lastMicros = atMicros;
  const sighting = seen.of(`${party.name}|${kind}|${subject}`, atMicros, rememberMicros);
  if (isFirst && sighting.flows === 0) sighting.state = "known";
  if (sighting.state === "reported" && atMicros - sighting.lastMicros > HOUR_MICROS) sighting.state = "known";
  if (atMicros > sighting.lastMicros) sighting.lastMicros = atMicros;
  sighting.flows += ledger.flows;
  if (sighting.state === "known") return;
  growth.sinceMicros = sighting.firstMicros;
  growth.bytesOut = ledger.bytesOut;
  growth.bytesIn = ledger.bytesIn;
  growth.flows = ledger.flows;
  if (sighting.state === "new") {
    growth.bytesOut = sighting.bytesOut += ledger.bytesOut;
    growth.bytesIn = sighting.bytesIn += ledger.bytesIn;
    growth.flows = sighting.flows;
    if (sighting.flows < settings.minFlows) return;
    sighting.state = "reported";
  }
  const severity = zones.of(judged.zone) === PATIENT_ZONE ? "medium" : "low";
  const thread = threadOf(judged, context, destinations.ofText(`${party.name} ${subject}`));
  reportGrowth(judged, context, growth, detection, severity, thread, () => ({
    rule: `contract:${party.name}`,
    detail: `${subject}${title === undefined ? "" : ` (${title})`} was not seen for ${party.title} in ${settings.rememberDays} days`,
    because:
      kind === "network"
        ? `${party.title} answers from ${subject}, which its entry does not list`
        : "a certificate of another issuer can mean another operator",
    wouldAllow: kind === "network" ? `${subject} among the networks of ${party.title} in the register` : "the same issuer as before",
  }));
}
