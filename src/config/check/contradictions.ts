import { PATIENT_DATA } from "../../model/site.ts";
import type { Draft } from "../draft.ts";
import type { Finding } from "../problem.ts";

type Authorisation = Draft["authorisations"][number];

/** Authorisations before one that it is held against; beyond them nobody reads warnings. */
const MOST_COMPARED = 200;
const CHAPTER_FIVE = /\b4[5679]\b/;
/** Standard clauses, binding rules and derogations mean something only with the paper or the case behind them. */
const NEEDS_REFERENCE = /\b4[679]\b/;

/**
 * Authorisations that say what the rest of the configuration does not: they are followed as written, but somebody should
 * look at them.
 */
export function contradictions(draft: Draft, today: string): Finding[] {
  const findings: Finding[] = [];
  const parties = new Map(draft.parties.map((party) => [party.name, party]));
  const zones = new Map(draft.zones.map((zone) => [zone.name, zone]));
  const earlier = new Map<string, Authorisation[]>();
  for (const [n, entry] of draft.authorisations.entries()) {
    const path = ["authorisations", n];
    const say = (key: string, message: string, suggestion?: string) => findings.push({ path: [...path, key], message, suggestion });
    const { id, basis, reference } = entry;
    if (basis !== undefined && !CHAPTER_FIVE.test(basis))
      say("basis", `${id} rests on no article of chapter V: ${JSON.stringify(basis)}`, "name GDPR 45, 46, 47 or 49");
    else if (basis !== undefined && NEEDS_REFERENCE.test(basis) && reference === undefined)
      findings.push({ path, message: `${id} rests on ${basis} without a reference to the clauses, rules or case` });
    if (entry.mostUsesIn30Days !== undefined && basis !== undefined && !/\b49\b/.test(basis))
      say("mostUsesIn30Days", `${id} bounds its use, which is for derogations (GDPR 49), and rests on ${basis}`);
    for (const name of entry.parties ?? []) {
      const party = parties.get(name);
      if (!party) continue;
      const abroad = (entry.countries ?? []).filter(
        (code) => code !== undefined && party.countries?.length && !party.countries.includes(code),
      );
      if (abroad.length > 0) say("countries", `${id} allows ${name} in ${abroad.join(", ")}, which its contract does not name`);
      if (party.purposes?.length && entry.purpose !== undefined && !party.purposes.includes(entry.purpose))
        say("purpose", `${id} is for a purpose that the contract with ${name} does not name`);
      if (party.agreementEnds !== undefined && (entry.until ?? "9999") > party.agreementEnds && !hasEnded(entry, today))
        say("until", `${id} goes on after the agreement with ${name} ends on ${party.agreementEnds}`);
    }
    for (const name of entry.zones ?? []) {
      const data = zones.get(name)?.data;
      const missing = (data ?? []).filter((one) => one !== undefined && entry.data?.length && !entry.data.includes(one));
      if (missing.length > 0) say("data", `${id} never decides for zone ${name}, which also holds ${missing.join(", ")}`);
    }
    const isWide = !entry.zones?.length && [...zones.values()].some((zone) => zone.data?.some((one) => one && PATIENT_DATA.has(one)));
    if (isWide && !entry.parties?.length) say("zones", `${id} is for every zone and every party: patient data is in some of them`);

    for (const name of entry.parties?.length ? entry.parties : [""]) {
      const before = earlier.get(name ?? "") ?? [];
      const shadow = before.find((one) => takesAll(one, entry));
      if (shadow) say("id", `${id} never decides: ${shadow.id} before it covers the same`);
      if (before.length < MOST_COMPARED) before.push(entry);
      earlier.set(name ?? "", before);
    }
  }
  const all = draft.authorisations;
  if (all.length > 1 && all.every((entry) => hasEnded(entry, today)))
    findings.push({
      path: ["authorisations"],
      message: "every authorisation has ended",
      suggestion: "is the clock of this machine right?",
    });
  return findings;
}

/** Whatever the later one covers (of one party), the earlier one does, at all times. */
function takesAll(before: Authorisation, later: Authorisation): boolean {
  if (before.hours !== undefined) return false;
  const holds = (wide: readonly unknown[] = [], narrow: readonly unknown[] = []) =>
    wide.length === 0 || (narrow.length > 0 && narrow.every((one) => wide.includes(one)));
  return (
    holds(before.zones, later.zones) &&
    holds(before.countries, later.countries) &&
    holds(before.data, later.data) &&
    (before.from ?? "") <= (later.from ?? "") &&
    (before.until ?? "9999") >= (later.until ?? "9999") &&
    sameParties(before, later)
  );
}

/** The later one is for no party beyond those of the earlier one. */
function sameParties(before: Authorisation, later: Authorisation): boolean {
  return (later.parties ?? []).every((name) => before.parties?.includes(name));
}

function hasEnded(entry: Authorisation, today: string): boolean {
  return entry.until !== undefined && entry.until < today;
}
