import type { Draft } from "../draft.ts";
import type { Finding } from "../problem.ts";
import { isCovered, merge, rangeOf } from "../ranges.ts";
import { contradictions } from "./contradictions.ts";

/** What is not wrong, and should be looked at. `today`: YYYY-MM-DD, UTC. */
export function warnings(draft: Draft, today: string): Finding[] {
  const findings: Finding[] = [];
  const inside = merge(draft.inside.map((network) => rangeOf(network ?? "")).filter((range) => range !== undefined));
  for (const [n, party] of draft.parties.entries()) {
    if (party.agreementEnds !== undefined && party.agreementEnds < today) {
      findings.push({
        path: ["parties", n, "agreementEnds"],
        message: `the agreement with ${party.name} ended on ${party.agreementEnds} (GDPR 28(3))`,
      });
    }
    for (const [m, paper] of (party.documents ?? []).entries()) {
      if (paper?.ends === undefined || paper.ends >= today) continue;
      findings.push({ path: ["parties", n, "documents", m, "ends"], message: `${paper.kind} of ${party.name} ended on ${paper.ends}` });
    }
    if (party.role === "sub-processor" && party.worksFor === undefined) {
      findings.push({
        path: ["parties", n],
        message: `sub-processor ${party.name} names no processor that it works for (GDPR 28(4))`,
        suggestion: "give worksFor",
      });
    }
    for (const [m, network] of (party.networks ?? []).entries()) {
      const range = rangeOf(network ?? "");
      if (!range || !isCovered(range, inside)) continue;
      findings.push({ path: ["parties", n, "networks", m], message: `${network} is inside, so no flow to it is ever ${party.name}'s` });
    }
  }
  for (const [n, entry] of draft.authorisations.entries()) {
    if (entry.until === undefined || entry.until >= today) continue;
    findings.push({ path: ["authorisations", n, "until"], message: `authorisation ${entry.id} ended on ${entry.until}` });
  }
  return [...findings, ...tap(draft), ...contradictions(draft, today)];
}

function tap({ tapPosition, isInsideDefault }: Draft): Finding[] {
  if (tapPosition !== "outside-nat" || !isInsideDefault) return [];
  const message = "the tap is outside address translation, and inside holds private space only: no flow would be the site's";
  return [{ path: ["site", "tap"], message, suggestion: "add the public addresses to inside" }];
}
