import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatGeoReport, geoLookup } from "../../../src/enrich/geo-lookup.ts";
import { loadJurisdictions } from "../../../src/enrich/location/geo-db.ts";
import { party, site, testPlaces, zone } from "./fixture.ts";
import { mmdbOf } from "./location/mmdb-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-lookup-"));
afterAll(() => rmSync(folder, { recursive: true }));
const databasePath = join(folder, "own.mmdb");
writeFileSync(
  databasePath,
  mmdbOf([
    ["10.0.0.0/8", { country_code: "AU" }],
    ["6.0.0.0/8", { country_code: "US" }],
  ]),
);
const from = {
  places: testPlaces(),
  lists: loadJurisdictions(),
  databasePath,
  site: site({
    zones: [zone("imaging", { networks: ["10.1.0.0/16"] })],
    parties: [party("acme", { title: "Acme SA", networks: ["6.6.0.0/16"] })],
  }),
};

test("an outside address: place, party, lists, and the database's own record", () => {
  const report = geoLookup(" 6.6.1.1 ", from);
  expect(report).toMatchObject({ address: "6.6.1.1", side: "outside", party: { by: "prefix" }, raw: { record: { country_code: "US" } } });
  expect(report.verdicts).toContainEqual({ list: "eu-eea", verdict: "outside-list" });
  expect(formatGeoReport(report)).toContain("party       Acme SA (acme, by prefix)\n");
});

test("an inside address: its zone; no place though the database names one", () => {
  const report = geoLookup("10.1.2.3", from);
  expect(report.side).toBe("inside (zone imaging)");
  expect(formatGeoReport(report)).toMatch(/country {5}none \(special-purpose\)\n(?:.*\n)*record {6}\{"country_code":"AU"\}/);
});

test.each(["", "nonsense", "1.2.3", "1.2.3.4/24", "fe80::1%eth0", "[::1]", "1.2.3.4\n5"])("%j is wrong use", (text) => {
  expect(() => geoLookup(text, from)).toThrow(expect.objectContaining({ code: "usage", exitCode: 2 }));
});
