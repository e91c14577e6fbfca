import { fileURLToPath } from "node:url";
import type { LoadedConfig } from "../config/config.ts";
import { createEnricher, type Enricher } from "../enrich/enricher.ts";
import { openPlaces, type Places } from "../enrich/location/places.ts";
import { createLocator } from "../enrich/location/verdict.ts";
import { createNames, type Names } from "../enrich/names.ts";
import type { Losses } from "../obs/losses.ts";
import { createPolicy, type Policy } from "../policy/policy.ts";

/** Where `geo compile` puts the compiled databases. */
export const GEO_FOLDER = fileURLToPath(new URL("../geo/", import.meta.url));

/** What outlives a reload of the configuration: databases and learned names. */
export interface Knowledge {
  places: Places;
  names: Names;
}

export function openKnowledge({ config }: LoadedConfig, losses: Losses): Knowledge {
  return {
    places: openPlaces({ folder: GEO_FOLDER, countryDatabase: config.geo.country }),
    names: createNames({ limit: config.names.limit, losses }),
  };
}

/** The rules of one configuration over that knowledge. */
export function rulesOf(loaded: LoadedConfig, { places, names }: Knowledge): { enricher: Enricher; policy: Policy } {
  const { locate } = createLocator(loaded.site.jurisdictions);
  return {
    enricher: createEnricher({ site: loaded.site, places, names }),
    policy: createPolicy({ site: loaded.site, revision: loaded.revision, locate }),
  };
}
