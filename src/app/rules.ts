import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadedConfig } from "../config/config.ts";
import { createEnricher, type Enricher } from "../enrich/enricher.ts";
import { GEO_DB_FOLDER } from "../enrich/location/geo-db.ts";
import { type LoadedGeo, loadGeo } from "../enrich/location/load-geo.ts";
import { createPlaces, type Places, type SiteContext } from "../enrich/location/places.ts";
import { createLocator } from "../enrich/location/verdict.ts";
import { createNames, type Names } from "../enrich/names.ts";
import { createWellKnown, loadServices } from "../enrich/well-known.ts";
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
}

export function openKnowledge(loaded: LoadedConfig, losses: Losses): Knowledge {
  return { ...openGeo(loaded), names: createNames({ limit: loaded.config.names.limit, losses }) };
}

/** The same after a reload: names stay, location sources whose files have changed are read again. */
export function reopenKnowledge(loaded: LoadedConfig, knowledge: Knowledge): Knowledge {
  return { ...openGeo(loaded, knowledge.geo), names: knowledge.names };
}

/** Folder in which `geo update` keeps installed sources. */
export function installedFolder({ config }: LoadedConfig): string {
  return join(config.state.folder, "geo");
}

export function openGeo(loaded: LoadedConfig, before?: LoadedGeo): { geo: LoadedGeo; places: Places } {
  const { geo: options } = loaded.config;
  const installed = options.sources.map(({ name }) => name);
  const geo = loadGeo(
    {
      folder: GEO_FOLDER,
      countryDatabase: options.country,
      installedFolder: installedFolder(loaded),
      installed,
      maxAgeDays: options.maxAgeDays,
    },
    before,
  );
  return { geo, places: createPlaces(geo.sources) };
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
function digestsOf({ geo, places }: Knowledge): Record<string, string> {
  if (geo === undefined) return places.builds;
  const { countries, more, asns } = geo.sources;
  const databases = [countries, ...(more ?? []), ...(asns ? [asns] : [])].map(({ name, sha256 }) => [name, sha256]);
  return { ...geoDbDigests(GEO_DB_FOLDER), ...Object.fromEntries(databases) };
}

/** Digests of the YAML files of a geo-db folder, by "geo-db/<file>". */
export function geoDbDigests(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  return Object.fromEntries(files.map((name) => [`geo-db/${name}`, sha256Of(readFileSync(join(folder, name)))]));
}

function sha256Of(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The rules of one configuration over that knowledge. `places` are those of the site: the knowledge's with its overrides and contracts. */
export function rulesOf(loaded: LoadedConfig, knowledge: Knowledge): { enricher: Enricher; policy: Policy; places: Places } {
  const { names } = knowledge;
  const places = knowledge.places.forSite(siteContext(loaded));
  const { locate } = createLocator(loaded.site.jurisdictions);
  return {
    enricher: createEnricher({ site: loaded.site, places, names, services: createWellKnown(loadServices()) }),
    places,
    policy: createPolicy({ site: loaded.site, revision: policyRevision(loaded.revision, digestsOf(knowledge)), locate }),
  };
}
