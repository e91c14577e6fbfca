import type { FlowFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { countryOf } from "./destination.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import { findingOf } from "./finding.ts";

const RELEVANT_TO = ["GDPR 32(1)(a)", "GDPR 9", "NIS2 21(2)(h)"];

/** Inside TLS a dissector sees nothing of either protocol; this is for one recognised before or under another layer. */
export function isClear(facts: FlowFacts): boolean {
  return facts.tls === undefined && !facts.protocols.includes("tls");
}

function report(
  judged: JudgedFlow,
  { ledger, threads, destinations, reporter }: FlowContext<string>,
  name: string,
  words: (facts: FlowFacts) => { because: string; wouldAllow: string; detail: string },
): void {
  ledger.share(judged);
  const thread = threads.of(judged.zone, destinations.of(judged), countryOf(judged));
  if (reporter.grow(thread, judged, "critical", ledger)) return;
  const parts = { detection: name, severity: "critical" as const, key: thread.key, rule: `detection:${name}` };
  reporter.open(thread, findingOf(judged, ledger, { ...parts, ...words(judged.flow.facts!) }));
}

/** Catalogue 12. */
export const clearDicom = defineDetection({
  name: "clear.dicom_external",
  title: "DICOM in clear text crosses the border",
  severity: "critical",
  relevantTo: RELEVANT_TO,
  next: [
    "Have the association stopped, or moved into TLS (DICOM PS3.15 B.1) or a tunnel, today: images and patient names are readable on the way.",
    "Find out which images went: the archive's own log has the association by its AE titles and time.",
    "Decide on GDPR 33 (72 hours from when you know).",
  ],
  doc: `Fires for a DICOM association outside TLS between an inside and an outside address, whatever the country, the party and the judgement.
A request that goes out fires at once. A request that comes from outside fires when the inside end accepted the association: port scans do not.`,
  concern: "clear-text",
  thresholds: {},
  evaluate(judged, context) {
    const facts = judged.flow.facts!;
    const { dicom } = facts;
    if (dicom === undefined || !isClear(facts)) return;
    if (judged.direction === "inbound" && dicom.result !== "accepted") return;
    report(judged, context, this.name, dicomWords);
  },
});

/** Catalogue 15. */
export const clearFhir = defineDetection({
  name: "clear.fhir_external",
  title: "FHIR in clear text crosses the border",
  severity: "critical",
  relevantTo: RELEVANT_TO,
  next: [
    "Have the interface moved to HTTPS, or stopped, today: resources and the names in their addresses are readable on the way.",
    "Find out which resources went: the server's own log has them by path and time.",
    "Decide on GDPR 33 (72 hours from when you know).",
  ],
  doc: `Fires for HTTP without TLS between an inside and an outside address that carries FHIR: its media type (\`application/fhir+json\` or \`+xml\`) or the path of a
FHIR resource, whatever the country, the party and the judgement. When the flow was opened from outside, it fires once the inside end has answered.`,
  concern: "clear-text",
  thresholds: {},
  evaluate(judged, context) {
    const facts = judged.flow.facts!;
    if (!(facts.fhir !== undefined || facts.http?.contentTypes?.some(isFhirType) === true) || !isClear(facts)) return;
    if (judged.direction === "inbound" && !judged.isEstablished) return;
    report(judged, context, this.name, fhirWords);
  },
});

/** Catalogue 14. */
export const clearHl7 = defineDetection({
  name: "clear.hl7_external",
  title: "HL7 messages in clear text cross the border",
  severity: "critical",
  relevantTo: RELEVANT_TO,
  next: [
    "Have the interface stopped, or moved into TLS or a tunnel, today: names, results and orders are readable on the way.",
    "Find out which messages went: the interface engine's own log has them by application, facility and time.",
    "Decide on GDPR 33 (72 hours from when you know).",
  ],
  doc: `Fires for an MLLP frame with an HL7 version 2 message outside TLS between an inside and an outside address, whatever the country, the party and
the judgement. When the flow was opened from outside, it fires once the inside end has answered.`,
  concern: "clear-text",
  thresholds: {},
  evaluate(judged, context) {
    const facts = judged.flow.facts!;
    const { hl7 } = facts;
    if (hl7 === undefined || !isClear(facts)) return;
    if (judged.direction === "inbound" && !judged.isEstablished) return;
    report(judged, context, this.name, hl7Words);
  },
});

function isFhirType(type: string): boolean {
  return type.startsWith("application/fhir+");
}

function fhirWords({ fhir = {} }: FlowFacts) {
  const types = fhir.resourceTypes?.slice(0, 4).join(", ") ?? "resources of unknown type";
  const does = fhir.interactions === undefined ? "" : ` (${fhir.interactions.slice(0, 4).join(", ")})`;
  return {
    detail: `FHIR ${types}${does} over HTTP without TLS`,
    because: "FHIR without TLS toward an outside address is readable by everybody on the way",
    wouldAllow: "the same interface over HTTPS",
  };
}

function dicomWords({ dicom = {} }: FlowFacts) {
  const called = dicom.calledAe?.[0] ?? "unknown";
  const result = dicom.result === "accepted" || dicom.result === "rejected" ? `, ${dicom.result}` : "";
  return {
    detail: `DICOM association ${dicom.callingAe?.[0] ?? "unknown"} to ${called}${result}`,
    because: "DICOM without TLS toward an outside address is readable by everybody on the way",
    wouldAllow: "the same association inside TLS (DICOM PS3.15 B.1) or inside an authorised tunnel",
  };
}

function hl7Words({ hl7 = {} }: FlowFacts) {
  const types = hl7.messageTypes?.slice(0, 4).join(", ") ?? "messages of unknown type";
  const from = hl7.sendingApplication?.[0] ?? "unknown";
  const to = hl7.receivingApplication?.[0] ?? "unknown";
  return {
    detail: `HL7 ${types} from ${from} to ${to}${hl7.messages === undefined ? "" : `, ${hl7.messages} messages read`}`,
    because: "HL7 version 2 without TLS toward an outside address is readable by everybody on the way",
    wouldAllow: "the same interface inside TLS or inside an authorised tunnel",
  };
}
