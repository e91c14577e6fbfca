import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileGeo } from "../../../../src/enrich/location/compile.ts";
import { type CountryDatabase, countriesOf } from "../../../../src/enrich/location/country-database.ts";
import { loadProviders, loadSpecialPurpose } from "../../../../src/enrich/location/geo-db.ts";
import { installSource } from "../../../../src/enrich/location/install.ts";
import { installedPath, loadGeo } from "../../../../src/enrich/location/load-geo.ts";
import { openMmdb } from "../../../../src/enrich/location/mmdb-walk.ts";
import { createPlaces, type Places } from "../../../../src/enrich/location/places.ts";
import { RangeTable } from "../../../../src/enrich/location/range-table.ts";
import { RttTable } from "../../../../src/enrich/location/rtt-table.ts";
import { createLocator } from "../../../../src/enrich/location/verdict.ts";
import { party, words } from "../fixture.ts";
import { mmdbOf } from "./mmdb-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-places-"));
/** As the build leaves them; compiled here only when their sources have changed since. */
const embedded = resolve(import.meta.dirname, "../../../../dist/geo");
beforeAll(() => {
  compileGeo({ outFolder: embedded, ifStale: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function database(name: string, networks: [string, string][]): CountryDatabase {
  const { ranges, answers } = countriesOf(openMmdb(name, mmdbOf(networks.map(([prefix, code]) => [prefix, { country_code: code }]))));
  return { name, build: "2026-11-01", sha256: "00", attribution: "", table: new RangeTable(ranges), answers };
}
const base = { special: loadSpecialPurpose(), providers: loadProviders() };
const german = database("db-a", [["5.0.0.0/8", "DE"]]);
const american = database("db-b", [["5.5.0.0/16", "US"]]);
const at = (places: Places, text: string) => places.placeOf(...words(text));
const micros = (day: string) => Date.parse(`${day}T12:00:00Z`) * 1000;

test("two databases: agreement, dispute, and one that knows nothing", () => {
  const places = createPlaces({ countries: german, more: [database("db-c", [["5.0.0.0/9", "DE"]]), american], ...base });
  expect(at(places, "5.1.1.1")).toMatchObject({ countries: ["DE"], confidence: 90 });
  expect(at(places, "5.5.1.1")).toMatchObject({ countries: ["DE", "US"], confidence: 70, isDisputed: true });
  expect(at(places, "5.200.1.1")).toMatchObject({ countries: ["DE"], confidence: 85 });
  expect(at(places, "5.200.1.1").claims.map(({ note }) => note)).toEqual([
    undefined,
    "has no entry for this address",
    "has no entry for this address",
  ]);
  expect(places.status.sources.map(({ name, maxAgeDays }) => [name, maxAgeDays])).toEqual([
    ["db-a", 35],
    ["db-c", 35],
    ["db-b", 35],
  ]);
});

test("an override decides until the end of its last day, by packet time, forth and back", () => {
  const override = { network: "5.1.0.0/16", countries: ["LU"], author: "A. Muller", reason: "data centre contract" };
  const places = createPlaces({ countries: german, ...base }).forSite({
    overrides: [
      { ...override, until: "2026-11-30" },
      { ...override, network: "5.1.2.0/24", countries: ["FR"] },
    ],
  });
  const countries = (day: string, address = "5.1.1.1") => {
    places.turnTo(micros(day));
    return at(places, address).countries;
  };
  expect(countries("2026-11-01")).toEqual(["LU"]);
  expect(at(places, "5.1.1.1").claims.map(({ kind, note }) => [kind, note])).toEqual([
    ["override", "A. Muller: data centre contract, until 2026-11-30"],
    ["country-database", undefined],
  ]);
  expect(countries("2026-11-30")).toEqual(["LU"]);
  expect(countries("2026-12-01")).toEqual(["DE"]);
  expect(countries("2026-11-15")).toEqual(["LU"]);
  expect(countries("2030-01-01", "5.1.2.9")).toEqual(["FR"]);
});

test("what a contract promises is kept beside what is observed, and hides nothing", () => {
  const acme = party("acme", { title: "Acme", networks: ["5.1.0.0/16", "99.0.0.0/8"], countries: ["LU", "BE"] });
  const places = createPlaces({ countries: german, ...base }).forSite({ parties: [acme] });
  expect(at(places, "5.1.1.1")).toMatchObject({ countries: ["DE"], confidence: 85 });
  expect(at(places, "5.1.1.1").claims.at(-1)).toEqual({
    kind: "contract",
    source: "contract",
    countries: ["LU", "BE"],
    note: "Acme (acme)",
  });
  expect(at(places, "99.1.1.1")).toMatchObject({ countries: ["LU", "BE"], confidence: 35 });
});

test("a site's places are its own: those they came from know nothing of its overrides", () => {
  const all = createPlaces({ countries: german, ...base });
  const site = all.forSite({ overrides: [{ network: "5.0.0.0/8", countries: ["LU"], author: "a", reason: "b" }] });
  expect([at(site, "5.1.1.1").countries, at(all, "5.1.1.1").countries]).toEqual([["LU"], ["DE"]]);
});

test("inside by one database alone, of a network at home elsewhere: the verdict stands, its confidence does not", () => {
  const places = createPlaces(loadGeo({ folder: embedded }).sources);
  const locator = createLocator([{ name: "eu", title: "", countries: ["IE", "DE"], source: "" }]);
  const irish = at(places, "2a05:d034:5000::d"); // Amazon, as registered; by its own list in Israel.
  expect(irish.claims.find(({ kind }) => kind === "as-home")).toMatchObject({ countries: ["US"] });
  expect(locator.locate(irish, "eu")).toMatchObject({ verdict: "inside-list", confidence: 75 });
  const hetzner = locator.locate(at(places, "78.46.10.20"), "eu");
  expect([hetzner.verdict, hetzner.confidence]).toEqual(["inside-list", undefined]);
});

test("installed sources: asked in order, kept over a reload when their file is damaged or gone, taken over when it changes", () => {
  const installedFolder = join(folder, "installed");
  const options = { folder: embedded, installedFolder, installed: ["own", "missing"] };
  const install = (country: string, build: number) =>
    installSource({
      name: "own",
      format: "mmdb",
      bytes: mmdbOf([["5.0.0.0/8", { country_code: country }]], { metadata: { build_epoch: build } }),
      from: "test",
      folder: installedFolder,
      attribution: "by me",
      licence: "",
      maxAgeDays: 30,
      nowMs: 0,
    });
  install("DE", 1_790_000_000);
  const first = loadGeo(options);
  const claim = (sources: typeof first.sources) => {
    const places = createPlaces(sources);
    return at(places, "5.1.1.1").claims.find(({ source }) => source === "own")?.countries;
  };
  expect(claim(first.sources)).toEqual(["DE"]);
  expect(first.sources.faults).toEqual([{ name: "missing", reason: expect.stringContaining("geo update") }]);
  expect(createPlaces(first.sources).attributions).toContain("by me");

  const path = installedPath(installedFolder, "own");
  writeFileSync(path, "damaged");
  const second = loadGeo(options, first);
  expect(claim(second.sources)).toEqual(["DE"]);
  expect(second.sources.faults?.[0]).toEqual({ name: "own", reason: expect.stringMatching(/no compiled database.*stays in use/) });
  expect(second.sources.countries.table).toBe(first.sources.countries.table);

  install("LU", 1_790_100_000);
  expect(claim(loadGeo(options, second).sources)).toEqual(["LU"]);
  rmSync(path);
  expect(claim(loadGeo(options, second).sources)).toEqual(["DE"]);
});

test("round-trip times: the two least of distinct connections to each address, bounded, NaN for what was never measured", () => {
  const table = new RttTable(8);
  const take = (n: number, time: number, connection = 0, at = 0) => {
    table.take(0, 0, 0xffff, n, time, connection, at);
    return [table.least, table.second];
  };
  const { NaN: none } = Number;
  expect(take(1, none)).toEqual([none, none]);
  expect(take(1, 900, 1)).toEqual([900, none]);
  // The same connection told of again is no second one.
  expect(take(1, 900, 1)).toEqual([900, none]);
  expect(take(1, 700, 2)).toEqual([700, 900]);
  expect(take(1, 800, 3)).toEqual([700, 800]);
  expect(take(1, 1000, 4)).toEqual([700, 800]);
  expect(take(1, none)).toEqual([700, 800]);
  expect(take(2, 0)).toEqual([none, none]);
  expect(take(3, -5)).toEqual([none, none]);
  for (let n = 10; n < 1000; n += 1) expect(take(n, n)[0]).toBe(n);
});

test("round-trip times are forgotten a day after their flow was last told of, and later ones take their place", () => {
  const table = new RttTable(8);
  const day = 86_400e6;
  const take = (time: number, connection: number, at: number) => {
    table.take(0, 0, 0xffff, 1, time, connection, at);
    return [table.least, table.second];
  };
  take(8000, 1, 0);
  expect(take(95_000, 2, day)).toEqual([8000, 95_000]);
  expect(take(96_000, 3, day + 1)).toEqual([95_000, 96_000]);
  // A flow that goes on keeps its own.
  take(95_000, 2, 2 * day);
  expect(take(Number.NaN, 0, 2.5 * day)).toEqual([95_000, Number.NaN]);
});

test("databases that dispute the country and all name one off the list agree that it is outside", () => {
  const chinese = database("db-b", [["6.0.0.0/8", "CN"]]);
  const places = createPlaces({ countries: database("db-a", [["6.0.0.0/8", "US"]]), more: [chinese], ...base });
  const locator = createLocator([
    { name: "eu", title: "", countries: ["DE"], source: "" },
    { name: "us", title: "", countries: ["US"], source: "" },
    { name: "both", title: "", countries: ["US", "CN"], source: "" },
  ]);
  const place = at(places, "6.1.1.1");
  expect(locator.locate(place, "eu")).toMatchObject({ verdict: "outside-list", confidence: 90, place: { confidence: 70 } });
  expect(locator.locate(place, "us").verdict).toBe("contradicted");
  expect(locator.locate(place, "both")).not.toHaveProperty("confidence");
});

test("several addresses of one name: certain only of what all say", () => {
  const places = createPlaces({ countries: german, more: [american], ...base });
  const together = (...texts: string[]) => places.together(texts.map((text) => at(places, text)));
  expect(together("5.1.1.1", "5.2.2.2")).toBe(at(places, "5.1.1.1"));
  expect(together("5.1.1.1", "5.5.1.1")).toMatchObject({ countries: ["DE", "US"], confidence: 70 });
  expect(together("5.1.1.1", "99.1.1.1")).toMatchObject({ countries: [], confidence: 0 });
  expect(together("5.5.1.1", "5.1.1.1")).toBe(together("5.1.1.1", "5.5.1.1"));
});
