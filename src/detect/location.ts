import { countryWords } from "../lib/words.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { PlaceClaims } from "./place-claims.ts";
import { reportFlow, threadOf } from "./report.ts";
import { PATIENT_ZONE } from "./zone-kinds.ts";

/** Catalogue 3. */
export const anycastEdge = defineDetection({
  name: "residency.anycast_edge",
  title: "A party answers from an anycast or CDN edge that its contract does not list",
  severity: "medium",
  relevantTo: ["GDPR 28(3)(a)", "GDPR 44"],
  next: [
    "Ask the party where its edge ends TLS for you, and whether it can be held to a region.",
    "If the contract allows the edge: say so in the register (`cdnAllowed`). If not: ask for a name that is served from the contracted places.",
  ],
  doc: `Fires for an established flow of a zone with patient data to a registered party, when the address belongs to an anycast service or a content
delivery network and the party's entry does not allow that. Known providers (\`role: provider\`) have no such contract and do not count; who is not registered at
all is the matter of residency.indeterminate and processor.unregistered.`,
  concern: "registered",
  thresholds: {},
  evaluate(judged, context) {
    const party = judged.party!;
    const edge = judged.place?.anycast ?? judged.location?.place.anycast;
    if (edge === undefined || party.isCdnAllowed === true || party.role === "provider") return;
    if (!judged.isEstablished || !context.zones.isPatient(judged.zone)) return;
    reportFlow(judged, context, this.name, "medium", threadOf(judged, context), () => ({
      rule: `contract:${party.name}`,
      because: `${edge} is an edge whose place the address does not tell, and the contract with ${party.title} does not list it`,
      wouldAllow: `an entry of ${party.title} that allows CDN or anycast delivery, or service from its contracted places`,
    }));
  },
});

/** Catalogue 4. */
export const geoContradicted = defineDetection({
  name: "geo.contradicted",
  title: "What is claimed of a place cannot be true",
  severity: "low; medium where it changes the judgement of a zone with patient data",
  relevantTo: ["GDPR 5(1)(d)", "GDPR 5(2)"],
  next: [
    "Look at the claims: which source is old, and which is the provider's own word?",
    "Check the round-trip time: it only disproves. A proxy in front of the address answers from nearer.",
    "If the override is wrong, take it out; if a database is, enter an override with its proof.",
  ],
  doc: `Fires for an established flow to an address of which a source claims a country that is farther away than light could have come from in the time an answer
took (one handshake is enough to fire; two within a day are needed before such a claim no longer counts), or where an override of yours disagrees with every database. It is medium
where that changes what is said of a zone with patient data: the verdict is another one than without the round-trip time, or rests on the override alone. Databases that merely
disagree with each other do not fire it: where that matters the place is \`undecided\`, which is residency.indeterminate's to tell.`,
  concern: "crossing",
  thresholds: {},
  remember: () => new PlaceClaims(),
  evaluate(judged, context) {
    const { location } = judged;
    if (location === undefined || !judged.isEstablished) return;
    const { disproved, doubted } = location.place;
    const isTooFar = disproved !== undefined || doubted !== undefined;
    if (!isTooFar && !context.memory.of(location.place).isOverrideAlone) return;
    const severity = context.zones.of(judged.zone) === PATIENT_ZONE && isChanged(judged, isTooFar) ? "medium" : "low";
    reportFlow(judged, context, this.name, severity, threadOf(judged, context), () => ({
      because: isTooFar
        ? `an answer came sooner than light could have brought it from ${countryWords(disproved ?? doubted ?? [])}, which a source claims${disproved === undefined ? "; one answer alone is a doubt, no proof" : ""}`
        : "an override says another country than every database",
      wouldAllow: "claims that agree: a newer database, the provider's own list of regions, or an override with its proof",
    }));
  },
});

/** The judgement is another one than without the round-trip time, or it is the override alone that decides. */
function isChanged({ judgement, location }: JudgedFlow, isTooFar: boolean): boolean {
  if (judgement.word === "authorised") return false;
  return !isTooFar || (location?.unboundedVerdict !== undefined && location.unboundedVerdict !== location.verdict);
}
