import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourcePaths } from "../../../../src/enrich/location/compile.ts";
import { loadSources } from "../../../../src/enrich/location/geo-db.ts";
import { compileOutlines, loadOutlines, type Outlines } from "../../../../src/enrich/location/outlines.ts";
import { createReach } from "../../../../src/enrich/location/reach.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-reach-"));
let outlines: Outlines;
beforeAll(() => {
  const source = loadSources().find(({ kind }) => kind === "outlines")!;
  const path = join(folder, "outlines.geo");
  const header = { name: source.name, build: "unknown", sha256: "", licence: source.licence, attribution: source.attribution };
  compileOutlines(path, sourcePaths(source)[0], header);
  outlines = loadOutlines(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

const LUXEMBOURG = { latitude: 49.61, longitude: 6.13 };

// Great-circle distances to the nearest point of the country (not its capital), by the map; the slack is taken off beforehand.
test.each<[string, number, number]>([
  ["LU", 0, 0],
  ["DE", 0, 0],
  ["BE", 0, 0],
  ["FR", 0, 0],
  ["NL", 50, 160],
  ["CH", 160, 230],
  ["GB", 200, 330],
  ["IE", 780, 900],
  ["RS", 850, 1050],
  ["US", 4300, 5300],
  ["JP", 8300, 9300],
  ["AU", 12_500, 13_900],
])("from Luxembourg, %s is between %i and %i km away at least", (country, from, to) => {
  const km = createReach(LUXEMBOURG, outlines).nearestKm(country);
  expect(km).toBeGreaterThanOrEqual(from);
  expect(km).toBeLessThanOrEqual(to);
});

test("the country around the site is at no distance, far from its borders too", () => {
  expect(createReach({ latitude: 39.5, longitude: -98.5 }, outlines).nearestKm("US")).toBe(0);
  expect(createReach({ latitude: 47, longitude: 2.4 }, outlines).nearestKm("FR")).toBe(0);
  // Lesotho is a hole in South Africa: in its midst one is not in South Africa, only near it.
  expect(createReach({ latitude: -29.6, longitude: 28.2 }, outlines).nearestKm("LS")).toBe(0);
});

test("a site at the date line sees what is on the other side of it", () => {
  const reach = createReach({ latitude: 65.6, longitude: -168.1 }, outlines);
  expect(reach.nearestKm("RU")).toBeLessThan(100);
});

test("what has no outline has no distance, and nothing is said of it", () => {
  expect(createReach(LUXEMBOURG, outlines).nearestKm("XK")).toBeUndefined();
  expect(createReach(LUXEMBOURG, outlines).nearestKm("??")).toBeUndefined();
});

test("nearly every country has an outline", () => {
  expect(outlines.countries.length).toBeGreaterThan(225);
  for (const code of ["LU", "DE", "FR", "US", "CN", "IN", "RU", "BR", "SG", "HK", "MT", "IS", "NO"])
    expect(outlines.countries).toContain(code);
});

test("regions: the distance to the city less what a region is wide", () => {
  const ashburn = createReach(LUXEMBOURG, outlines).regionKm([39.04, -77.49]);
  // 6,400 km as the crow flies (FACTS: 64 ms from Luxembourg).
  expect(ashburn).toBeGreaterThan(6150);
  expect(ashburn).toBeLessThan(6400);
  expect(createReach(LUXEMBOURG, outlines).regionKm([49.5, 6.1])).toBe(0);
});
