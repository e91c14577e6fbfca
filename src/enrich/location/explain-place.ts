import type { Claim, Location, Place } from "../../model/location.ts";
import { WEIGHTS } from "./weights.ts";

/** How a place came about, as text for a terminal: claims in order of rank with their weights, what decided, what each list says. */
export function explainPlace(address: string, place: Place, locations: readonly Location[]): string {
  const lines = [`${address}`];
  for (const claim of place.claims) lines.push(`  ${claimLine(claim, place)}`);
  lines.push("", ...conclusion(place).map((line) => `  ${line}`), "");
  for (const { list, verdict, confidence } of locations) {
    const why =
      verdict === "outside-list" ? "every source names a country off the list" : "one database alone, of a network at home off the list";
    lines.push(`  list ${list}: ${verdict}${confidence === undefined ? "" : `, confidence ${confidence}: ${why}`}`);
  }
  return `${lines.join("\n")}\n`;
}

function claimLine(claim: Claim, place: Place): string {
  const { kind = "country-database", source, build, sha256, countries, note } = claim;
  const says = countries.length > 0 ? countries.join(" or ") : "no country";
  const isGone = countries.length > 0 && countries.every((code) => place.disproved?.includes(code));
  const from = [build === undefined ? source : `${source} ${build}`, sha256 ? `sha256 ${sha256.slice(0, 12)}…` : ""]
    .filter(Boolean)
    .join(", ");
  return `${kind.padEnd(18)}weight ${String(WEIGHTS[kind]).padStart(3)}  ${says}${isGone ? " (ruled out)" : ""}  [${from}]${note ? `  ${note}` : ""}`;
}

function conclusion(place: Place): string[] {
  const { countries, confidence, special, anycast, disproved, doubted, isDisputed, cloud, asn, organization } = place;
  const where = countries.length > 0 ? countries.join(" or ") : special !== undefined ? `nowhere: ${special}` : "nobody knows";
  return [
    `place: ${where}, confidence ${confidence}`,
    ...(cloud ? [`cloud: ${cloud.provider} ${cloud.region}`] : []),
    ...(anycast ? [`anycast: ${anycast}: where it answers from is not known from the address`] : []),
    ...(isDisputed ? ["sources of equal rank name different countries: 15 off the confidence"] : []),
    ...(disproved ? [`ruled out by the speed of light: ${disproved.join(", ")}`] : []),
    ...(doubted ? [`doubted, by one answer alone: ${doubted.join(", ")}`] : []),
    ...(asn === undefined ? [] : [`announced by AS${asn} ${organization ?? ""}`.trimEnd()]),
  ];
}
