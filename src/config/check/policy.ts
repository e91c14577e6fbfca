import type { Draft } from "../draft.ts";
import type { Finding } from "../problem.ts";

/** Adequacy covers only part of the country, so an approval needs country, organisation and validity (GDPR 45). */
const PARTLY_ADEQUATE: Record<string, string> = {
  US: "adequacy covers only organisations certified under the Data Privacy Framework, Decision (EU) 2023/1795",
  CA: "adequacy covers only commercial organisations under PIPEDA",
};

/** What policy must not say. */
export function policy(draft: Draft): Finding[] {
  return [...wholeCountries(draft), ...authorisations(draft), ...unrecognisable(draft)];
}

function wholeCountries(draft: Draft): Finding[] {
  return draft.jurisdictions.flatMap((list, n) =>
    (list.countries ?? []).flatMap((code = "", m) =>
      PARTLY_ADEQUATE[code]
        ? [
            {
              path: ["jurisdictions", n, "countries", m],
              message: `${code} cannot be approved as a country: ${PARTLY_ADEQUATE[code]}`,
              suggestion: "write an authorisation that names the party",
            },
          ]
        : [],
    ),
  );
}

function authorisations(draft: Draft): Finding[] {
  return draft.authorisations.flatMap((entry, n) => {
    const findings: Finding[] = [];
    const path = ["authorisations", n] as const;
    for (const [m, code = ""] of (entry.countries ?? []).entries()) {
      if (!PARTLY_ADEQUATE[code]) continue;
      const here = [...path, "countries", m];
      const reason = PARTLY_ADEQUATE[code];
      if (entry.parties?.length === 0) {
        findings.push({
          path: here,
          message: `${code} cannot be authorised by country alone: ${reason}`,
          suggestion: "name the party in parties",
        });
      } else if (entry.parties && !entry.until) {
        findings.push({ path: here, message: `${code} cannot be authorised without an end: ${reason}`, suggestion: "give until" });
      }
    }
    findings.push(...endlessAbroad(draft, entry, path));
    if (entry.parties?.length === 0 && entry.countries?.length === 0) {
      findings.push({ path, message: `authorisation ${entry.id ?? n} names neither parties nor countries, so it would allow everything` });
    }
    if (entry.from !== undefined && entry.until !== undefined && entry.from > entry.until) {
      findings.push({ path: [...path, "until"], message: `is before from (${entry.from})` });
    }
    return findings;
  });
}

/** Without countries it is for wherever its parties are: by their contracts the US or Canada, which need an end. */
function endlessAbroad(draft: Draft, entry: Draft["authorisations"][number], path: readonly (string | number)[]): Finding[] {
  if (entry.until !== undefined || !entry.parties?.length || entry.countries?.length !== 0) return [];
  const named = draft.parties.filter(({ name }) => entry.parties?.includes(name));
  const code = named.flatMap(({ countries }) => countries ?? []).find((one = "") => PARTLY_ADEQUATE[one]);
  if (code === undefined) return [];
  return [
    {
      path: [...path],
      message: `authorisation ${entry.id} allows a party in ${code} without an end: ${PARTLY_ADEQUATE[code]}`,
      suggestion: "give until, or countries",
    },
  ];
}

function unrecognisable(draft: Draft): Finding[] {
  const parties = draft.parties.flatMap((party, n) =>
    [party.domains, party.networks, party.asns, party.certificateSubjects, party.aeTitles].every((marks) => marks?.length === 0)
      ? [
          {
            path: ["parties", n],
            message: `party ${party.name ?? n} has no domains, networks, asns, certificateSubjects or aeTitles, so no flow is ever its`,
          },
        ]
      : [],
  );
  const own = draft.parties.flatMap((party, n) =>
    party.worksFor !== undefined && party.worksFor === party.name
      ? [{ path: ["parties", n, "worksFor"], message: `party ${party.name} cannot work for itself` }]
      : [],
  );
  const assets = draft.assets.flatMap((asset, n) =>
    draft.assetsWithoutMark.has(n)
      ? [{ path: ["assets", n], message: `asset ${asset.name ?? n} has neither address nor mac, so nothing is ever it` }]
      : [],
  );
  return [...parties, ...own, ...assets];
}
