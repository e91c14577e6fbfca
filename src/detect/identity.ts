import type { FlowFacts } from "../model/facts.ts";
import { isClear } from "./clear-text.ts";
import { defineDetection } from "./detection.ts";
import { reportFlow, threadOf } from "./report.ts";

/** Labels of numbers whose check digits were verified, as the classing registry names them. */
const IDENTITY_LABEL = /^national-id-/;

/** Catalogue 15b. */
export const clearIdentifier = defineDetection({
  name: "clear.patient_identifier",
  title: "National health or identity numbers in clear text cross the border",
  severity: "critical",
  relevantTo: ["GDPR 32(1)(a)", "GDPR 9", "GDPR 87", "NIS2 21(2)(h)"],
  next: [
    "Have the connection stopped or encrypted today: the numbers are readable on the way.",
    "Ask the owner of the inside device what was sent; bordertap keeps counts only, never a number.",
    "Decide on GDPR 33 (72 hours from when you know).",
  ],
  doc: `Fires when at least the configured count of valid national numbers (Luxembourg, France, Germany, Belgium; check digits verified) was found in one flow outside TLS
between an inside and an outside address, whatever the country and the judgement. Numbers are counted, never kept. Further labels of the content classes can be named under \`labels\`.`,
  concern: "clear-text",
  thresholds: { minCount: { default: 3, doc: "numbers in one flow from which it fires" } },
  lists: { labels: "further labels of recognised contents that count as identity numbers" },
  remember: ({ lists }) => new Set(lists.labels),
  evaluate(judged, context) {
    const { content } = judged.flow.facts!;
    if (content === undefined || !isClear(judged.flow.facts!)) return;
    if (judged.direction === "inbound" && !judged.isEstablished) return;
    let count = 0;
    for (const found of content) if (IDENTITY_LABEL.test(found.label) || context.memory.has(found.label)) count += found.count;
    if (count < context.settings.minCount) return;
    reportFlow(judged, context, this.name, "critical", threadOf(judged, context), () => ({
      detail: `${count} valid numbers (${labelsOf(judged.flow.facts!, context.memory)}) in clear text`,
      because: "national numbers without encryption toward an outside address are readable by everybody on the way",
      wouldAllow: "the same exchange inside TLS or an authorised tunnel",
    }));
  },
});

function labelsOf({ content = [] }: FlowFacts, more: ReadonlySet<unknown>): string {
  const labels = content.map(({ label }) => label).filter((label) => IDENTITY_LABEL.test(label) || more.has(label));
  return [...new Set(labels)].slice(0, 6).join(", ");
}
