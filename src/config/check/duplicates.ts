import { parseAddress } from "../../lib/ip.ts";
import { type Draft, REST_ZONE } from "../draft.ts";
import { type Finding, formatPath, type OptionPath } from "../problem.ts";

type Marked = [mark: string | undefined, path: OptionPath];

/** Names, addresses and marks of recognition that must not be given twice. */
export function duplicates(draft: Draft): Finding[] {
  const named = (section: "zones" | "parties" | "jurisdictions") =>
    draft[section].map((entry, n): Marked => [entry.name?.toLowerCase(), [section, n, "name"]]);
  const marks = (mark: "domains" | "networks" | "asns" | "aeTitles" | "certificateSubjects") =>
    draft.parties.flatMap((party, n) =>
      (party[mark] ?? []).map((value, m): Marked => [value?.toString().toLowerCase(), ["parties", n, mark, m]]),
    );
  return [
    ...twice(named("zones")),
    ...twice(named("parties")),
    ...twice(named("jurisdictions")),
    ...twice(draft.authorisations.map((entry, n): Marked => [entry.id?.toLowerCase(), ["authorisations", n, "id"]])),
    ...twice(
      draft.assets.map((entry, n): Marked => [parseAddress(entry.address ?? "")?.join() ?? entry.address, ["assets", n, "address"]]),
    ),
    ...twice(draft.assets.map((entry, n): Marked => [entry.mac, ["assets", n, "mac"]])),
    ...twice(marks("domains")),
    ...twice(marks("networks")),
    ...twice(marks("asns")),
    ...twice(marks("aeTitles")),
    ...twice(marks("certificateSubjects")),
    ...reserved(named("zones"), [REST_ZONE], "is the built-in zone of inside addresses in no other zone"),
    ...reserved(
      named("jurisdictions"),
      draft.builtInLists.map((list) => list.name),
      "is a built-in list",
    ),
  ];
}

function twice(all: readonly Marked[]): Finding[] {
  const first = new Map<string, OptionPath>();
  return all.flatMap(([mark, path]) => {
    const before = mark === undefined ? undefined : first.get(mark);
    if (before) return [{ path, message: `is the same as ${formatPath(before)}` }];
    if (mark !== undefined) first.set(mark, path);
    return [];
  });
}

function reserved(all: readonly Marked[], names: readonly string[], why: string): Finding[] {
  return all
    .filter(([mark]) => mark !== undefined && names.includes(mark))
    .map(([mark, path]) => ({ path, message: `${JSON.stringify(mark)} ${why}`, suggestion: "take another name" }));
}
