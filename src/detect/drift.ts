import { formatMicros } from "../lib/time.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Party } from "../model/site.ts";
import { CnameTargets } from "./cname-targets.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import type { Sighting } from "./first-seen.ts";
import { addToWindow, reportGrowth, threadOf } from "./report.ts";
import { PATIENT_ZONE } from "./zone-kinds.ts";

const HOUR_MICROS = 3600e6;
const DAY_MICROS = 24 * HOUR_MICROS;
/** The names of a party lead to several places from the beginning: all that is met within its first day is known. */
const LEARNING_MICROS = DAY_MICROS;

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
      because: `the contract with ${party.title} names ${party.regions!.join(", ")}; its address is in ${region}`,
      wouldAllow: `an agreement with ${party.title} that names ${region}, entered in the register`,
    }));
  },
});

/** Catalogue 7. */
export const driftAsn = defineDetection({
  name: "processor.drift.asn",
  title: "A processor answers from a network, by a DNS alias or with a certificate issuer that it did not use before",
  severity: "low; medium from a zone with patient data",
  relevantTo: ["GDPR 28(2)", "GDPR 28(4)", "NIS2 21(2)(d)"],
  next: [
    "Find out who runs the new network, or the domain that DNS leads to: a new sub-processor needs your authorisation (GDPR 28(2)).",
    "Ask the party. If it is agreed, enter the network or domain in the register.",
  ],
  doc: `Fires when the configured number of established flows of a registered party came from an autonomous system that was not seen for it within the configured
days, or with a certificate of an issuer that was not, or under a name that DNS led to another organisation than before: the registrable domain at the end of the CNAME chain,
in the answers seen for names under the entry's \`domains\`, from the first flow to one of them on. What is met first of a party (of CNAME targets: within its first day), and what its entry lists, is known. Known providers (\`role: provider\`), edges of a
content delivery network that the entry allows, and anycast services do not count. It remembers over restarts.`,
  concern: ["registered", "resolved"],
  thresholds: {
    minFlows: { default: 10, doc: "flows from which it fires" },
    rememberDays: { default: 30, doc: "days without traffic after which a network counts as new again" },
  },
  remember: () => new CnameTargets(),
  evaluate(judged, context) {
    const resolved = judged.flow.facts?.resolved;
    if (resolved !== undefined) for (const resolution of resolved) context.memory.learn(resolution);
    const { party } = judged;
    const { place } = judged.location ?? {};
    // DNS is asked about whoever it is to.
    if (party === undefined || judged.direction === "transit" || judged.judgement.word === "ignored") return;
    if (party.role === "provider" || place === undefined || !judged.isEstablished) return;
    const issuer = judged.flow.facts?.tls?.server?.issuer;
    const { asn } = place;
    const isNewNetwork = asn !== undefined && place.anycast === undefined && !party.asns.includes(asn) && judged.partyBy !== "prefix";
    const target = targetOf(judged, party, context);
    if (!isNewNetwork && issuer === undefined && target === undefined) return;
    context.ledger.share(judged);
    if (isNewNetwork) look(judged, context, this.name, party, "network", `AS${asn}`, place.organization);
    if (issuer !== undefined) look(judged, context, this.name, party, "issuer", issuer, undefined);
    if (target !== undefined) look(judged, context, this.name, party, "target", target, undefined);
  },
});

/** The registrable domain that DNS led this flow's name to, unless it is an edge that the contract allows. */
function targetOf(judged: JudgedFlow, party: Party, { memory, destinations }: FlowContext<string, CnameTargets>): string | undefined {
  const { name } = judged;
  const domain = destinations.ofName(name);
  if (name === undefined || domain === undefined || judged.partyBy !== "name") return undefined;
  if (party.isCdnAllowed && judged.location?.place.anycast !== undefined) return undefined;
  memory.watch(domain.text);
  const end = memory.endOf(name, judged);
  return end === undefined ? undefined : destinations.ofName(end)?.text;
}

/** How it is called in sentences. */
const KINDS = {
  network: {
    isNew: (subject: string, title?: string) => `${subject}${title === undefined ? "" : ` (${title})`}`,
    because: (party: Party, subject: string) => `${party.title} answers from ${subject}, which its entry does not list`,
    wouldAllow: (party: Party, subject: string) => `${subject} among the networks of ${party.title} in the register`,
  },
  issuer: {
    isNew: (subject: string) => `a certificate issued by ${subject}`,
    because: () => "a certificate of another issuer can mean another operator",
    wouldAllow: () => "the same issuer as before",
  },
  target: {
    isNew: (subject: string) => `DNS leads this name to ${subject}, which`,
    because: (party: Party, subject: string) =>
      `DNS leads names of ${party.title} to ${subject}, which can mean that somebody else works for it`,
    wouldAllow: (party: Party, subject: string) => `${subject} among the domains of ${party.title} in the register`,
  },
};

function look(
  judged: JudgedFlow,
  context: FlowContext<"minFlows" | "rememberDays">,
  detection: string,
  party: Party,
  kind: keyof typeof KINDS,
  subject: string,
  title: string | undefined,
): void {
  const { seen, growth, ledger, settings, destinations, zones } = context;
  const atMicros = judged.flow.endMicros;
  const rememberMicros = settings.rememberDays * DAY_MICROS;
  // The party's own entry tells whether anything was met of it before: what is first is the base line.
  const base = seen.of(`${party.name}|${kind}`, atMicros, rememberMicros);
  const isFirst = base.flows === 0 || (kind === "target" && atMicros - base.firstMicros < LEARNING_MICROS);
  base.flows = 1;
  if (atMicros > base.lastMicros) base.lastMicros = atMicros;
  const sighting = seen.of(`${party.name}|${kind}|${subject}`, atMicros, rememberMicros);
  if (sighting.flows === 0 && (isFirst || (kind === "target" && isOwn(party, subject)))) sighting.state = "known";
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
    detail: `${KINDS[kind].isNew(subject, title)} was not seen for ${party.title} ${sinceWhen(base, atMicros, rememberMicros)}`,
    because: KINDS[kind].because(party, subject),
    wouldAllow: KINDS[kind].wouldAllow(party, subject),
  }));
}

/** How long it was watched: more than that is not known. */
function sinceWhen({ firstMicros }: Sighting, atMicros: number, rememberMicros: number): string {
  if (atMicros - firstMicros >= rememberMicros) return `in ${Math.round(rememberMicros / DAY_MICROS)} days`;
  return `since it was first met, on ${formatMicros(firstMicros).slice(0, 10)}`;
}

/** The entry lists this registrable domain, or a name below it. */
function isOwn(party: Party, domain: string): boolean {
  return party.domains.some((own) => own === domain || own.endsWith(`.${domain}`));
}
