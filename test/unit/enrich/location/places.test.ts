import { describe, expect, test } from "vitest";
import { loadJurisdictions, loadSources } from "../../../../src/enrich/location/geo-db.ts";
import { createLocator, verdictOf } from "../../../../src/enrich/location/verdict.ts";
import { type AddressWords, parseAddress } from "../../../../src/lib/ip.ts";
import type { Place } from "../../../../src/model/location.ts";
import { testPlaces } from "../fixture.ts";

const places = testPlaces();
const placeOf = (text: string) => places.placeOf(...(parseAddress(text) as AddressWords));

test.each([
  ["172.16.0.1", "Private-Use"],
  ["192.168.255.255", "Private-Use"],
  ["10.0.0.1", "Private-Use"],
  ["100.64.0.1", "Shared Address Space"],
  ["127.0.0.1", "Loopback"],
  ["169.254.1.1", "Link Local"],
  ["224.0.0.251", "Multicast"],
  ["239.255.255.250", "Multicast"],
  ["240.0.0.1", "Reserved"],
  ["255.255.255.255", "Limited Broadcast"],
  ["0.0.0.0", "This network"],
  ["192.0.2.7", "Documentation (TEST-NET-1)"],
  ["198.19.255.1", "Benchmarking"],
  ["192.0.0.8", "IPv4 dummy address"],
  ["::", "Unspecified Address"],
  ["::1", "Loopback"],
  ["::ffff:10.0.0.1", "Private-Use"],
  ["::8.8.8.8", "Deprecated (IPv4-Compatible)"],
  ["fe80::1", "Link-Local Unicast"],
  ["fc00::1", "Unique-Local"],
  ["fdff::1", "Unique-Local"],
  ["fec0::1", "Deprecated (Site-Local)"],
  ["ff02::fb", "Multicast"],
  ["2001:db8::1", "Documentation"],
  ["3fff::1", "Documentation"],
  ["2001:2::1", "Benchmarking"],
  ["100::1", "Discard-Only Address Block"],
  ["64:ff9b:1::1", "Local-use IPv4-IPv6 Translat."],
  ["64:ff9b::10.1.2.3", "Private-Use"],
  ["2002:c0a8:101::1", "Private-Use"],
])("special-purpose %s is %s and nowhere, whatever the database says", (text, special) => {
  const place = placeOf(text);
  expect(place).toMatchObject({ special, countries: [], confidence: 0 });
  expect(verdictOf(place, new Set(["AU", "JP"]))).toBe("indeterminate");
});

test.each<[string, string[], number]>([
  ["5.1.1.1", ["DE"], 85],
  ["::ffff:5.1.1.1", ["DE"], 85],
  ["64:ff9b::5.1.1.1", ["DE"], 85],
  ["2002:0501:0101::1", ["DE"], 60],
  ["2001:0:4136:e378:8000:63bf:fafe:fefe", ["DE"], 60],
  ["2a00::1", ["LU"], 85],
  ["7.1.1.1", [], 0],
  ["9.1.1.1", ["US"], 40],
  ["4000::1", [], 0],
  ["8.8.8.8", [], 0],
  ["8.8.8.9", ["US"], 85],
  ["1.1.1.1", [], 0],
  ["9.9.9.9", [], 0],
  ["2001:4860:4860::8888", [], 0],
  ["2606:4700:4700::1111", [], 0],
  ["104.16.1.1", [], 0],
  ["192.31.196.1", [], 0],
  ["192.0.0.9", [], 0],
])("%s is in %j with confidence %i", (text, countries, confidence) => {
  const place = placeOf(text);
  expect(place).toMatchObject({ countries, confidence, special: undefined });
  expect(place.claims.length).toBeGreaterThan(0);
});

test("what is claimed says by whose word", () => {
  expect(placeOf("5.1.1.1").claims).toEqual([
    { kind: "country-database", source: "test-db", build: "2026-01-01", sha256: "00", countries: ["DE"] },
  ]);
  expect(placeOf("8.8.8.8").claims[0]).toMatchObject({ source: "anycast", note: "anycast (Google Public DNS): one address, many places" });
  expect(placeOf("64:ff9b::5.1.1.1").claims.map((c) => c.source)).toEqual(["test-db", "iana-special-purpose"]);
  expect(placeOf("7.1.1.1").claims[0].note).toBe("says EU: somewhere in Europe");
  expect(placeOf("10.1.1.1").claims[0].note).toBe("Private-Use (RFC 1918)");
});

test("equal places are one object; the cache changes nothing", () => {
  expect(placeOf("5.1.1.1")).toBe(placeOf("5.200.0.9"));
  expect(placeOf("5.1.1.1")).not.toBe(placeOf("6.1.1.1"));
  const first = Array.from({ length: 300 }, (_, n) => places.placeOf(0, 0, 0xffff, Math.imul(n, 0x9e3779b1)));
  const again = Array.from({ length: 300 }, (_, n) => places.placeOf(0, 0, 0xffff, Math.imul(n, 0x9e3779b1)));
  expect(again.every((place, n) => place === first[n])).toBe(true);
  const fresh = testPlaces();
  expect(first.map((place) => place.countries)).toEqual(
    Array.from({ length: 300 }, (_, n) => fresh.placeOf(0, 0, 0xffff, Math.imul(n, 0x9e3779b1)).countries),
  );
});

describe("verdicts", () => {
  const place = (countries: string[], confidence: number, more: Partial<Place> = {}): Place => ({
    index: 0,
    countries,
    confidence,
    claims: [{ source: "a", countries }],
    asn: undefined,
    organization: undefined,
    special: undefined,
    ...more,
  });
  const list = new Set(["LU", "DE"]);
  test.each<[string, Place, string]>([
    ["on the list", place(["DE"], 85), "inside-list"],
    ["not on the list", place(["US"], 85), "outside-list"],
    ["at the edge of confidence", place(["DE"], 50), "inside-list"],
    ["below it", place(["DE"], 49), "indeterminate"],
    ["no country", place([], 0), "indeterminate"],
    ["two countries, both on it", place(["DE", "LU"], 85), "inside-list"],
    ["two countries, one on it", place(["DE", "US"], 85), "contradicted"],
    ["a claim that decides nothing says otherwise", place(["DE"], 95, { claims: [{ source: "b", countries: ["US"] }] }), "inside-list"],
    ["all that is claimed is ruled out", place(["DE"], 0, { disproved: ["DE"] }), "contradicted"],
    ["something else is ruled out", place(["DE"], 85, { disproved: ["US"] }), "inside-list"],
    ["ruled out, and never certain", place([], 0, { disproved: ["US"] }), "indeterminate"],
    ["special", place(["DE"], 85, { special: "Private-Use" }), "indeterminate"],
  ])("%s", (_title, given, verdict) => {
    expect(verdictOf(given, list)).toBe(verdict);
  });

  test("interned per place and list", () => {
    const locator = createLocator(loadJurisdictions());
    expect(locator.locate(placeOf("5.1.1.1"), "eu-eea")).toBe(locator.locate(placeOf("5.2.2.2"), "eu-eea"));
    expect(locator.locate(placeOf("5.1.1.1"), "lu").verdict).toBe("outside-list");
    expect(() => locator.locate(placeOf("5.1.1.1"), "no-such")).toThrow("no jurisdiction list");
  });
});

describe("built-in data", () => {
  const lists = new Map(loadJurisdictions().map((list) => [list.name, new Set(list.countries)]));
  test("profiles hold what the law says", () => {
    expect([...lists.keys()]).toEqual(["lu", "eu-eea", "eea-adequacy", "eu-only"]);
    expect(lists.get("eu-eea")?.size).toBe(30 + 7);
    expect(lists.get("eea-adequacy")?.size).toBe(30 + 7 + 14);
    expect(lists.get("eu-only")?.size).toBe(27 + 7);
    expect([...(lists.get("eu-eea") ?? [])].filter((code) => !lists.get("eu-only")?.has(code)).sort()).toEqual(["IS", "LI", "NO"]);
  });
  test.each(["GP", "MQ", "GF", "RE", "YT", "MF", "AX", "NO", "IS", "LI"])("%s is inside", (code) => {
    expect(lists.get("eu-eea")?.has(code)).toBe(true);
    expect(lists.get("eea-adequacy")?.has(code)).toBe(true);
  });
  test.each(["GL", "PF", "NC", "WF", "BL", "PM", "AW", "CW", "SX", "BQ", "SJ", "GI", "MC", "SM", "VA", "XK", "US", "CA"])(
    "%s is on no list",
    (code) => {
      for (const list of lists.values()) expect(list.has(code)).toBe(false);
    },
  );
  test("each adequacy decision is of a country on its list, and each such country has one", () => {
    const list = loadJurisdictions().find(({ name }) => name === "eea-adequacy");
    const decided = list?.adequacy?.map(({ country }) => country).sort();
    expect(decided).toEqual([...(lists.get("eea-adequacy") ?? [])].filter((code) => !lists.get("eu-eea")?.has(code)).sort());
  });
  test("sources carry licence and attribution", () => {
    for (const source of loadSources()) expect(source.attribution).toContain(source.licence);
  });
  test("a missing or broken folder is one line", () => {
    expect(() => loadSources("/nowhere")).toThrow(/\/nowhere\/sources\.yaml: cannot read/);
  });
});
