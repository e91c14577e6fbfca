import { z } from "zod";
import type { CloudRegion } from "../../model/location.ts";
import { isCountry } from "./country-codes.ts";
import { day, loadGeoDb } from "./geo-db-file.ts";

const country = z.string().refine(isCountry, "an ISO 3166-1 alpha-2 code");
const region = z.union([
  z.tuple([country, z.string()]),
  z.tuple([country, z.string(), z.number().min(-90).max(90), z.number().min(-180).max(180)]),
]);

const regionsFile = z.strictObject({
  checked: day,
  providers: z.array(z.strictObject({ name: z.string(), title: z.string(), source: z.url(), regions: z.record(z.string(), region) })),
});

/** Where a region is. */
export interface RegionPlace {
  cloud: CloudRegion;
  country: string;
  city: string;
  /** Degrees north and east, of the city; undefined where the provider names none. */
  at: readonly [number, number] | undefined;
}

export interface CloudRegions {
  checked: string;
  find(provider: string, region: string): RegionPlace | undefined;
  all(): RegionPlace[];
}

/** Regions of cloud providers from geo-db/cloud-regions.yaml. Throws `geo_missing` or `geo_corrupt`. */
export function loadCloudRegions(folder?: string): CloudRegions {
  const { checked, providers } = loadGeoDb(folder, "cloud-regions.yaml", regionsFile);
  const places = new Map<string, RegionPlace>();
  for (const provider of providers) {
    for (const [name, [code, city, latitude, longitude]] of Object.entries(provider.regions)) {
      const at = latitude === undefined || longitude === undefined ? undefined : ([latitude, longitude] as const);
      places.set(`${provider.name}:${name}`, { cloud: { provider: provider.name, region: name }, country: code, city, at });
    }
  }
  return { checked, find: (provider, name) => places.get(`${provider}:${name}`), all: () => [...places.values()] };
}
