import type { Detection } from "./detection.ts";
import { DETECTIONS } from "./index.ts";

/** The reference page of the catalogue, markdown, made from the declarations. */
export function detectionsReference(): string {
  const head = `# Detections

Names are stable: rules in a SIEM or in Prometheus may refer to them. "Up" is what leaves the site, whoever opened the flow. Articles are those a
detection is relevant to; an alert is an indicator, never a finding of breach (EDPB Guidelines 05/2021). Flows are judged by packet time, so the same
capture gives the same alerts; only the detections on the tap itself go by wall time.

| name | severity | relevant to |
|---|---|---|
${DETECTIONS.map(({ name, severity, relevantTo }) => `| [${name}](#${anchor(name)}) | ${severity} | ${relevantTo.join(", ")} |`).join("\n")}
`;
  return `${head}\n${DETECTIONS.map(section).join("\n")}`;
}

function section({ name, title, severity, relevantTo, next, doc, thresholds, lists = {} }: Detection): string {
  const rows = Object.entries(thresholds).map(([key, threshold]) => `| \`${key}\` | ${threshold.default} | ${threshold.doc} |`);
  for (const [key, text] of Object.entries(lists)) rows.push(`| \`${key}\` | empty | ${text} |`);
  const settings = ["| setting | default | meaning |", "|---|---|---|", "| `enabled` | true | off: it never fires |", ...rows].join("\n");
  return `## ${name}

${title}. Severity: ${severity}. Relevant to: ${relevantTo.join(", ")}.

${doc}

${settings}

What to do next:

${next.map((step, index) => `${index + 1}. ${step}`).join("\n")}
`;
}

/** As GitHub makes anchors of headings: dots vanish. */
function anchor(name: string): string {
  return name.replaceAll(".", "");
}
