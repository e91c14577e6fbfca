import type { NameSource, PartyBy } from "../model/judgement.ts";
import type { Claim, ClaimKind, Location, LocationVerdict, Place } from "../model/location.ts";

/**
 * The words for evidence, the same in alerts, explanations and reports: how a name and a party are known, where something
 * is and by whose word.
 */

export const NAME_SOURCE_WORDS: Readonly<Record<NameSource, string>> = {
  sni: "name from TLS SNI",
  host: "name from the HTTP Host",
  certificate: "name from the certificate",
  dns: "name from its own DNS question",
  "dns-elsewhere": "name from another host's DNS question",
};

export const PARTY_BY_WORDS: Readonly<Record<PartyBy, string>> = {
  name: "registered by name",
  prefix: "registered by prefix",
  asn: "registered by AS number",
  certificate: "registered by certificate",
  "ae-title": "registered by AE title",
};

export const VERDICT_WORDS: Readonly<Record<LocationVerdict, string>> = {
  "inside-list": "inside the list",
  "outside-list": "outside the list",
  indeterminate: "not placed by the list",
  contradicted: "contradicted under the list",
};

/** What a verdict means for who reads it; left out where it needs no words. */
export const VERDICT_MEANING: Readonly<Partial<Record<LocationVerdict, string>>> = {
  indeterminate: "no claim, or claims too weak or of places on both sides of the list: it is neither proved inside nor outside",
  contradicted: "claims exclude each other, or a measured round trip excludes one: none of them can be relied on",
};

/** What kind of source speaks. */
export const CLAIM_KIND_WORDS: Readonly<Record<ClaimKind, string>> = {
  "special-purpose": "registry of special-purpose addresses",
  override: "override in the configuration",
  contract: "contract in the register",
  "cloud-region": "provider's own list of regions",
  anycast: "list of anycast services",
  "city-database": "city database",
  "country-database": "country database",
  registration: "registry of address space: registered, not located",
  "as-home": "where its network has most addresses",
  "rtt-bound": "round trip measured here",
};

/** Countries for the middle of a sentence: "the US", "DE", "DE or FR"; "no known country". */
export function countryWords(countries: readonly string[]): string {
  if (countries.length === 0) return "no known country";
  return countries.map(countryInWords).join(" or ");
}

/** "the US", "DE". */
export function countryInWords(code: string): string {
  return code === "US" || code === "AE" ? `the ${code}` : code;
}

/** A source and what it adds: "geo-whois-asn-country 2026-06-17: registered, not located". */
export function claimWords({ source, build, note }: Claim): string {
  return `${source}${build === undefined ? "" : ` ${build.slice(0, 10)}`}${note === undefined ? "" : `: ${note}`}`;
}

/** What one source says, with its countries and kind: "US, says geo-whois-asn-country 2026-06-17 (country database)". */
export function claimInFull({ kind = "country-database", source, build, countries, note }: Claim): string {
  const says = countries.length > 0 ? countries.join(", ") : "no country";
  const day = build === undefined ? "" : ` ${build.slice(0, 10)}`;
  return `${says}, says ${source}${day} (${CLAIM_KIND_WORDS[kind]})${note === undefined ? "" : `: ${note}`}`;
}

/**
 * A location in words: "the US, outside the list eu-eea, confidence 85 (geo-whois-asn-country 2026-06-17)".
 * Special-purpose space: "Private-Use (RFC 1918) address, no place on the Internet".
 */
export function locationWords({ place, verdict, list, confidence = place.confidence }: Location): string {
  if (place.special !== undefined) return `${specialWords(place)}, no place on the Internet`;
  return `${countryWords(place.countries)}, ${VERDICT_WORDS[verdict]} ${list}, confidence ${confidence}${evidenceWords(place.claims)}`;
}

/** At most three sources, for the middle of a sentence: " (a 2026-06-17; b 2026-07-01)"; "" when there are none. */
export function evidenceWords(claims: readonly Claim[]): string {
  return claims.length === 0 ? "" : ` (${claims.slice(0, 3).map(claimWords).join("; ")})`;
}

function specialWords(place: Place): string {
  return `${place.claims[0]?.note ?? place.special} address`;
}
