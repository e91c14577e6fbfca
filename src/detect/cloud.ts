import { formatBytes } from "../lib/units.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import { NameList } from "./name-list.ts";
import { addToWindow, reportFlow, threadOf } from "./report.ts";
import { ADMIN_ZONE, OTHER_ZONE, PATIENT_ZONE } from "./zone-kinds.ts";

/** Catalogue 22. */
export const aiEndpoint = defineDetection({
  name: "ai.endpoint_from_clinical",
  title: "An AI service is used from a clinical zone",
  severity: "high from a zone with patient data, low from an administration zone",
  relevantTo: ["GDPR 35", "GDPR 28", "GDPR 44", "GDPR 25"],
  next: [
    "Find out who uses it, for what, and whether patient data is pasted or sent.",
    "If the hospital wants the service: an impact assessment (GDPR 35), an agreement (GDPR 28) and an authorisation first.",
    "Else block it from these zones.",
  ],
  doc: `Fires for an established flow to a known AI service, by name, from a zone with patient data or an administration zone, where no named authorisation allows it.`,
  concern: "known-service",
  thresholds: {},
  evaluate(judged, context) {
    const kind = context.zones.of(judged.zone);
    if (judged.service!.kind !== "ai" || kind === OTHER_ZONE || !isUse(judged)) return;
    reportFlow(judged, context, this.name, kind === PATIENT_ZONE ? "high" : "low", threadOf(judged, context), () => ({
      detail: `${judged.service!.name} from ${judged.zone!.name}`,
      because: `${judged.service!.name} is on the list of AI services, and no authorisation from ${judged.zone!.name} names its party`,
      wouldAllow: `an authorisation from zone ${judged.zone!.name} to its party`,
    }));
  },
});

/** Catalogue 23. */
export const m365Boundary = defineDetection({
  name: "m365.boundary",
  title: "Microsoft 365 is used where it is not to be, or outside the EU Data Boundary",
  severity: "medium",
  relevantTo: ["GDPR 28(3)(a)", "GDPR 44", "GDPR 35(11)"],
  next: [
    "From a zone with patient data: find out what signs in there, and whether the agreement with Microsoft covers patient data.",
    "A service outside the EU Data Boundary: have it disabled in the tenant, or name the transfer as an authorisation.",
  ],
  doc: `Fires for an established flow from a zone with patient data to a Microsoft 365 endpoint, and from any judged zone to a name on \`exclusions\` (your import of Microsoft's
list of services that are not in the EU Data Boundary), where no named authorisation allows it.`,
  concern: "crossing",
  thresholds: {},
  lists: { exclusions: "domain suffixes of services outside the EU Data Boundary" },
  remember: ({ lists }) => new NameList(lists.exclusions),
  evaluate(judged, context) {
    const isM365 = judged.service?.kind === "m365" && context.zones.isPatient(judged.zone);
    if (!isM365 && (context.memory.isEmpty || judged.name === undefined)) return;
    const isExcluded = context.memory.has(judged.name);
    if ((!isM365 && !isExcluded) || !isUse(judged)) return;
    const subject = judged.service?.name ?? judged.name ?? "the service";
    reportFlow(judged, context, this.name, "medium", threadOf(judged, context), () => ({
      detail: `${subject} from ${judged.zone?.name ?? "no zone"}`,
      because: isExcluded
        ? `${judged.name} is on the list of services outside the EU Data Boundary`
        : `${subject} is a Microsoft 365 service, and ${judged.zone!.name} holds patient data`,
      wouldAllow: `an authorisation from zone ${judged.zone?.name ?? "no zone"} to its party`,
    }));
  },
});

/** Catalogue 24. */
export const personalCloud = defineDetection({
  name: "storage.personal_cloud",
  title: "Files go to a consumer file-sharing service",
  severity: "high",
  relevantTo: ["GDPR 32", "NIS2 21(2)(g)"],
  next: [
    "Ask the user of the inside device what was uploaded, and have it deleted there.",
    "Block the service from these zones, and offer the house's own way of exchanging files.",
    "If patient data went: decide on GDPR 33.",
  ],
  doc: `Fires when at least the configured bytes went to a known consumer file-sharing or transfer service within an hour, from a zone with patient data or an
administration zone, where no named authorisation allows it.`,
  concern: "known-service",
  thresholds: { minBytesPerHour: { default: 10_000_000, doc: "bytes leaving the site to one service within an hour from which it fires" } },
  evaluate(judged, context) {
    if (judged.service!.kind !== "personal-cloud" || context.zones.of(judged.zone) < ADMIN_ZONE) return;
    if (judged.judgement.word === "authorised") return;
    const thread = serviceThread(judged, context);
    const hour = addToWindow(context.sums, thread, judged.flow.endMicros, judged.newBytesOut);
    if (hour < context.settings.minBytesPerHour || !isUse(judged)) return;
    reportFlow(judged, context, this.name, "high", thread, () => ({
      detail: `${formatBytes(hour)} to ${judged.service!.name} within an hour`,
      because: `${judged.service!.name} is a consumer file-sharing service`,
      wouldAllow: `an authorisation from zone ${judged.zone!.name} to its party`,
    }));
  },
});

/** One service has many domains: its name is the destination, so that what goes to all of them is one sum. */
function serviceThread(judged: JudgedFlow, context: FlowContext<string>) {
  return threadOf(judged, context, context.destinations.ofText(judged.service!.name));
}

function isUse({ isEstablished, direction, judgement }: JudgedFlow): boolean {
  return isEstablished && direction === "outbound" && judgement.word !== "authorised";
}
