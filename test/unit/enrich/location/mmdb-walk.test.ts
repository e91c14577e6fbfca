import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Reader, type Response } from "maxmind";
import { expect, test } from "vitest";
import { countriesOf, countryAnswer } from "../../../../src/enrich/location/country-database.ts";
import { openMmdb, walkMmdb } from "../../../../src/enrich/location/mmdb-walk.ts";
import { RangeTable } from "../../../../src/enrich/location/range-table.ts";
import { AppError } from "../../../../src/lib/errors.ts";
import { formatAddress, parseAddress } from "../../../../src/lib/ip.ts";
import { encode, mmdbOf } from "./mmdb-writer.ts";

const networks: [string, { country: { iso_code: string } }][] = [
  ["1.0.0.0/24", { country: { iso_code: "AU" } }],
  ["2.0.0.0/8", { country: { iso_code: "FR" } }],
  ["2.16.0.0/13", { country: { iso_code: "NL" } }],
  ["2001:db8::/32", { country: { iso_code: "LU" } }],
  ["2a00::/12", { country: { iso_code: "DE" } }],
];

test.each([24, 28, 32] as const)(
  "records of %i bits: the same networks in order, IPv4 in mapped form, copies passed over",
  (recordSize) => {
    const bytes = mmdbOf(networks, { recordSize, v4Aliases: ["::ffff:0:0/96", "2002::/16"] });
    const found: string[] = [];
    const db = openMmdb("test.mmdb", bytes);
    walkMmdb(db, ({ first, last, value }) =>
      found.push(`${formatAddress(...first)} ${formatAddress(...last)} ${JSON.stringify(db.data.read(value))}`),
    );
    expect(found).toEqual([
      '1.0.0.0 1.0.0.255 {"country":{"iso_code":"AU"}}',
      '2.0.0.0 2.15.255.255 {"country":{"iso_code":"FR"}}',
      '2.16.0.0 2.23.255.255 {"country":{"iso_code":"NL"}}',
      '2.24.0.0 2.31.255.255 {"country":{"iso_code":"FR"}}',
      '2.32.0.0 2.63.255.255 {"country":{"iso_code":"FR"}}',
      '2.64.0.0 2.127.255.255 {"country":{"iso_code":"FR"}}',
      '2.128.0.0 2.255.255.255 {"country":{"iso_code":"FR"}}',
      '2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff {"country":{"iso_code":"LU"}}',
      '2a00:: 2a0f:ffff:ffff:ffff:ffff:ffff:ffff:ffff {"country":{"iso_code":"DE"}}',
    ]);
  },
);

test("an IPv4-only database", () => {
  const db = openMmdb("v4.mmdb", mmdbOf(networks.slice(0, 2), { ipVersion: 4 }));
  const found: string[] = [];
  walkMmdb(db, ({ first, last }) => found.push(`${formatAddress(...first)}-${formatAddress(...last)}`));
  expect(found).toEqual(["1.0.0.0-1.0.0.255", "2.0.0.0-2.255.255.255"]);
});

test.each([
  ["GeoLite2 country", { country: { iso_code: "DE" }, registered_country: { iso_code: "US" } }, { country: "DE", registered: "US" }],
  ["ip-location-db", { country_code: "LU" }, { country: "LU" }],
  ["IPinfo lite", { country: "Luxembourg", country_code: "LU" }, { country: "LU" }],
  ["IPinfo, older", { country: "BE" }, { country: "BE" }],
  ["lower case", { country_code: "no" }, { country: "NO" }],
  ["Kosovo", { country_code: "XK" }, { country: "XK" }],
  [
    "registered only",
    { registered_country: { iso_code: "US" } },
    { country: undefined, registered: "US", note: "names no country of use" },
  ],
  [
    "a base abroad",
    { country: { iso_code: "DE" }, represented_country: { iso_code: "US" } },
    { country: "DE", note: "used there on behalf of US" },
  ],
  [
    "anycast",
    { country: { iso_code: "US" }, traits: { is_anycast: true } },
    { kind: "anycast", country: undefined, anycast: "anycast block", note: "an anycast block: one address, many places" },
  ],
  ["pseudo-code EU", { country_code: "EU" }, { country: undefined, note: "says EU: somewhere in Europe" }],
  ["pseudo-code A1", { country: { iso_code: "A1" } }, { country: undefined, note: "says A1: an anonymous proxy" }],
  ["no ISO code", { country_code: "UK" }, { country: undefined, note: "says UK: no country code" }],
  ["empty", { country_code: "" }, { country: undefined, note: "names no country" }],
  ["hostile text", { country_code: "<b>\n" }, { country: undefined, note: "says ??: no country code" }],
  ["GeoLite2 city", { city: { names: { en: "Bonn" } }, country: { iso_code: "DE" } }, { kind: "city-database", country: "DE" }],
  ["DB-IP city", { city: "Bonn", country_code: "DE" }, { kind: "city-database", country: "DE" }],
  ["registered where it is used", { country: { iso_code: "DE" }, registered_country: { iso_code: "DE" } }, { country: "DE" }],
  ["no record at all", "text", { country: undefined, note: "names no country" }],
])("what a record says: %s", (_title, record, answer) => {
  expect(countryAnswer(record)).toEqual(answer);
});

const good = mmdbOf(networks);

test.each<[string, () => Buffer, RegExp]>([
  ["empty", () => Buffer.alloc(0), /test\.mmdb: is empty/],
  ["no database", () => Buffer.from("hello"), /no MMDB/],
  ["cut", () => good.subarray(0, good.length - 200), /no MMDB|cut/],
  ["a tree larger than the file", () => mmdbOf(networks, { metadata: { node_count: 1_000_000 } }), /search tree is larger than the file/],
  ["format 3", () => mmdbOf(networks, { metadata: { binary_format_major_version: 3 } }), /not of MMDB format version 2/],
  ["odd records", () => mmdbOf(networks, { metadata: { record_size: 20 } }), /records of 20 bits/],
  ["addresses of version 5", () => mmdbOf(networks, { metadata: { ip_version: 5 } }), /version 5/],
  ["no nodes", () => mmdbOf(networks, { metadata: { node_count: 0 } }), /empty search tree/],
  ["a cycle", () => patched(good, (b) => b.fill(0, 0, 7)), /cycle/],
  ["no countries", () => mmdbOf([["1.0.0.0/8", { city: "x" }]]), /no country codes/],
])("a damaged file (%s) is one line that names it", (_title, make, message) => {
  const run = () => countriesOf(openMmdb("test.mmdb", make()));
  expect(run).toThrow(AppError);
  expect(run).toThrow(message);
});

test("a file cut or flipped anywhere never does worse than geo_corrupt", () => {
  for (let at = 0; at < good.length; at += 1) {
    for (const bytes of [
      good.subarray(0, at),
      patched(good, (b) => b.writeUInt8(b[at] ^ 0xff, at)),
      patched(good, (b) => b.writeUInt8(0x3f, at)),
    ]) {
      try {
        countriesOf(openMmdb("test.mmdb", bytes));
      } catch (error) {
        expect(error).toMatchObject({ code: "geo_corrupt" });
      }
    }
  }
});

test("nested without end, and a record that is a bomb of pointers", () => {
  const deep = Buffer.concat([...Array.from({ length: 600 }, () => Buffer.from([0xe1, 0x41, 0x61])), encode("x")]);
  const bomb = Buffer.concat(
    Array.from({ length: 40 }, (_, n) => Buffer.concat([Buffer.from([0x02, 0x04]), Buffer.from([0x20, (n + 1) * 6, 0x20, (n + 1) * 6])])),
  );
  for (const data of [deep, bomb]) {
    const bytes = Buffer.concat([data, Buffer.alloc(4)]);
    const file = mmdbOf([["1.0.0.0/8", "x"]]);
    const marker = file.lastIndexOf("MaxMind.com") - 3;
    const whole = Buffer.concat([file.subarray(0, marker - 2), bytes, file.subarray(marker)]);
    expect(() => countriesOf(openMmdb("test.mmdb", whole))).toThrow(AppError);
  }
});

const corpus = "../shared/corpus/mmdb";
const names = existsSync(corpus) ? readdirSync(corpus).filter((name) => name.endsWith(".mmdb")) : [];
if (names.length === 0) console.warn("LEFT OUT: the MMDB corpus suite (../shared/corpus/mmdb is not here)");

test.each(names)("corpus %s: read as maxmind reads it, or refused in one line", (name) => {
  const bytes = readFileSync(`${corpus}/${name}`);
  let db: ReturnType<typeof openMmdb>;
  const offsets: [string, number][] = [];
  try {
    db = openMmdb(name, bytes);
    walkMmdb(db, ({ first, last, value }) => {
      offsets.push([formatAddress(...first), value], [formatAddress(...last), value]);
      db.data.read(value);
    });
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toContain(name);
    expect((error as AppError).message).not.toContain("\n");
    return;
  }
  const oracle = new Reader(bytes);
  for (const [address, value] of offsets.slice(0, 400)) {
    const theirs = oracle.get(address);
    const ours = db.data.read(value);
    expect(JSON.stringify(ours, plain)).toBe(JSON.stringify(theirs, plain));
  }
});

test("a country database through the table gives what maxmind gives, address by address", () => {
  const bytes = mmdbOf(networks, { v4Aliases: ["::ffff:0:0/96"] });
  const { ranges, answers } = countriesOf(openMmdb("test.mmdb", bytes));
  const table = new RangeTable(ranges);
  const oracle = new Reader<Response>(bytes);
  for (const text of [
    "1.0.0.7",
    "1.0.1.0",
    "2.0.0.0",
    "2.17.1.1",
    "2.24.0.0",
    "3.0.0.0",
    "2001:db8::9",
    "2001:db9::",
    "2a0f:ffff::1",
    "::1",
  ]) {
    const ours = answers[table.find(...parseAddress(text)!) - 1]?.country;
    expect([text, ours]).toEqual([text, (oracle.get(text) as { country: { iso_code: string } } | null)?.country.iso_code]);
  }
});

function patched(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** Big integers, bytes and non-finite numbers in one form. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value && typeof value === "object" && (value as { type?: string }).type === "Buffer")
    return Buffer.from((value as { data: number[] }).data).toString("hex");
  return value;
}
