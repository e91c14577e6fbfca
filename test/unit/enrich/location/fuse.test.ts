import { expect, test } from "vitest";
import { fuse } from "../../../../src/enrich/location/fuse.ts";
import { RANKS, WEIGHTS } from "../../../../src/enrich/location/weights.ts";
import { CLAIM_KINDS, type Claim, type ClaimKind } from "../../../../src/model/location.ts";

/** "cloud-region:DE", "override:LU+DE", "anycast:" */
const claims = (...texts: string[]): Claim[] =>
  texts.map((text, n) => {
    const [kind, countries] = text.split(":");
    return { kind: kind as ClaimKind, source: `s${n}`, countries: countries === "" ? [] : countries.split("+") };
  });

test.each<[string, string[], object]>([
  ["nobody says anything", [], { countries: [], confidence: 0 }],
  ["one database", ["country-database:DE"], { countries: ["DE"], confidence: 85 }],
  ["two that agree", ["country-database:DE", "city-database:DE"], { countries: ["DE"], confidence: 90 }],
  ["agreement has its limit", Array(5).fill("country-database:DE"), { countries: ["DE"], confidence: 95 }],
  [
    "two that disagree",
    ["country-database:DE", "city-database:US"],
    { countries: ["DE", "US"], confidence: 70, isDisputed: true, agreedConfidence: 90 },
  ],
  [
    "the majority comes first",
    ["country-database:US", "city-database:DE", "country-database:DE"],
    { countries: ["DE", "US"], confidence: 70, isDisputed: true, agreedConfidence: 95 },
  ],
  ["one that knows nothing beside one that does", ["country-database:", "city-database:DE"], { countries: ["DE"], confidence: 85 }],
  ["a cloud's own list outranks a database", ["country-database:US", "cloud-region:DE"], { countries: ["DE"], confidence: 90 }],
  ["however many", ["cloud-region:DE", ...Array(6).fill("country-database:US")], { countries: ["DE"], confidence: 80 }],
  [
    "a region whose place is not known leaves it to the databases",
    ["cloud-region:", "country-database:US"],
    { countries: ["US"], confidence: 85 },
  ],
  ["anycast takes away what databases say", ["anycast:", "country-database:US"], { countries: [], confidence: 0 }],
  ["and not what the cloud says", ["anycast:", "cloud-region:DE"], { countries: ["DE"], confidence: 95 }],
  ["the operator's word outranks all", ["override:LU", "cloud-region:DE", "anycast:"], { countries: ["LU"], confidence: 100 }],
  ["in one of two countries", ["override:LU+DE"], { countries: ["LU", "DE"], confidence: 100 }],
  ["registration alone decides nothing", ["registration:DE"], { countries: ["DE"], confidence: 40 }],
  ["registration elsewhere is no dispute", ["country-database:DE", "registration:US"], { countries: ["DE"], confidence: 85 }],
  ["a contract is a promise", ["contract:LU"], { countries: ["LU"], confidence: 35 }],
  ["and hides no drift", ["contract:LU", "country-database:US"], { countries: ["US"], confidence: 85 }],
])("%s", (_title, texts, expected) => {
  expect(fuse(claims(...texts))).toEqual(expected);
});

test.each<[string, string[], string, object]>([
  ["all that is claimed", ["country-database:US"], "US", { countries: ["US"], confidence: 0, disproved: ["US"] }],
  ["one of two", ["country-database:US", "city-database:DE"], "US", { countries: ["DE"], confidence: 85, disproved: ["US"] }],
  ["the cloud's word", ["cloud-region:US", "country-database:DE"], "US", { countries: ["DE"], confidence: 85, disproved: ["US"] }],
  ["an override too", ["override:US"], "US", { countries: ["US"], confidence: 0, disproved: ["US"] }],
  ["beside anycast it stays nowhere", ["anycast:", "country-database:US"], "US", { countries: [], confidence: 0, disproved: ["US"] }],
  ["nothing", ["country-database:US"], "JP", { countries: ["US"], confidence: 85 }],
])("ruled out: %s", (_title, texts, country, expected) => {
  expect(fuse(claims(...texts), ({ countries }) => countries.every((code) => code === country))).toEqual(expected);
});

test("every kind has a weight; those that can decide have a rank, in order of weight", () => {
  expect(Object.keys(WEIGHTS).sort()).toEqual([...CLAIM_KINDS].sort());
  const ranked = RANKS.flat();
  expect(ranked.toSorted()).toEqual(CLAIM_KINDS.filter((kind) => kind !== "special-purpose" && kind !== "rtt-bound").toSorted());
  const weights = RANKS.map(([kind]) => WEIGHTS[kind]).filter((weight) => weight > 0);
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
});
