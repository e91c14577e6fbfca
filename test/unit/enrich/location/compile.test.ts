import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Reader, type Response } from "maxmind";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadCompiledAsns, readAsnCsv } from "../../../../src/enrich/location/asn-database.ts";
import { ASN_FILE, COUNTRY_FILE, compileGeo, OUTLINES_FILE } from "../../../../src/enrich/location/compile.ts";
import { loadCompiledCountries } from "../../../../src/enrich/location/country-database.ts";
import { RangeTable } from "../../../../src/enrich/location/range-table.ts";
import { DATA_FILE } from "../../../../src/lib/data-yaml.ts";
import { type AddressWords, formatAddress, parseAddress } from "../../../../src/lib/ip.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-geo-"));
const packageFolder = (name: string) => dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
let compiled: ReturnType<typeof compileGeo>;

beforeAll(() => {
  compiled = compileGeo({ outFolder: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same addresses on every run. */
function* randomAddresses(count: number): Generator<AddressWords> {
  let state = 12345;
  const word = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) | 0;
  };
  for (let n = 0; n < count; n += 1) {
    yield [0, 0, 0xffff, word()];
    yield [0x2000_0000 | (word() & 0x0c0f_ffff), word(), word(), word()];
    yield [[0x2a00_0000, 0x2001_0000, 0x2600_0000, 0x2400_0000][n & 3] | (word() & 0x0f_ffff), word() & 0xff, 0, 1];
  }
}

test("the compiled country table says what maxmind says of random addresses", () => {
  const { table, answers } = loadCompiledCountries(join(folder, COUNTRY_FILE));
  const path = join(packageFolder("@ip-location-db/geo-whois-asn-country-mmdb"), "geo-whois-asn-country.mmdb");
  const oracle = new Reader<Response>(readFileSync(path));
  let named = 0;
  const wrong: string[] = [];
  for (const words of randomAddresses(10_000)) {
    const answer = answers[table.find(...words) - 1];
    const text = formatAddress(...words);
    const theirs = (oracle.get(text) as { country_code?: string } | null)?.country_code;
    if (theirs !== undefined) named += 1;
    const ours = answer?.country ?? answer?.note?.slice(5, 7);
    if (ours !== theirs) wrong.push(`${text}: ${ours} for ${theirs}`);
  }
  expect(wrong).toEqual([]);
  expect(named).toBeGreaterThan(8000);
});

test("the compiled AS table says what the lines of the file say", () => {
  const asns = loadCompiledAsns(join(folder, ASN_FILE));
  const wrong: string[] = [];
  for (const file of ["asn-ipv4.csv", "asn-ipv6.csv"]) {
    const lines = readFileSync(join(packageFolder("@ip-location-db/asn"), file), "utf8").split("\n");
    for (let n = 0; n < lines.length; n += 53) {
      if (lines[n] === "") continue;
      const [first, last, number] = lines[n].split(",");
      for (const text of [first, last]) {
        const value = asns.table.find(...(parseAddress(text) as AddressWords));
        if (asns.asnOf(value) !== Number(number)) wrong.push(`${file}:${n + 1} ${text}: ${asns.asnOf(value)} for ${number}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  const cloudflare = asns.table.find(...(parseAddress("1.0.0.1") as AddressWords));
  expect([asns.asnOf(cloudflare), asns.organizationOf(cloudflare)]).toEqual([13335, "Cloudflare, Inc."]);
  expect(asns.organizationOf(1)).not.toBe("");
  expect(asns.organizationOf(asns.count)).not.toBe("");
});

test("a file of the same source stays, another one is made again, nothing is left lying about", () => {
  const before = statSync(compiled[0].path).mtimeMs;
  expect(compileGeo({ outFolder: folder, ifStale: true }).map((c) => c.isNew)).toEqual([false, false, false]);
  expect(statSync(compiled[0].path).mtimeMs).toBe(before);
  writeFileSync(compiled[0].path, "something else");
  expect(compileGeo({ outFolder: folder, ifStale: true }).map((c) => c.isNew)).toEqual([true, false, false]);
  expect(readdirSync(folder).sort()).toEqual([ASN_FILE, COUNTRY_FILE, DATA_FILE, OUTLINES_FILE]);
  expect(compiled.slice(0, 2).map((c) => [c.build, c.attribution.includes("CC BY 4.0")])).toEqual([
    ["2026-06-17", true],
    ["2026-06-17", true],
  ]);
});

test.each([0, 7, 16, 300, 100_000])("a compiled file cut to %i bytes is refused by name", (bytes) => {
  const path = join(folder, `cut-${bytes}`);
  writeFileSync(path, readFileSync(compiled[0].path));
  truncateSync(path, bytes);
  expect(() => loadCompiledCountries(path)).toThrow(expect.objectContaining({ code: "geo_corrupt" }));
  expect(() => loadCompiledCountries(path)).toThrow(/cut-.*geo compile/);
  rmSync(path);
});

test("a flipped byte is noticed, a missing file says what to do", () => {
  const path = join(folder, "flipped");
  const bytes = readFileSync(compiled[1].path);
  bytes[5_000_000] ^= 1;
  writeFileSync(path, bytes);
  expect(() => loadCompiledAsns(path)).toThrow(/checksum/);
  rmSync(path);
  expect(() => loadCompiledAsns(path)).toThrow(
    expect.objectContaining({ code: "geo_missing", message: expect.stringContaining("geo compile") }),
  );
});

test.each([
  [
    "an overlap: the range that begins first keeps its addresses",
    "1.0.0.0,1.0.0.255,1,A\n1.0.0.128,1.0.1.255,2,B\n1.0.0.5,1.0.0.6,3,C\n",
    { "1.0.0.128": 1, "1.0.1.0": 2, "1.0.0.5": 1, "1.0.2.0": 0 },
  ],
  ["quotes, CRLF, the last address", '255.255.255.0,255.255.255.255,4294967295,"A ""b"", c"\r\n', { "255.255.255.255": 4_294_967_295 }],
])("AS lines: %s", (_title, text, expected) => {
  const path = join(folder, "lines.csv");
  writeFileSync(path, text);
  const { ranges, numbers } = readAsnCsv([path]);
  const table = new RangeTable(ranges);
  const found = Object.keys(expected).map((a) => [a, (numbers[table.find(...(parseAddress(a) as AddressWords)) - 1] ?? 0) >>> 0]);
  expect(Object.fromEntries(found)).toEqual(expected);
  rmSync(path);
});

test.each([
  ["no line at all\n", /lines\.csv:1: is no line/],
  ["1.0.0.0,1.0.0.255,1,A\n1.0.1.0,x,1,A\n", /lines\.csv:2: is no range/],
  ["1.0.0.9,1.0.0.1,1,A\n", /:1: is no range/],
  ["1.0.0.0,2001::,1,A\n", /:1: is no range/],
  ["1.0.0.0,1.0.0.255,many,A\n", /:1: has no AS number/],
  [Array.from({ length: 20 }, (_, n) => `${20 - n}.0.0.0,${20 - n}.0.0.255,1,A`).join("\n"), /ranges are not sorted/],
])("AS lines %j are refused with their line", (text, message) => {
  const path = join(folder, "lines.csv");
  writeFileSync(path, text);
  expect(() => readAsnCsv([path])).toThrow(message);
  rmSync(path);
});
