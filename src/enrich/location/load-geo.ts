import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { inSlices } from "../../lib/slices.ts";
import type { GeoStatus } from "../../model/geo-status.ts";
import { loadCompiledAsns } from "./asn-database.ts";
import { loadCloudRegions } from "./cloud-regions.ts";
import { ASN_FILE, COUNTRY_FILE, OUTLINES_FILE } from "./compile.ts";
import { type CountryDatabase, compiledCountriesOf, loadCompiledCountries, loadCountryDatabase } from "./country-database.ts";
import { loadProviders, loadSpecialPurpose } from "./geo-db.ts";
import { geoFileOf } from "./geo-file.ts";
import { loadOutlines, type Outlines } from "./outlines.ts";
import type { PlaceSources } from "./places.ts";

export interface GeoOptions {
  /** Folder of the compiled embedded databases. */
  folder: string;
  /** An operator's own MMDB instead of the embedded country database. */
  countryDatabase?: string | undefined;
  /** Where `geo update` puts what it installed. */
  installedFolder?: string | undefined;
  /** Names of the configured sources, in order. */
  installed?: readonly string[];
  maxAgeDays?: number;
  geoDbFolder?: string | undefined;
}

/** Everything that places rest on, loaded; kept for the next reload. */
export interface LoadedGeo {
  sources: PlaceSources;
  /** Installed source → the file it was loaded from, as it was then. */
  installed: Installed;
}

type Installed = ReadonlyMap<string, { stamp: string; database: CountryDatabase }>;

/** File of an installed source. */
export function installedPath(folder: string, name: string): string {
  return join(folder, `${name}.geo`);
}

/**
 * Loads the embedded databases and the installed sources. What is embedded must be there (`geo_missing`, `geo_corrupt`); an
 * installed source that cannot be read is a fault in the status, and the one loaded `before` stays in use. Files that have not
 * changed since are not read again, nor what belongs to the program: a reload costs what changed.
 */
export function loadGeo(options: GeoOptions, before?: LoadedGeo): LoadedGeo {
  const { folder, countryDatabase, installedFolder, installed: names = [], geoDbFolder } = options;
  const faults: GeoStatus["faults"][number][] = [];
  const installed = new Map<string, { stamp: string; database: CountryDatabase }>();
  for (const name of installedFolder === undefined ? [] : names) {
    const path = installedPath(installedFolder as string, name);
    const old = before?.installed.get(name);
    try {
      const stamp = stampOf(path);
      installed.set(name, old?.stamp === stamp ? old : { stamp, database: loadCompiledCountries(path) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (old) installed.set(name, old);
      const damage = error.message.replace(/; run .*$/, "");
      const what = `${error.code === "geo_missing" ? "is not installed" : damage}; run "bordertap geo update"`;
      faults.push({ name, reason: old ? `${what}; the one loaded before stays in use` : what });
    }
  }
  const outlines = before?.sources.outlines ?? outlinesOf(join(folder, OUTLINES_FILE), faults);
  const countries =
    before?.sources.countries ??
    (countryDatabase ? loadCountryDatabase(countryDatabase) : loadCompiledCountries(join(folder, COUNTRY_FILE)));
  return {
    installed,
    sources: {
      countries: { maxAgeDays: options.maxAgeDays ?? 35, ...countries },
      more: [...installed.values()].map(({ database }) => database),
      asns: before?.sources.asns ?? loadCompiledAsns(join(folder, ASN_FILE)),
      special: before?.sources.special ?? loadSpecialPurpose(geoDbFolder),
      providers: before?.sources.providers ?? loadProviders(geoDbFolder),
      regions: before?.sources.regions ?? loadCloudRegions(geoDbFolder),
      ...(outlines ? { outlines } : {}),
      faults,
    },
  };
}

/** The same beside a judge at work: installed sources that have changed are read and checked a piece at a time. */
export async function reloadGeo(options: GeoOptions, before: LoadedGeo): Promise<LoadedGeo> {
  const { installedFolder, installed: names = [] } = options;
  const installed = new Map(before.installed);
  for (const name of installedFolder === undefined ? [] : names) {
    const path = installedPath(installedFolder as string, name);
    try {
      const stamp = stampOf(path);
      if (installed.get(name)?.stamp === stamp) continue;
      const file = await inSlices(geoFileOf(path, await readFile(path)));
      installed.set(name, { stamp, database: compiledCountriesOf(file) });
    } catch (error) {
      // What is wrong with it is told when all are put together; a file that went away meanwhile is wrong, too.
      if (!(error instanceof AppError || (error as NodeJS.ErrnoException).code !== undefined)) throw error;
    }
  }
  return loadGeo(options, { ...before, installed });
}

/** Without outlines nothing is disproved, and nothing else is wrong. */
function outlinesOf(path: string, faults: GeoStatus["faults"][number][]): Outlines | undefined {
  try {
    return loadOutlines(path);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "geo_corrupt")
      faults.push({ name: "natural-earth-countries", reason: `${error.message}; the speed-of-light check is off` });
    return undefined;
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new AppError("geo_missing", `${path}: is not there`);
  return `${found.ino} ${found.size} ${found.mtimeMs}`;
}
