import { defineDetection } from "./detection.ts";
import { PrefixList } from "./prefix-list.ts";
import { reportFlow, threadOf } from "./report.ts";

/** Catalogue 16. */
export const mailUnencrypted = defineDetection({
  name: "mail.unencrypted",
  title: "A letter leaves without encryption",
  severity: "high",
  relevantTo: ["GDPR 32(1)(a)", "NIS2 21(2)(h)"],
  next: [
    "Have the relay require TLS toward this domain (a transport rule, MTA-STS or DANE).",
    "If the other side has no TLS: such letters need end-to-end encryption, or another way.",
    "Find out from the relay's log whether letters with patient data went.",
  ],
  doc: `Fires when a letter was handed over in clear (SMTP DATA without STARTTLS) to an outside mail server, from a zone with patient data or from one of the configured mail relays.`,
  concern: "clear-text",
  thresholds: {},
  lists: { relays: "inside networks of the site's own mail relays" },
  remember: ({ lists }) => new PrefixList(lists.relays),
  evaluate(judged, context) {
    const { smtp, tls } = judged.flow.facts!;
    if (smtp?.dataSent !== true || smtp.starttls === "used" || tls !== undefined || judged.direction !== "outbound") return;
    if (!context.zones.isPatient(judged.zone) && !context.memory.hasInside(judged)) return;
    const offered =
      smtp.starttls === "offered" ? "the other side offered STARTTLS and it was not used" : "the other side offered no STARTTLS";
    const domains = smtp.rcptDomains?.slice(0, 4).join(", ");
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      detail: domains === undefined ? offered : `letters for ${domains}; ${offered}`,
      because: "a letter without TLS is readable by everybody on the way",
      wouldAllow: "STARTTLS toward this server, or TLS from the first byte",
    }));
  },
});

/** Catalogue 17. */
export const mailCloud = defineDetection({
  name: "mail.cloud_from_phi",
  title: "A cloud mail or office suite is used from a zone with patient data",
  severity: "medium",
  relevantTo: ["GDPR 32", "GDPR 25"],
  next: [
    "Find out which person or program uses it from this device, and whether patient data is involved.",
    "Mail and office work belong on a device outside these zones; block it here if nothing needs it.",
  ],
  doc: `Fires for an established flow from a zone with patient data to a known cloud mail or office suite, by name, where no named authorisation allows it.`,
  concern: "known-service",
  thresholds: {},
  evaluate(judged, context) {
    const kind = judged.service!.kind;
    if ((kind !== "mail-suite" && kind !== "m365") || !judged.isEstablished || judged.direction !== "outbound") return;
    if (judged.judgement.word === "authorised" || !context.zones.isPatient(judged.zone)) return;
    const service = judged.service!.name;
    reportFlow(judged, context, this.name, "medium", threadOf(judged, context), () => ({
      detail: `${service} from ${judged.zone!.name}`,
      because: `${service} is a cloud mail or office suite, and ${judged.zone!.name} holds patient data`,
      wouldAllow: `an authorisation from zone ${judged.zone!.name} to its party`,
    }));
  },
});
