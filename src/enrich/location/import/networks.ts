import type { z } from "zod";
import { AppError, reasonOf } from "../../../lib/errors.ts";
import { parsePrefix } from "../../../lib/ip.ts";
import type { CloudRegions } from "../cloud-regions.ts";
import type { CountryAnswer } from "../country-database.ts";
import { type PrefixEntry, prefixTable } from "../prefix-table.ts";
import type { Imported } from "./importer.ts";

/** More than any provider announces; a file beyond it is a mistake. */
const MOST_NETWORKS = 1_000_000;
const MOST_REMARKS = 20;

/** Parses JSON and checks its shape. Throws `geo_corrupt` with the place in the file. */
export function readJson<T>(bytes: Buffer, file: string, schema: z.ZodType<T>, what: string): T {
  if (bytes.length === 0) throw wrong(file, `is empty, and no ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new AppError("geo_corrupt", `${file}: is no ${what}: no JSON, or cut (${reasonOf(error)}); get the file again`, { cause: error });
  }
  const result = schema.safeParse(value, { jitless: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw wrong(file, `is no ${what}: ${issue.path.join(".") || "top"}: ${issue.message}`);
}

export function wrong(file: string, what: string): AppError {
  return new AppError("geo_corrupt", `${file}: ${what}; get the file again`);
}

/** Day of a text that begins like RFC 3339 (`-` may stand for `:` after the day). */
export function dayOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (/^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? undefined);
}

/**
 * Collects the networks of a list. A network may come twice with the same answer (vendors list one per service); with two
 * different ones nobody knows which is right, and the whole file is refused. Longer prefixes decide over shorter ones.
 */
export class Networks {
  private readonly file: string;
  private readonly regions: CloudRegions;
  private readonly answers: CountryAnswer[] = [];
  private readonly valueByKey = new Map<string, number>();
  private readonly valueByPrefix = new Map<string, number>();
  private readonly unknown = new Set<string>();

  constructor(file: string, regions: CloudRegions) {
    this.file = file;
    this.regions = regions;
  }

  /** A network in a region of a provider, as the provider names it. */
  addRegion(prefix: string, provider: string, region: string): void {
    this.add(prefix, `region ${region}`, () => {
      const place = this.regions.find(provider, region);
      const cloud = place?.cloud ?? { provider, region };
      if (place) return { kind: "cloud-region", country: place.country, cloud, note: `${region}: ${place.city}` };
      this.unknown.add(region);
      return {
        kind: "cloud-region",
        country: undefined,
        cloud,
        note: `${region}: a region whose place is not in geo-db/cloud-regions.yaml`,
      };
    });
  }

  /** A network served from many places. */
  addAnycast(prefix: string, service: string, cloud?: { provider: string; region: string }): void {
    const note = `${service}: one address, many places`;
    this.add(prefix, `anycast ${service}`, () => ({
      kind: "anycast",
      country: undefined,
      anycast: service,
      ...(cloud ? { cloud } : {}),
      note,
    }));
  }

  add(prefix: string, key: string, make: () => CountryAnswer): void {
    const range = parsePrefix(prefix);
    if (!range || !prefix.includes("/")) throw wrong(this.file, `${JSON.stringify(prefix.slice(0, 80))} is no network (CIDR)`);
    if (range.hasHostBits) throw wrong(this.file, `${prefix} has host bits set`);
    let value = this.valueByKey.get(key);
    if (value === undefined) {
      value = this.answers.push(make());
      this.valueByKey.set(key, value);
    }
    const before = this.valueByPrefix.get(prefix);
    if (before !== undefined && before !== value) throw wrong(this.file, `${prefix} is listed twice, for different places (${key})`);
    if (this.valueByPrefix.size >= MOST_NETWORKS) throw wrong(this.file, `lists more than ${MOST_NETWORKS} networks`);
    this.valueByPrefix.set(prefix, value);
  }

  done(build: string | undefined, what: string): Imported {
    if (this.valueByPrefix.size === 0) throw wrong(this.file, `is no ${what}: it lists no network`);
    const entries: PrefixEntry[] = [...this.valueByPrefix].map(([prefix, value]) => ({ prefix, value }));
    const remarks = [...this.unknown]
      .slice(0, MOST_REMARKS)
      .map((region) => `region ${region} has no known place: its networks are indeterminate`);
    return { ranges: prefixTable(entries).arrays, answers: this.answers, build, networks: this.valueByPrefix.size, remarks };
  }
}
