import { claimInFull, countryWords, NAME_SOURCE_WORDS, PARTY_BY_WORDS, VERDICT_WORDS } from "../lib/words.ts";
import type { Finding } from "../model/alert.ts";
import type { NameSource, PartyBy } from "../model/judgement.ts";

export type Row = [label: string, text: string];

/** The evidence of a finding, one thing a row, in the words of the alerts. */
export function explanationRows(evidence: Finding, of: { policyRevision: string; builds: Readonly<Record<string, string>> }): Row[] {
  const rows: Row[] = [];
  const say = (label: string, text: string | undefined) => {
    if (text !== undefined && text !== "") rows.push([label, text]);
  };
  say("who", whoOf(evidence));
  say("to whom", toWhom(evidence));
  say("party", partyOf(evidence));
  say("where", whereOf(evidence));
  for (const claim of evidence.claims ?? []) say("claim", claimInFull(claim));
  say("rule", evidence.rule);
  say("because", evidence.because);
  say("would allow", evidence.wouldAllow);
  say("detail", evidence.detail);
  say("policy", `revision ${of.policyRevision}`);
  for (const [name, build] of Object.entries(of.builds)) say("database", `${name} ${build}`);
  return rows;
}

/** Rows under each other, a label only where it changes. */
export function rowsText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  return `${rows.map(([label, text], n) => `${(rows[n - 1]?.[0] === label ? "" : label).padEnd(width)}${text}`).join("\n")}\n`;
}

function whoOf({ asset, insideAddress, zone, zoneHoldsPatientData }: Finding): string | undefined {
  if (insideAddress === undefined) return undefined;
  const host = asset === undefined ? insideAddress : `${asset} (${insideAddress})`;
  return `${host} in zone ${zone ?? "none"}${zoneHoldsPatientData ? ", which holds patient data" : ""}`;
}

function toWhom({ name, nameSource, outsideAddress, outsidePort, transport, protocol }: Finding): string | undefined {
  if (outsideAddress === undefined) return undefined;
  const port = outsidePort === undefined ? "" : ` port ${outsidePort}/${transport}`;
  const spoken = protocol === undefined ? "" : `, ${protocol}`;
  if (name === undefined) return `${outsideAddress}${port}${spoken}`;
  return `${name} (${NAME_SOURCE_WORDS[nameSource as NameSource] ?? "name of unknown origin"}) at ${outsideAddress}${port}${spoken}`;
}

function partyOf({ party, partyBy, partyAlso, outsideAddress }: Finding): string | undefined {
  if (outsideAddress === undefined) return undefined;
  if (party === undefined) return "unknown: nobody in the register has this name, address, certificate, AE title or AS";
  const also = partyAlso === undefined || partyAlso.length === 0 ? "" : `; not certain, ${partyAlso.join(", ")} is spoken for too`;
  return `${party}, ${PARTY_BY_WORDS[partyBy as PartyBy] ?? "as given"}${also}`;
}

function whereOf({ countries, verdict, list, confidence }: Finding): string | undefined {
  if (verdict === undefined) return undefined;
  return `${countryWords(countries ?? [])}, ${VERDICT_WORDS[verdict]}${list === undefined ? "" : ` ${list}`}, confidence ${confidence ?? 0}`;
}
