import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCloudRegions } from "../../../../src/enrich/location/cloud-regions.ts";
import { loadLoadable } from "../../../../src/enrich/location/geo-db.ts";
import { IMPORTERS } from "../../../../src/enrich/location/import/index.ts";
import { RangeTable } from "../../../../src/enrich/location/range-table.ts";
import { parseAddress } from "../../../../src/lib/ip.ts";
import { GEO_FORMATS, type GeoFormat } from "../../../../src/model/geo-status.ts";
import { mmdbOf } from "./mmdb-writer.ts";

const regions = loadCloudRegions();

function read(format: GeoFormat, content: unknown, name = "mine") {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  const imported = IMPORTERS.get(format)!.read({ bytes, file: "list", name, regions });
  const table = new RangeTable(imported.ranges);
  return { ...imported, of: (text: string) => imported.answers[table.find(...parseAddress(text)!) - 1] };
}

const AWS = {
  syncToken: "1",
  createDate: "2026-11-20-10-11-12",
  prefixes: [
    { ip_prefix: "3.0.0.0/8", region: "us-east-1", service: "AMAZON", network_border_group: "us-east-1" },
    { ip_prefix: "3.64.0.0/12", region: "eu-central-1", service: "AMAZON" },
    { ip_prefix: "3.64.0.0/12", region: "eu-central-1", service: "EC2" },
    { ip_prefix: "3.80.0.0/16", region: "xx-nowhere-9", service: "EC2" },
    { ip_prefix: "3.96.0.0/16", region: "GLOBAL", service: "CLOUDFRONT" },
  ],
  ipv6_prefixes: [{ ipv6_prefix: "2a05:d014::/36", region: "eu-central-1", service: "EC2" }],
};
const AZURE = {
  changeNumber: 1,
  cloud: "Public",
  values: [
    { name: "Storage.WestEurope", properties: { region: "westeurope", addressPrefixes: ["20.0.1.0/24"] } },
    { name: "AzureCloud.westeurope", properties: { region: "westeurope", addressPrefixes: ["20.0.0.0/16", "2603:1020::/32"] } },
    { name: "AzureCloud.germanywc", properties: { region: "germanywc", addressPrefixes: ["20.1.0.0/16"] } },
    { name: "AzureCloud", properties: { region: "", addressPrefixes: ["20.9.0.0/16"] } },
    { name: "AzureFrontDoor.Frontend", properties: { region: "", addressPrefixes: ["20.0.7.0/24"] } },
  ],
};
const GCP = {
  creationTime: "2026-11-20T01:02:03.4",
  prefixes: [
    { ipv4Prefix: "34.1.0.0/16", service: "Google Cloud", scope: "europe-west3" },
    { ipv6Prefix: "2600:1900::/35", service: "Google Cloud", scope: "europe-west1" },
    { ipv4Prefix: "34.2.0.0/16", service: "Google Cloud", scope: "global" },
  ],
};
const OCI = {
  last_updated_timestamp: "2026-11-20T00:00:00.0",
  regions: [{ region: "eu-zurich-1", cidrs: [{ cidr: "130.61.0.0/16", tags: ["OCI"] }] }],
};

test("AWS: the longest prefix decides, GLOBAL is an edge, unknown regions are remarked on", () => {
  const list = read("aws", AWS);
  expect(list).toMatchObject({
    build: "2026-11-20",
    networks: 5,
    remarks: ["region xx-nowhere-9 has no known place: its networks are indeterminate"],
  });
  expect(list.of("3.1.1.1")).toMatchObject({ kind: "cloud-region", country: "US", cloud: { provider: "aws", region: "us-east-1" } });
  expect(list.of("3.70.1.1")).toMatchObject({ country: "DE", cloud: { region: "eu-central-1" }, note: "eu-central-1: Frankfurt" });
  expect(list.of("3.80.1.1")).toMatchObject({ country: undefined, cloud: { provider: "aws", region: "xx-nowhere-9" } });
  expect(list.of("3.96.1.1")).toMatchObject({ kind: "anycast", country: undefined, cloud: { region: "global" } });
  expect(list.of("2a05:d014::1")).toMatchObject({ country: "DE" });
  expect(list.of("4.1.1.1")).toBeUndefined();
});

test("Azure: only AzureCloud.<region> says where; front doors are edges", () => {
  const list = read("azure", AZURE);
  expect(list.build).toBeUndefined();
  expect(list.of("20.0.1.1")).toMatchObject({ country: "NL", cloud: { provider: "azure", region: "westeurope" } });
  expect(list.of("20.1.0.1")).toMatchObject({ country: "DE" });
  expect(list.of("2603:1020::1")).toMatchObject({ country: "NL" });
  expect(list.of("20.0.7.1")).toMatchObject({ kind: "anycast", anycast: "Azure Front Door" });
  expect(list.of("20.9.0.1")).toBeUndefined();
});

test("Google, Oracle", () => {
  const google = read("gcp", GCP);
  expect(google.build).toBe("2026-11-20");
  expect([google.of("34.1.1.1")?.country, google.of("2600:1900::1")?.country, google.of("34.2.1.1")?.anycast]).toEqual([
    "DE",
    "BE",
    "Google Cloud global load balancing",
  ]);
  const oracle = read("oci", OCI);
  expect([oracle.build, oracle.of("130.61.1.1")?.country]).toEqual(["2026-11-20", "CH"]);
});

test.each<[string, GeoFormat, unknown, string, string]>([
  [
    "Cloudflare, its API",
    "cloudflare",
    { result: { ipv4_cidrs: ["104.16.0.0/13"], ipv6_cidrs: ["2606:4700::/32"] } },
    "2606:4700::1",
    "Cloudflare",
  ],
  ["Cloudflare, text", "cloudflare", "104.16.0.0/13\n104.24.0.0/14", "104.24.1.1", "Cloudflare"],
  ["Fastly", "fastly", { addresses: ["151.101.0.0/16"], ipv6_addresses: ["2a04:4e40::/32"] }, "151.101.1.1", "Fastly"],
  [
    "Microsoft 365: one network may serve several areas",
    "microsoft365",
    [
      { id: 1, serviceArea: "Exchange", urls: ["outlook.office.com"], ips: ["13.107.6.152/31", "2603:1006::/40"] },
      { id: 9, serviceArea: "Common", ips: ["13.107.6.152/31"] },
      { id: 10, serviceArea: "Common", urls: ["*.example.com"] },
    ],
    "13.107.6.153",
    "Microsoft 365",
  ],
  ["a list of one's own", "anycast-list", "\uFEFF# our CDN\n 198.51.0.0/16 # edge\r\n\n2001:db9::/32\n", "2001:db9::1", "mine"],
])("%s", (_title, format, content, address, service) => {
  expect(read(format, content).of(address)).toMatchObject({ kind: "anycast", country: undefined, anycast: service });
});

test("a geofeed: country and city; an empty country says nothing", () => {
  const list = read("geofeed", "# feed\n5.101.96.0/21,nl,NL-NH,Amsterdam,1098 XH\n5.102.0.0/16,,,,\n2a03:b0c0::/32,DE,,,\n", "ocean");
  expect(list.of("5.101.97.1")).toEqual({
    kind: "cloud-region",
    country: "NL",
    cloud: { provider: "ocean", region: "Amsterdam" },
    note: "Amsterdam",
  });
  expect(list.of("5.102.0.1")?.country).toBeUndefined();
  expect(list.of("2a03:b0c0::1")).toMatchObject({ country: "DE", cloud: { region: "DE" } });
});

test("a database by any maker", () => {
  const list = read("mmdb", mmdbOf([["5.0.0.0/8", { country: { iso_code: "DE" }, registered_country: { iso_code: "US" } }]]));
  expect(list.of("5.1.1.1")).toEqual({ country: "DE", registered: "US" });
  expect(list).toMatchObject({ build: "2026-05-28", networks: expect.any(Number) });
});

const doubled = { ...AWS, prefixes: [...AWS.prefixes, { ip_prefix: "3.64.0.0/12", region: "us-west-2", service: "S3" }] };
const hostBits = { ...AWS, prefixes: [{ ip_prefix: "3.0.0.1/8", region: "us-east-1", service: "S3" }] };
test.each<[string, GeoFormat, unknown, RegExp]>([
  ["empty", "aws", "", /^list: is empty, and no AWS/],
  ["cut", "aws", JSON.stringify(AWS).slice(0, 200), /no JSON, or cut/],
  ["another vendor's", "aws", GCP, /is no AWS ip-ranges\.json: prefixes\.0\.ip_prefix/],
  ["another vendor's", "azure", AWS, /is no Azure service tag file: changeNumber/],
  ["another vendor's", "gcp", AWS, /is no Google cloud\.json: prefixes\.0\.scope/],
  ["another vendor's", "oci", AWS, /is no Oracle/],
  ["another vendor's", "fastly", GCP, /is no Fastly public-ip-list: addresses/],
  ["an error page", "cloudflare", "<html>503</html>", /"<html>503<\/html>" is no network/],
  ["an error page", "mmdb", "<html>503</html>", /is no MMDB database, or is cut/],
  ["an array for an object", "oci", [], /is no Oracle public_ip_ranges\.json: top/],
  ["no networks", "fastly", { addresses: [], ipv6_addresses: [] }, /lists no network/],
  ["a network in two regions", "aws", doubled, /3\.64\.0\.0\/12 is listed twice, for different places \(region us-west-2\)/],
  ["host bits", "aws", hostBits, /3\.0\.0\.1\/8 has host bits set/],
  ["no length", "anycast-list", "1.2.3.4\n", /"1\.2\.3\.4" is no network/],
  ["neither IPv4 nor IPv6", "gcp", { prefixes: [{ scope: "europe-west1" }] }, /prefixes\.0: has neither/],
  ["a country that is none", "geofeed", "1.2.3.0/24,EU,,,\n", /line 1: "EU" is no country code/],
  ["packed", "mmdb", Buffer.from([0x1f, 0x8b, 8, 0]), /is packed with gzip; unpack it first/],
])("refused as a whole: %s (%s)", (_title, format, content, message) => {
  expect(() => read(format, content)).toThrow(expect.objectContaining({ code: "geo_corrupt", message: expect.stringMatching(message) }));
});

test("the registry has every format of the configuration and every file of the folder", () => {
  expect([...IMPORTERS.keys()].sort()).toEqual([...GEO_FORMATS].sort());
  const folder = join(import.meta.dirname, "../../../../src/enrich/location/import");
  const members = readdirSync(folder).filter((file) => readFileSync(join(folder, file), "utf8").includes("= defineImporter("));
  expect(members.map((file) => file.replace(".ts", "")).sort()).toEqual([...GEO_FORMATS].sort());
  for (const { format } of loadLoadable()) expect(GEO_FORMATS).toContain(format);
});

test("cloud regions: places on the globe, in countries that exist, Luxembourg's data centres in Luxembourg", () => {
  for (const { at } of regions.all()) if (at) expect(Math.abs(at[0]) <= 90 && Math.abs(at[1]) <= 180).toBe(true);
  expect(regions.all().filter(({ country }) => country === "LU")).not.toEqual([]);
  expect(regions.find("aws", "eu-central-1")).toMatchObject({ country: "DE", city: "Frankfurt", at: [50.11, 8.68] });
  expect(regions.find("azure", "norwayeast")?.country).toBe("NO");
  expect(regions.find("aws", "constructor")).toBeUndefined();
});

const corpus = "../shared/corpus/cloud";
if (!existsSync(corpus)) console.warn(`${corpus} is not here: the vendors' real files are not read`);
test.skipIf(!existsSync(corpus)).each<[GeoFormat, string, number]>([
  ["aws", "aws.json", 9000],
  ["azure", "microsoft-azure.json", 12_000],
  ["gcp", "google-cloud.json", 780],
  ["oci", "oracle-cloud.json", 890],
  ["fastly", "fastly-ip-ranges.json", 21],
  ["cloudflare", "cloudflare-v6-ip-ranges.txt", 7],
  ["geofeed", "digitalocean.csv", 1100],
])("the vendor's real file: %s", (format, file, least) => {
  const list = read(format, readFileSync(join(corpus, file)));
  expect(list.networks).toBeGreaterThanOrEqual(least);
  const nowhere = list.answers.filter(({ kind, country }) => kind === "cloud-region" && country === undefined).length;
  expect(nowhere / list.answers.length).toBeLessThan(0.05);
});
