import { z } from "zod";
import { parsePrefix } from "../lib/ip.ts";
import { SERVICE_KINDS, type Service } from "../model/judgement.ts";
import { day, GEO_DB_FOLDER, loadGeoDb } from "./location/geo-db-file.ts";
import { prefixTable } from "./location/prefix-table.ts";
import { NameSuffixes } from "./name-suffixes.ts";

const suffix = z.string().regex(/^(?=.{1,253}$)([a-z0-9_-]+\.)+[a-z0-9-]+$/, "a domain suffix of two labels or more, in lower case");
const prefix = z.string().refine((text) => parsePrefix(text)?.hasHostBits === false, "a prefix without host bits");

const servicesFile = z.strictObject({
  checked: day,
  services: z.array(
    z.strictObject({
      name: z.string().min(1).max(64),
      kind: z.enum(SERVICE_KINDS),
      domains: z.array(suffix).min(1),
      networks: z.array(prefix).optional(),
      source: z.url(),
    }),
  ),
});

export type ServiceEntry = z.infer<typeof servicesFile>["services"][number];

/** The known services that ship with bordertap. Throws `geo_missing` or `geo_corrupt` with the file's name. */
export function loadServices(folder = GEO_DB_FOLDER): ServiceEntry[] {
  return loadGeoDb(folder, "services.yaml", servicesFile).services;
}

/** Names remembered with their service; emptied when full. */
const MOST_NAMES = 65_536;

export interface WellKnown {
  /** The service that a name belongs to (longest suffix), or, without a name, the one that publishes the address. */
  find(name: string | undefined, w0: number, w1: number, w2: number, w3: number): Service | undefined;
}

export function createWellKnown(entries: readonly ServiceEntry[]): WellKnown {
  const services: Service[] = entries.map(({ name, kind }) => ({ name, kind }));
  const suffixes = NameSuffixes.of(entries.flatMap(({ domains }, n) => domains.map((domain) => ({ suffix: domain, value: n + 1 }))));
  const table = prefixTable(entries.flatMap(({ networks = [] }, n) => networks.map((network) => ({ prefix: network, value: n + 1 }))));
  const known = new Map<string, number>();
  return {
    find(name, w0, w1, w2, w3) {
      if (name === undefined) return services[table.find(w0, w1, w2, w3) - 1];
      let value = known.get(name);
      if (value === undefined) {
        value = suffixes.find(name);
        if (known.size >= MOST_NAMES) known.clear();
        known.set(name, value);
      }
      return services[value - 1];
    },
  };
}
