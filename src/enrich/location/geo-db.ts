import { z } from "zod";
import { parsePrefix } from "../../lib/ip.ts";
import { isCountry } from "./country-codes.ts";
import { day, GEO_DB_FOLDER, loadGeoDb } from "./geo-db-file.ts";

export { GEO_DB_FOLDER };

const prefix = z.string().refine((text) => parsePrefix(text)?.hasHostBits === false, "a prefix without host bits");

/** A decision under GDPR 45 for one of the list's countries. */
const adequacy = z.strictObject({
  country: z.string().refine(isCountry, "an ISO 3166-1 alpha-2 code"),
  decision: z.string(),
  since: day.optional(),
  /** Last day, where it has one. */
  until: z.string().optional(),
  scope: z.string().optional(),
});

const jurisdictionsFile = z.strictObject({
  lists: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      source: z.string(),
      checked: day,
      countries: z.array(z.string().refine(isCountry, "an ISO 3166-1 alpha-2 code")),
      adequacy: z.array(adequacy).optional(),
    }),
  ),
});

const specialPurposeFile = z.strictObject({
  checked: day,
  prefixes: z.array(
    z.strictObject({
      prefix,
      name: z.string(),
      rfc: z.string(),
      scope: z.enum(["site", "private", "global"]),
      embeds: z.union([z.literal(16), z.literal(96)]).optional(),
      inverted: z.boolean().optional(),
    }),
  ),
});

const sourcesFile = z.strictObject({
  checked: day,
  sources: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      /** Older than this it is stale. */
      maxAgeDays: z.number().int().positive().optional(),
      kind: z.enum(["country", "asn", "outlines"]),
      package: z.string(),
      files: z.array(z.string()).min(1),
      licence: z.string(),
      attribution: z.string(),
      url: z.string(),
      note: z.string().optional(),
    }),
  ),
  loadable: z.array(
    z.strictObject({
      format: z.string(),
      title: z.string(),
      url: z.url(),
      licence: z.string(),
      attribution: z.string(),
      maxAgeDays: z.number().int().positive(),
      note: z.string().optional(),
    }),
  ),
});

const providersFile = z.strictObject({
  checked: day,
  anycast: z.array(z.strictObject({ name: z.string(), source: z.string(), prefixes: z.array(prefix) })),
});

/** Built-in jurisdiction list, with the day a person last checked it. */
export type BuiltInList = z.infer<typeof jurisdictionsFile>["lists"][number];
export type SpecialPrefix = z.infer<typeof specialPurposeFile>["prefixes"][number];
export type GeoSource = z.infer<typeof sourcesFile>["sources"][number];
export type LoadableSource = z.infer<typeof sourcesFile>["loadable"][number];
export type AnycastService = z.infer<typeof providersFile>["anycast"][number];

/** The jurisdiction lists that ship with bordertap. Each loader throws `geo_missing` or `geo_corrupt` with the file's name. */
export function loadJurisdictions(folder = GEO_DB_FOLDER): BuiltInList[] {
  return loadGeoDb(folder, "jurisdictions.yaml", jurisdictionsFile).lists;
}

export function loadSpecialPurpose(folder = GEO_DB_FOLDER): { checked: string; prefixes: SpecialPrefix[] } {
  return loadGeoDb(folder, "special-purpose.yaml", specialPurposeFile);
}

export function loadSources(folder = GEO_DB_FOLDER): GeoSource[] {
  return loadGeoDb(folder, "sources.yaml", sourcesFile).sources;
}

/** What an operator can load: for people, for attributions and for age limits. */
export function loadLoadable(folder = GEO_DB_FOLDER): LoadableSource[] {
  return loadGeoDb(folder, "sources.yaml", sourcesFile).loadable;
}

export function loadProviders(folder = GEO_DB_FOLDER): { checked: string; anycast: AnycastService[] } {
  return loadGeoDb(folder, "providers.yaml", providersFile);
}
