/** Where an address is, by whose word, and what that means under a jurisdiction list. */

export const LOCATION_VERDICTS = ["inside-list", "outside-list", "indeterminate", "contradicted"] as const;
export type LocationVerdict = (typeof LOCATION_VERDICTS)[number];

/** What kind of source speaks; weights go by it (enrich/location/weights.ts). */
export const CLAIM_KINDS = [
  "special-purpose",
  "override",
  "contract",
  "cloud-region",
  "anycast",
  "city-database",
  "country-database",
  "registration",
  "as-home",
  "rtt-bound",
] as const;
export type ClaimKind = (typeof CLAIM_KINDS)[number];

/** Region of a cloud provider as its own list names it; interned. */
export interface CloudRegion {
  /** `aws`, `azure`, `gcp`, `oci` … */
  provider: string;
  /** `eu-central-1`, `europe-west3` …; "global" where the list names none. */
  region: string;
}

/** One source's statement. */
export interface Claim {
  /** Left out by sources that were there before kinds were: the country database. */
  kind?: ClaimKind;
  /** "geo-whois-asn-country", "iana-special-purpose", "contract" … */
  source: string;
  /** Build date of the source, YYYY-MM-DD or RFC 3339. */
  build?: string;
  /** sha256 of the source's file, hex. */
  sha256?: string;
  /** ISO 3166-1 alpha-2 codes; empty when the source says nothing about a country. */
  countries: readonly string[];
  /** What it says in words, where that is more than countries. */
  note?: string;
}

/** An address block with all that is claimed of it. Interned: equal places are the same object, with the same index. */
export interface Place {
  readonly index: number;
  /** Most credible first; empty when nobody knows. */
  readonly countries: readonly string[];
  /** 0–100. */
  readonly confidence: number;
  readonly claims: readonly Claim[];
  readonly asn: number | undefined;
  readonly organization: string | undefined;
  /** Name of the IANA special-purpose registry entry ("Private-Use", "Loopback", "Multicast" …), never geolocated. */
  readonly special: string | undefined;
  readonly cloud?: CloudRegion | undefined;
  /** Anycast service or CDN whose edge this is ("Cloudflare"): where it answers from is not known from the address. */
  readonly anycast?: string | undefined;
  /** Countries that somebody claims and that are too far away for the round-trip time measured there; left out when there is none. */
  readonly disproved?: readonly string[] | undefined;
  /** Countries that one answer alone puts too far away: reason for doubt, not enough to disprove. Left out when there is none. */
  readonly doubted?: readonly string[] | undefined;
  /** What the sources say where the round-trip time disproved some of it. */
  readonly unbounded?: Place | undefined;
  /** Sources of the deciding kind name different countries (two databases that disagree). */
  readonly isDisputed?: boolean | undefined;
  /** Confidence in what disputing sources have in common: for a verdict that all of their countries come to. */
  readonly agreedConfidence?: number | undefined;
}

/** The verdict over a place, under one list. */
export interface Location {
  readonly place: Place;
  readonly verdict: LocationVerdict;
  /**
   * Of the verdict under this list, 0–100; left out: that of the place. Lower where the place rests on one database alone,
   * higher where sources dispute the country and all of them name one off the list.
   */
  readonly confidence?: number | undefined;
  /** Name of the jurisdiction list it was held against. */
  readonly list: string;
  /** The verdict that the sources alone would have come to; left out where no round-trip time disproved any of them. */
  readonly unboundedVerdict?: LocationVerdict | undefined;
}
