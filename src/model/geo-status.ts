import type { ClaimKind } from "./location.ts";

/** Published formats that can be loaded as sources of claims (`geo.sources`). */
export const GEO_FORMATS = [
  "mmdb",
  "aws",
  "azure",
  "gcp",
  "oci",
  "cloudflare",
  "fastly",
  "microsoft365",
  "anycast-list",
  "geofeed",
] as const;
export type GeoFormat = (typeof GEO_FORMATS)[number];

/** One source of claims as it is in use, for the age alarm and for people. */
export interface GeoSourceStatus {
  name: string;
  kind: ClaimKind;
  /** Day of its data, YYYY-MM-DD; "unknown" where the source does not say. */
  build: string;
  /** Of the source's file, hex; empty where there is none. */
  sha256: string;
  /** Older than this it is stale. */
  maxAgeDays: number;
}

/** What the location stage says of itself: detection 31 (geo.stale) rests on it. Made at the start and at each reload. */
export interface GeoStatus {
  sources: readonly GeoSourceStatus[];
  /** Sources that were configured and could not be loaded or updated: the one line that says why. */
  faults: readonly { name: string; reason: string }[];
}
