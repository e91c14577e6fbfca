import type { Draft } from "../draft.ts";
import { didYouMean } from "../nearest.ts";
import type { Finding, OptionPath } from "../problem.ts";

/** Names that refer to something which is not there. */
export function references(draft: Draft): Finding[] {
  const findings: Finding[] = [];
  const { zones, parties, lists } = draft.names;
  const refer = (name: string | undefined, known: ReadonlySet<string>, kind: string, path: OptionPath) => {
    if (name === undefined || known.has(name)) return;
    const all = [...known].slice(0, 5).join(", ");
    const suggestion = didYouMean(name, known) ?? (known.size > 0 && known.size <= 5 ? `there is ${all}` : undefined);
    findings.push({ path, message: `there is no ${kind} ${JSON.stringify(name.slice(0, 80))}`, suggestion });
  };
  refer(draft.jurisdiction, lists, "jurisdiction list", ["jurisdiction"]);
  for (const [n, zone] of draft.zones.entries()) refer(zone.jurisdiction, lists, "jurisdiction list", ["zones", n, "jurisdiction"]);
  for (const [n, party] of draft.parties.entries()) refer(party.worksFor, parties, "party", ["parties", n, "worksFor"]);
  for (const [n, entry] of draft.authorisations.entries()) {
    for (const [m, name] of (entry.zones ?? []).entries()) refer(name, zones, "zone", ["authorisations", n, "zones", m]);
    for (const [m, name] of (entry.parties ?? []).entries()) refer(name, parties, "party", ["authorisations", n, "parties", m]);
  }
  return findings;
}
