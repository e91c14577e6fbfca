import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadedConfig } from "../config/config.ts";
import { createEnricher, type Enricher } from "../enrich/enricher.ts";
import { GEO_DB_FOLDER } from "../enrich/location/geo-db.ts";
import { type GeoOptions, type LoadedGeo, loadGeo, reloadGeo } from "../enrich/location/load-geo.ts";
import { createPlaces, type Places, type SiteContext } from "../enrich/location/places.ts";
import { createLocator } from "../enrich/location/verdict.ts";
import { createNames, type Names } from "../enrich/names.ts";
import { partiesSliced } from "../enrich/parties.ts";
import { createWellKnown, loadServices, type WellKnown } from "../enrich/well-known.ts";
import { atOnce, inSlices, type Sliced } from "../lib/slices.ts";
import type { Losses } from "../obs/losses.ts";
import { createPolicy, type Policy } from "../policy/policy.ts";
import { policyRevision } from "../policy/revision.ts";

/** Where `geo compile` puts the compiled databases. */
export const GEO_FOLDER = fileURLToPath(new URL("../geo/", import.meta.url));

/** What outlives a reload of the configuration: databases and learned names. */
export interface Knowledge {
  places: Places;
  names: Names;
  /** What the places rest on; left out where they were made by hand. */
  geo?: LoadedGeo;
  /** Known services, and digests of the data files that come with the program: as they were at the start, also for what was read of them. */
  services?: WellKnown;
  files?: Record<string, string>;
}

export function openKnowledge(loaded: LoadedConfig, losses: Losses): Knowledge {
  return {
    ...openGeo(loaded),
    names: createNames({ limit: loaded.config.names.limit, losses }),
    services: createWellKnown(loadServices()),
    files: geoDbDigests(GEO_DB_FOLDER),
  };
}

/** The same after a reload: names stay, location sources whose files have changed are read again. Holds nobody up. */
export async function reopenKnowledge(loaded: LoadedConfig, knowledge: Knowledge): Promise<Knowledge> {
  const { geo: before } = knowledge;
  const geo = before === undefined ? loadGeo(geoOptions(loaded)) : await reloadGeo(geoOptions(loaded), before);
  return { ...knowledge, geo, places: createPlaces(geo.sources) };
}

/** Folder in which `geo update` keeps installed sources. */
export function installedFolder({ config }: LoadedConfig): string {
  return join(config.state.folder, "geo");
}

export function openGeo(loaded: LoadedConfig): { geo: LoadedGeo; places: Places } {
  const geo = loadGeo(geoOptions(loaded));
  return { geo, places: createPlaces(geo.sources) };
}

function geoOptions(loaded: LoadedConfig): GeoOptions {
  const { country, sources, maxAgeDays } = loaded.config.geo;
  const installed = sources.map(({ name }) => name);
  return { folder: GEO_FOLDER, countryDatabase: country, installedFolder: installedFolder(loaded), installed, maxAgeDays };
}

/** What the configuration itself says of where things are. */
export function siteContext({ config: { geo }, site }: LoadedConfig): SiteContext {
  const here = geo.speedOfLight ? { latitude: site.latitude, longitude: site.longitude } : {};
  return { ...here, overrides: geo.overrides, parties: site.parties, answeredNearby: geo.answeredNearby };
}

/**
 * What all that decides where something is and what it is called is, by name: databases, and the files of geo-db (lists of
 * regions, anycast, services, special-purpose space). The configuration's own overrides are in its revision.
 */
function digestsOf({ geo, places, files = geoDbDigests(GEO_DB_FOLDER) }: Knowledge): Record<string, string> {
  if (geo === undefined) return places.builds;
  const { countries, more, asns } = geo.sources;
  const databases = [countries, ...(more ?? []), ...(asns ? [asns] : [])].map(({ name, sha256 }) => [name, sha256]);
  return { ...files, ...Object.fromEntries(databases) };
}

/** Digests of the YAML files of a geo-db folder, by "geo-db/<file>". */
export function geoDbDigests(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(files.map((name) => [`geo-db/${name}`, sha256Of(readFileSync(join(folder, name)))]));
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export interface Rules {
  enricher: Enricher;
  policy: Policy;
  /** Those of the site: the knowledge's with its overrides and contracts. */
  places: Places;
}

/** The rules of one configuration over that knowledge. */
export function rulesOf(loaded: LoadedConfig, knowledge: Knowledge): Rules {
  return atOnce(rulesSliced(loaded, knowledge));
}

/** The same beside a judge at work: a large register takes its time. */
export function buildRules(loaded: LoadedConfig, knowledge: Knowledge): Promise<Rules> {
  return inSlices(rulesSliced(loaded, knowledge));
}

function* rulesSliced(loaded: LoadedConfig, knowledge: Knowledge): Sliced<Rules> {
  const { site, revision } = loaded;
  const { names, services = createWellKnown(loadServices()) } = knowledge;
  const places = yield* knowledge.places.forSiteSliced(siteContext(loaded));
  const parties = yield* partiesSliced(site.parties);
  const enricher = createEnricher({ site, places, names, services, parties });
  yield;
  const { locate } = createLocator(site.jurisdictions);
  const policy = createPolicy({ site, revision: policyRevision(revision, digestsOf(knowledge)), locate });
  return { enricher, places, policy };
}
