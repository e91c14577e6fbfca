import type { Finding } from "../model/alert.ts";
import type { NameSource, PartyBy } from "../model/judgement.ts";
import { claimInFull, countryWords, NAME_SOURCE_WORDS, PARTY_BY_WORDS, VERDICT_MEANING, VERDICT_WORDS } from "./words.ts";

/** One thing that is known, under its label. */
export type Row = readonly [label: string, text: string];

/** What an explanation rests on beside the finding. */
export interface Provenance {
  policyRevision: string;
  /** Database name → build. */
  builds: Readonly<Record<string, string>>;
}

/**
 * The evidence of a finding, one thing a row: who, to whom and how that is known, where with every claim, which rule, what would
 * have allowed it, policy and data. `bordertap explain` and the console show the same rows.
 */
export function evidenceRows(evidence: Finding, { policyRevision, builds }: Provenance): Row[] {
  const rows: Row[] = [];
  const say = (label: string, text: string | undefined) => {
    if (text !== undefined && text !== "") rows.push([label, text]);
  };
  const { verdict, claims = [] } = evidence;
  say("who", whoOf(evidence));
  if (evidence.insideAddress === undefined) say("about", evidence.name);
  say("to whom", toWhom(evidence));
  say("through", throughOf(evidence));
  say("party", partyOf(evidence));
  say("where", whereOf(evidence));
  for (const claim of claims) say("claim", claimInFull(claim));
  if (verdict !== undefined) say("which means", VERDICT_MEANING[verdict]);
  say("rule", evidence.rule);
  say("because", evidence.because);
  say(evidence.insideAddress === undefined ? "would end it" : "would allow", evidence.wouldAllow);
  say("detail", evidence.detail);
  say("policy", policyRevision === "" ? undefined : `revision ${policyRevision}`);
  const told = new Set<string>();
  for (const { source, build, sha256 } of claims) {
    if (sha256 === undefined || told.has(source)) continue;
    told.add(source);
    const digest = sha256 === "" ? "a list of bordertap's own, part of the policy revision" : `sha256 ${sha256}`;
    say("database", `${source} ${build ?? builds[source] ?? ""}, ${digest}`);
  }
  for (const [name, build] of Object.entries(builds)) if (!told.has(name)) say("database", `${name} ${build}`);
  return rows;
}

function whoOf({ asset, insideAddress, forwardedFor, zone, zoneHoldsPatientData }: Finding): string | undefined {
  if (insideAddress === undefined) return undefined;
  const address = forwardedFor ?? insideAddress;
  const one = asset === undefined || asset === address ? address : `${asset} (${address})`;
  const host = forwardedFor === undefined ? one : `${one}, by the word of the site's proxy ${insideAddress},`;
  if (zone === undefined) return `${host}, in no zone`;
  return `${host} in zone ${zone}${zoneHoldsPatientData ? ", which holds patient data" : ""}`;
}

function toWhom({ name, nameSource, outsideAddress, outsidePort, transport, protocol }: Finding): string | undefined {
  if (outsideAddress === undefined) return undefined;
  const port = outsidePort === undefined || outsidePort < 0 ? "" : ` port ${outsidePort}/${transport}`;
  const spoken = protocol === undefined ? "" : `, ${protocol}`;
  if (name === undefined) return `${outsideAddress}${port}${spoken}; no name is known`;
  return `${name} (${NAME_SOURCE_WORDS[nameSource as NameSource] ?? "name of unknown origin"}) at ${outsideAddress}${port}${spoken}`;
}

function throughOf({ proxiedTo, tunnels }: Finding): string | undefined {
  const through = [
    ...(proxiedTo === undefined ? [] : [`the site's proxy, which was asked for ${proxiedTo}`]),
    ...(tunnels === undefined || tunnels.length === 0
      ? []
      : [`${tunnels.length > 1 ? "tunnels, outermost first: " : "a tunnel: "}${tunnels.join(", ")}`]),
  ];
  return through.length === 0 ? undefined : through.join("; ");
}

function partyOf({ party, partyBy, partyAlso, outsideAddress, verdict }: Finding): string | undefined {
  if (outsideAddress === undefined) return undefined;
  if (party === undefined)
    return verdict === undefined ? undefined : "unknown: nobody in the register has this name, address, certificate, AE title or AS";
  const also = partyAlso === undefined || partyAlso.length === 0 ? "" : `; not certain: ${partyAlso.join(", ")} is named by other marks`;
  return `${party}, ${PARTY_BY_WORDS[partyBy as PartyBy] ?? "as given"}${also}`;
}

function whereOf({ countries, verdict, list, confidence, insideAddress, outsideAddress, zone }: Finding): string | undefined {
  if (verdict === undefined && (insideAddress === undefined || outsideAddress === undefined)) return undefined;
  // Only what is inside is never placed, and transit, which is of no zone.
  if (verdict === undefined) return zone === undefined ? "not placed: neither end is in the site's own networks" : "inside the site";
  return `${countryWords(countries ?? [])}, ${VERDICT_WORDS[verdict]}${list === undefined ? "" : ` ${list}`}, confidence ${confidence ?? 0} of 100`;
}
