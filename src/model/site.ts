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
  /** IANA time zone, for people only. */
  timeZone: string;
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
  address: string;
  name: string;
  owner: string | undefined;
  department: string | undefined;
}

/** Countries (ISO 3166-1 alpha-2) that policy approves as places, with their source. */
export interface JurisdictionList {
  name: string;
  title: string;
  countries: string[];
  source: string;
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
}

export function holdsPatientData(zone: Zone): boolean {
  return zone.data.some((dataClass) => PATIENT_DATA.has(dataClass));
}
