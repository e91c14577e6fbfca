import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { loadCloudRegions } from "../../../src/enrich/location/cloud-regions.ts";
import { sourcePaths } from "../../../src/enrich/location/compile.ts";
import { loadCountryDatabase } from "../../../src/enrich/location/country-database.ts";
import { loadProviders, loadSources } from "../../../src/enrich/location/geo-db.ts";
import { IMPORTERS } from "../../../src/enrich/location/import/index.ts";
import { compileOutlines, latitudeOf, loadOutlines, longitudeOf } from "../../../src/enrich/location/outlines.ts";
import { prefixTable } from "../../../src/enrich/location/prefix-table.ts";
import { loadServices } from "../../../src/enrich/well-known.ts";
import { parsePrefix } from "../../../src/lib/ip.ts";
import type { GeoFormat } from "../../../src/model/geo-status.ts";

const regions = loadCloudRegions();
const { anycast } = loadProviders();
const resolvers = loadServices().filter(({ kind }) => kind === "resolver");

const folder = mkdtempSync(join(tmpdir(), "bordertap-geo-db-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pathOf = (kind: "country" | "outlines") => sourcePaths(loadSources().find((source) => source.kind === kind)!)[0];
const header = { name: "outlines", build: "test", sha256: "0", licence: "", attribution: "", format: "test" };
compileOutlines(join(folder, "outlines.geo"), pathOf("outlines"), header);
const outlines = loadOutlines(join(folder, "outlines.geo"));

/** Places by the sea may lie a little outside of a generalised outline. */
const SHORE_KM = 30;
const KM_PER_DEGREE = 111.2;

/** Kilometres from the outline of a country, 0 within it (even-odd rule over all of its rings); undefined where it has none. */
function kmOutside(country: string, [latitude, longitude]: readonly [number, number]): number | undefined {
  const { countries, rings, points } = outlines;
  const squeeze = Math.cos((latitude * Math.PI) / 180);
  let isWithin = false;
  let nearest: number | undefined;
  let at = 0;
  for (let ring = 0; ring < rings.length; ring += 2) {
    const count = rings[ring + 1];
    if (countries[rings[ring]] === country) {
      for (let n = 0, before = count - 1; n < count; before = n, n += 1) {
        const [x, y] = [longitudeOf(points[at + n]), latitudeOf(points[at + n])];
        const [beforeX, beforeY] = [longitudeOf(points[at + before]), latitudeOf(points[at + before])];
        if (y > latitude !== beforeY > latitude && longitude < ((beforeX - x) * (latitude - y)) / (beforeY - y) + x) isWithin = !isWithin;
        nearest = Math.min(nearest ?? Infinity, Math.hypot((x - longitude) * squeeze, y - latitude) * KM_PER_DEGREE);
      }
    }
    at += count;
  }
  return isWithin ? 0 : nearest;
}

test.each([
  ["LU", [49.61, 6.13], 0],
  ["FR", [49.12, 6.18], 0],
] as const)("the check itself knows what is within %s", (country, at, km) => expect(kmOutside(country, at)).toBe(km));
test("and what is not", () => {
  expect(kmOutside("LU", [49.12, 6.18])).toBeGreaterThan(SHORE_KM);
  expect(kmOutside("DE", [6.13, 49.61])).toBeGreaterThan(1000);
});

test.each(
  regions
    .all()
    .flatMap(({ cloud, country, city, at }) => (at === undefined ? [] : [{ id: `${cloud.provider}:${cloud.region}`, country, city, at }])),
)("$id lies in its country: $city, $country", ({ country, at }) => expect(kmOutside(country, at) ?? Infinity).toBeLessThan(SHORE_KM));

test("regions of one city of a country are at one place", () => {
  const places = new Map<string, string>();
  const several: string[] = [];
  for (const { country, city, at } of regions.all()) {
    if (at === undefined) continue;
    const known = places.get(`${country} ${city}`);
    if (known !== undefined && known !== at.join()) several.push(`${country} ${city}: ${known} and ${at.join()}`);
    places.set(`${country} ${city}`, at.join());
  }
  expect(several).toEqual([]);
});

/** Left out on purpose: their places are not published. */
const UNKNOWN = new Set(["aws:me-west-1", "azure:usstagec", "azure:usstagee", "gcp:us-east7", "gcp:us-west8"]);
const isUnknown = (provider: string, region: string) => UNKNOWN.has(`${provider}:${region}`);
test("a region has a place or is unknown on purpose, never both", () => {
  expect(regions.all().filter(({ cloud }) => isUnknown(cloud.provider, cloud.region))).toEqual([]);
});

test("addresses of public resolvers are anycast", () => {
  const table = prefixTable(anycast.flatMap(({ prefixes }) => prefixes.map((prefix) => ({ prefix, value: 1 }))));
  const addresses = resolvers.flatMap(({ networks = [] }) => networks);
  expect(addresses.length).toBeGreaterThan(15);
  expect(addresses.filter((network) => table.find(...parsePrefix(network)!.first) !== 1)).toEqual([]);
});

const corpus = join(import.meta.dirname, "../../../../shared/corpus/cloud");
const isThere = existsSync(corpus);
if (!isThere) console.warn("LEFT OUT: geo-db against the providers' own lists (../shared/corpus/cloud is not there)");
const read = (name: string) => readFileSync(join(corpus, name));
const lines = (name: string) =>
  read(name)
    .toString()
    .split("\n")
    .filter((line) => line !== "");

describe.skipIf(!isThere)("against the providers' own lists", () => {
  const countries = loadCountryDatabase(pathOf("country"));
  const SAMPLED_EVERY = 256;
  /** The country database has the wrong one for most addresses of these regions, by what the provider says of them. */
  const MISPLACED = new Set(["aws:ap-east-1", "aws:eusc-de-east-1"]);

  describe.each<[GeoFormat, string]>([
    ["aws", "aws.json"],
    ["azure", "microsoft-azure.json"],
    ["gcp", "google-cloud.json"],
    ["oci", "oracle-cloud.json"],
  ])("%s", (format, file) => {
    if (!isThere) return;
    const { answers, ranges } = IMPORTERS.get(format)!.read({ bytes: read(file), file, name: format, regions });
    const named = answers.flatMap(({ cloud, country }) =>
      cloud === undefined || cloud.region === "global" ? [] : [{ ...cloud, country }],
    );

    it("every region that occurs has a place, or is unknown on purpose", () => {
      expect(named.length).toBeGreaterThanOrEqual(40);
      const missing = named.filter(({ provider, region }) => regions.find(provider, region) === undefined && !isUnknown(provider, region));
      expect(missing).toEqual([]);
    });

    it("none is unknown that has no need to be", () => {
      for (const { provider, region, country } of named) expect(country === undefined).toBe(isUnknown(provider, region));
    });

    it("of a region's IPv4 addresses that the country database does not leave in the US, where the provider is, most are in its country", () => {
      const sizes = new Map<string, Map<string, number>>();
      const { v4Starts, v4Values } = ranges;
      for (let n = 0; n < v4Values.length; n += 1) {
        const cloud = answers[v4Values[n] - 1]?.cloud;
        if (cloud === undefined || cloud.region === "global") continue;
        const id = `${cloud.provider}:${cloud.region}`;
        const held = sizes.get(id) ?? new Map<string, number>();
        sizes.set(id, held);
        const end = n + 1 < v4Values.length ? v4Starts[n + 1] : 0x7fff_ffff;
        for (let at = v4Starts[n]; at < end; at += SAMPLED_EVERY) {
          const code = countries.answers[countries.table.find(0, 0, 0xffff, at ^ 0x8000_0000) - 1]?.country;
          if (code !== undefined) held.set(code, (held.get(code) ?? 0) + 1);
        }
      }
      const wrong = [...sizes].flatMap(([id, byCode]) => {
        const [provider, region] = id.split(":");
        const country = regions.find(provider, region)?.country;
        if (country === undefined || MISPLACED.has(id)) return [];
        const [most] = [...byCode].filter(([code]) => code !== "US" || country === "US").sort(([, a], [, b]) => b - a);
        return most?.[0] === country ? [] : [`${id}: ${country}, the database says ${most?.[0]}`];
      });
      expect(sizes.size).toBeGreaterThanOrEqual(40);
      expect(wrong).toEqual([]);
    });
  });

  it.each([
    ["Cloudflare edge", () => [...lines("cloudflare-v4-ip-ranges.txt"), ...lines("cloudflare-v6-ip-ranges.txt")]],
    [
      "Fastly edge",
      () => {
        const { addresses, ipv6_addresses } = JSON.parse(read("fastly-ip-ranges.json").toString());
        return [...addresses, ...ipv6_addresses];
      },
    ],
  ])("%s is what its operator lists", (name, listed) => {
    expect(anycast.find((service) => service.name === name)?.prefixes.toSorted()).toEqual(listed().toSorted());
  });

  it("Cloudflare's resolvers are in Cloudflare's networks, where it lists them", () => {
    const table = prefixTable(lines("cloudflare-v6-ip-ranges.txt").map((prefix) => ({ prefix, value: 1 })));
    const { networks = [] } = resolvers.find(({ name }) => name === "Cloudflare DNS") ?? {};
    const v6 = networks.filter((network) => network.includes(":"));
    expect(v6.map((network) => table.find(...parsePrefix(network)!.first))).toEqual(v6.map(() => 1));
    expect(v6.length).toBeGreaterThan(0);
  });
});
