import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildDataYaml } from "../../lib/data-yaml.ts";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { homesOf } from "./as-home.ts";
import { readAsnCsv } from "./asn-database.ts";
import { countriesOf, loadCompiledCountries } from "./country-database.ts";
import { GEO_DB_FOLDER, type GeoSource, loadSources } from "./geo-db.ts";
import { type GeoHeader, peekGeoHeader, writeGeoFile } from "./geo-file.ts";
import { openMmdb } from "./mmdb-walk.ts";
import { compileOutlines } from "./outlines.ts";

export const COUNTRY_FILE = "country.geo";
export const ASN_FILE = "asn.geo";
export const OUTLINES_FILE = "outlines.geo";

const FILES = { country: COUNTRY_FILE, asn: ASN_FILE, outlines: OUTLINES_FILE } as const;

/** What a compilation did with one database. */
export interface CompiledGeo {
  name: string;
  path: string;
  build: string;
  /** False when the compiled file was of the same source already. */
  isNew: boolean;
  attribution: string;
}

/**
 * Compiles the embedded databases into `outFolder`: one file each, which loads in milliseconds. With `ifStale` a file
 * whose source has not changed (sha256) stays. The values of geo-db's own files are left beside them. Takes about two seconds. Throws `geo_missing` or `geo_corrupt`.
 */
export function compileGeo(options: { outFolder: string; ifStale?: boolean; geoDbFolder?: string }): CompiledGeo[] {
  const geoDb = options.geoDbFolder ?? GEO_DB_FOLDER;
  const data = readdirSync(geoDb).filter((name) => name.endsWith(".yaml"));
  buildDataYaml(
    data.map((name) => readFileSync(join(geoDb, name), "utf8")),
    options.outFolder,
  );
  return loadSources(geoDb).map((source) => {
    const paths = sourcePaths(source);
    const path = join(options.outFolder, FILES[source.kind]);
    const sha256 = hashOf(paths);
    const before = options.ifStale ? peekGeoHeader(path) : undefined;
    const base = { name: source.name, path, attribution: source.attribution };
    const isSame = before?.sha256 === sha256 && before.attribution === source.attribution && before.format === LAYOUTS[source.kind];
    if (before && isSame) return { ...base, build: before.build, isNew: false };
    return { ...base, build: COMPILERS[source.kind](path, source, paths, sha256), isNew: true };
  });
}

/** Paths of a source's files inside its npm package. */
export function sourcePaths(source: GeoSource): string[] {
  const { folder } = packageOf(source);
  return source.files.map((file) => {
    const path = join(folder, file);
    if (!existsSync(path)) throw new AppError("geo_missing", `${path}: not there; run "npm ci" and build again`);
    return path;
  });
}

/** Goes up when a compiled file gets other sections, so that older ones are made again. */
const LAYOUTS = { country: "2", asn: "4", outlines: "1" } as const;

type Compiler = (path: string, source: GeoSource, paths: readonly string[], sha256: string) => string;

const COMPILERS: Readonly<Record<GeoSource["kind"], Compiler>> = {
  country: compileCountries,
  asn: compileAsns,
  outlines(path, source, [file], sha256) {
    compileOutlines(path, file, headerOf(source, "unknown", sha256));
    return "unknown";
  },
};

function compileCountries(path: string, source: GeoSource, [mmdbPath]: readonly string[], sha256: string): string {
  const db = openMmdb(mmdbPath);
  const { ranges, answers } = countriesOf(db);
  writeGeoFile(path, { ...headerOf(source, db.build, sha256), words: answers.map((a) => JSON.stringify(a)) }, ranges);
  return db.build;
}

function compileAsns(path: string, source: GeoSource, csvPaths: readonly string[], sha256: string): string {
  const { ranges, numbers, nameEnds, names } = readAsnCsv(csvPaths);
  const build = dayOfVersion(packageOf(source).version);
  const { table, answers } = loadCompiledCountries(join(dirname(path), COUNTRY_FILE));
  const homes = homesOf(ranges, numbers.length, table.arrays, answers);
  writeGeoFile(path, headerOf(source, build, sha256), ranges, { numbers, nameEnds, names, homes });
  return build;
}

function headerOf(source: GeoSource, build: string, sha256: string): GeoHeader {
  return { name: source.name, build, sha256, licence: source.licence, attribution: source.attribution, format: LAYOUTS[source.kind] };
}

function packageOf(source: GeoSource): { folder: string; version: string } {
  try {
    const path = createRequire(import.meta.url).resolve(`${source.package}/package.json`);
    return { folder: dirname(path), version: String(JSON.parse(readFileSync(path, "utf8")).version) };
  } catch (error) {
    throw new AppError("geo_missing", `${source.package}: not installed; run "npm ci"`, { cause: reasonOf(error) });
  }
}

/** These packages carry the day of their data in the version: 2.3.2026061719 is 2026-06-17, 19 h. */
function dayOfVersion(version: string): string {
  const day = /\.(20\d{2})(\d{2})(\d{2})\d{0,2}$/.exec(version);
  return day ? `${day[1]}-${day[2]}-${day[3]}` : "unknown";
}

/** sha256 of one file, or of several one after the other. */
function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}
