/** The monitored place and what is known of it: the nouns that configuration fills and the core reads. */

export const DATA_CLASSES = [
  "patient-record",
  "imaging",
  "laboratory",
  "genomic",
  "telemedicine",
  "device",
  "backup",
  "billing",
  "admin",
  "guest",
] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

/** Classes that hold patient data: a zone with one of them is a PHI zone (DETECTIONS, common terms). */
export const PATIENT_DATA: ReadonlySet<DataClass> = new Set([
  "patient-record",
  "imaging",
  "laboratory",
  "genomic",
  "telemedicine",
  "device",
  "backup",
]);

export interface Site {
  name: string;
  /** Degrees, WGS 84. */
  latitude: number | undefined;
  longitude: number | undefined;
  /** IANA time zone: for people, and for the hours of authorisations. */
  timeZone: string;
  /**
   * Where the tap is. `inside-nat` (or left out): hosts are seen by their own addresses. `outside-nat`: by those that address
   * translation gives them, so an address is many hosts, and no asset is known by it unless it is registered as it is.
   */
  tap?: TapPosition;
  /** Names of inside hosts are learned from DHCP and DNS where no asset is registered; left out: they are. */
  learnsHostNames?: boolean;
  /** Inside networks of proxies whose word on their clients counts (X-Forwarded-For, RFC 7239); left out: nobody's. */
  proxies?: string[];
  /** The site's own networks (CIDR). Everything else is outside. */
  inside: string[];
  zones: Zone[];
  assets: Asset[];
  parties: Party[];
  authorisations: Authorisation[];
  /** The lists that zones refer to, by name. */
  jurisdictions: JurisdictionList[];
  /** Name of the list for zones that state none. */
  jurisdiction: string;
}

export const TAP_POSITIONS = ["inside-nat", "outside-nat"] as const;
export type TapPosition = (typeof TAP_POSITIONS)[number];

export interface Zone {
  name: string;
  title: string;
  networks: string[];
  vlans: number[];
  data: DataClass[];
  /** Name of a jurisdiction list. */
  jurisdiction: string;
  /** False: flows of this zone are `ignored`. */
  isJudged: boolean;
  /** Lower decides first where zones overlap. */
  order: number;
}

export interface Asset {
  /** An address, or a prefix; empty where it is known by its MAC address alone. */
  address: string;
  name: string;
  owner: string | undefined;
  department: string | undefined;
  /** Six bytes as hex, colons between ("00:1b:…"), lower case. */
  mac?: string;
  /** Not registered, but learned from the wire: by whose word. */
  learnedFrom?: "dhcp" | "dns" | "proxy";
}

/** Countries (ISO 3166-1 alpha-2) that policy approves as places, with their source. */
export interface JurisdictionList {
  name: string;
  title: string;
  countries: string[];
  source: string;
  /** Adequacy decisions (GDPR 45) of its countries that have a last day, YYYY-MM-DD, inclusive, UTC. Left out: none has. */
  adequacyEnds?: { country: string; decision: string; lastDay: string }[];
}

export const PARTY_ROLES = ["processor", "sub-processor", "own-site", "provider", "lane"] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

export interface Party {
  name: string;
  title: string;
  role: PartyRole;
  services: string[];
  data: DataClass[];
  /** Domain suffixes ("acme.eu" matches itself and all below it). */
  domains: string[];
  networks: string[];
  asns: number[];
  /** Contracted countries. Empty: the contract names none. */
  countries: string[];
  /** End of the data-processing agreement (GDPR 28), YYYY-MM-DD. */
  agreementEnds: string | undefined;
  /** The party that it works for, where it is a sub-processor (GDPR 28(4)). */
  worksFor?: string;
  purposes?: string[];
  /** Contracted cloud regions, `provider:region`. Empty or left out: the contract names none. */
  regions?: string[];
  /** Substrings of certificate subjects (RFC 4514 text), and AE titles, that are its own. */
  certificateSubjects?: string[];
  aeTitles?: string[];
  /** The contract allows delivery by a CDN or anycast edge. */
  isCdnAllowed?: boolean;
  documents?: PartyDocument[];
  /** Whom to notify: mail addresses or telephone numbers of the party's own desk. */
  contacts?: string[];
}

export const DOCUMENT_KINDS = ["dpa", "scc", "tia", "bcr", "dpf", "iso27001", "hds", "other"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** A paper that the transfer rests on, and its last day (YYYY-MM-DD, inclusive, UTC). */
export interface PartyDocument {
  kind: DocumentKind;
  ends: string | undefined;
  reference: string | undefined;
}

export interface Authorisation {
  id: string;
  /** Zone names; empty: all. */
  zones: string[];
  /** Party names; empty: all (then countries must be given, and never US or CA alone). */
  parties: string[];
  countries: string[];
  purpose: string;
  /** Legal basis, "GDPR 46(2)(c)". */
  basis: string;
  reference: string | undefined;
  /** YYYY-MM-DD, inclusive, UTC. */
  from: string | undefined;
  until: string | undefined;
  owner: string | undefined;
  ticket: string | undefined;
  /** Data classes of the zone that it is for; empty or left out: all. */
  data?: DataClass[];
  /** Hours of the site's time zone in which it holds; left out: always. */
  hours?: WeeklyHours;
  /** Art. 49 only: flows in 30 days beyond which its use is no exception any more. */
  mostUsesIn30Days?: number;
}

/** Weekdays 1 (Monday) to 7 and minutes of the day [from, until); `until` below `from` runs past midnight. */
export interface WeeklyHours {
  days: number[];
  fromMinute: number;
  untilMinute: number;
}

/** Something that a new policy allows and the old one did not, or no longer looks for. */
export interface Loosening {
  kind: "country" | "party" | "authorisation" | "zone" | "inside" | "detection" | "location" | "review";
  /** Of the list, party, authorisation, zone, detection or setting. */
  name: string;
  /** One clause for people: "jurisdiction list eu-eea approves CH". */
  text: string;
}

export function holdsPatientData(zone: Zone): boolean {
  return zone.data.some((dataClass) => PATIENT_DATA.has(dataClass));
}
