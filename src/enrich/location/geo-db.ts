import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { parsePrefix } from "../../lib/ip.ts";
import { isCountry } from "./country-codes.ts";

/** Where the data files lie in the package: the same from src/ and from dist/. */
export const GEO_DB_FOLDER = fileURLToPath(new URL("../../../geo-db", import.meta.url));

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "a day, YYYY-MM-DD");
const prefix = z.string().refine((text) => parsePrefix(text)?.hasHostBits === false, "a prefix without host bits");

const jurisdictionsFile = z.strictObject({
  lists: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      source: z.string(),
      checked: day,
      countries: z.array(z.string().refine(isCountry, "an ISO 3166-1 alpha-2 code")),
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
      kind: z.enum(["country", "asn"]),
      package: z.string(),
      files: z.array(z.string()).min(1),
      licence: z.string(),
      attribution: z.string(),
      url: z.string(),
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
export type AnycastService = z.infer<typeof providersFile>["anycast"][number];

/** The jurisdiction lists that ship with bordertap. Each loader throws `geo_missing` or `geo_corrupt` with the file's name. */
export function loadJurisdictions(folder = GEO_DB_FOLDER): BuiltInList[] {
  return load(folder, "jurisdictions.yaml", jurisdictionsFile).lists;
}

export function loadSpecialPurpose(folder = GEO_DB_FOLDER): { checked: string; prefixes: SpecialPrefix[] } {
  return load(folder, "special-purpose.yaml", specialPurposeFile);
}

export function loadSources(folder = GEO_DB_FOLDER): GeoSource[] {
  return load(folder, "sources.yaml", sourcesFile).sources;
}

export function loadProviders(folder = GEO_DB_FOLDER): { checked: string; anycast: AnycastService[] } {
  return load(folder, "providers.yaml", providersFile);
}

function load<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  const path = join(folder, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read: ${reasonOf(error)}; install bordertap again`, { cause: error });
  }
  try {
    const result = schema.safeParse(parse(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new AppError("geo_corrupt", `${path}: ${issue.path.join(".")}: ${issue.message}`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("geo_corrupt", `${path}: is no YAML: ${reasonOf(error).split("\n")[0]}`, { cause: error });
  }
}
