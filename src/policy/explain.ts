import type { Claim, Location, LocationVerdict, Place } from "../model/location.ts";

const VERDICT_WORDS: Readonly<Record<LocationVerdict, string>> = {
  "inside-list": "on the list",
  "outside-list": "outside the list",
  indeterminate: "nowhere certain under the list",
  contradicted: "contradicted under the list",
};

/**
 * A location in words, with its evidence: "US, outside the list eu-eea, confidence 85, says geo-whois-asn-country
 * 2026-06-17". Special-purpose space: "Private-Use (RFC 1918) address, no place on the Internet".
 */
export function explainLocation(location: Location): string {
  const { place, verdict, list } = location;
  if (place.special !== undefined) return `${specialWords(place)}, no place on the Internet`;
  const where = place.countries.length === 0 ? "no country known" : place.countries.join(" or ");
  return `${where}, ${VERDICT_WORDS[verdict]} ${list}, confidence ${place.confidence}, ${evidence(place.claims)}`;
}

/** What each source says: "says geo-whois-asn-country 2026-06-17". */
export function evidence(claims: readonly Claim[]): string {
  return claims
    .map((claim) => {
      const source = claim.build === undefined ? claim.source : `${claim.source} ${claim.build}`;
      return claim.note === undefined ? `says ${source}` : `says ${source} (${claim.note})`;
    })
    .join(", ");
}

/** Countries for the middle of a sentence: "the US", "DE", "DE or FR"; "no known country". */
export function countryWords(countries: readonly string[]): string {
  if (countries.length === 0) return "no known country";
  return countries.map((code) => (code === "US" || code === "AE" ? `the ${code}` : code)).join(" or ");
}

function specialWords(place: Place): string {
  return `${place.claims[0]?.note ?? place.special} address`;
}
