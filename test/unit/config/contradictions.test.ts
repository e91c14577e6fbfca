import { expect, test } from "vitest";
import { loadText } from "./load-text.ts";

const HEAD = `zones:
  - {name: imaging, networks: [10.1.0.0/16], data: [imaging, genomic]}
parties:
  - {name: acme, role: processor, asns: [1], countries: [DE], purposes: [archive], agreementEnds: "2027-06-30"}
authorisations:
`;
const one = (text: string) => `  - {id: A-1, parties: [acme], purpose: archive, basis: GDPR 45, until: "2027-01-01"${text}}\n`;
const warningsOf = (text: string) => loadText(HEAD + text).warnings.map(({ path, message }) => `${path}: ${message}`);

test.each<[string, string, string[]]>([
  ["nothing to say", one(""), []],
  [
    "no article of chapter V",
    one("").replace("GDPR 45", "consent"),
    ['authorisations[0].basis: A-1 rests on no article of chapter V: "consent"'],
  ],
  [
    "clauses without a reference",
    one("").replace("GDPR 45", "GDPR 46(2)(c)"),
    ["authorisations[0]: A-1 rests on GDPR 46(2)(c) without a reference to the clauses, rules or case"],
  ],
  ["clauses with one", one(", reference: SCC 12").replace("GDPR 45", "GDPR 46(2)(c)"), []],
  [
    "a bound that is for derogations",
    one(", mostUsesIn30Days: 3"),
    ["authorisations[0].mostUsesIn30Days: A-1 bounds its use, which is for derogations (GDPR 49), and rests on GDPR 45"],
  ],
  [
    "a country that the contract does not name",
    one(", countries: [CH, DE]"),
    ["authorisations[0].countries: A-1 allows acme in CH, which its contract does not name"],
  ],
  [
    "a purpose that it does not name",
    one("").replace("archive", "research"),
    ["authorisations[0].purpose: A-1 is for a purpose that the contract with acme does not name"],
  ],
  [
    "longer than the agreement",
    one("").replace("2027-01-01", "2028-01-01"),
    ["authorisations[0].until: A-1 goes on after the agreement with acme ends on 2027-06-30"],
  ],
  [
    "data that the zone goes beyond",
    one(", zones: [imaging], data: [imaging]"),
    ["authorisations[0].data: A-1 never decides for zone imaging, which also holds genomic"],
  ],
  [
    "everybody from everywhere",
    one(", countries: [CH]").replace("[acme]", "[]"),
    ["authorisations[0].zones: A-1 is for every zone and every party: patient data is in some of them"],
  ],
  [
    "one behind a wider one",
    one("") + one(", countries: [DE]").replace("A-1", "A-2"),
    ["authorisations[1].id: A-2 never decides: A-1 before it covers the same"],
  ],
  ["one before a wider one", one(", countries: [DE]") + one("").replace("A-1", "A-2"), []],
  ["one behind office hours", one(', hours: {from: "07:00", until: "19:00"}') + one("").replace("A-1", "A-2"), []],
])("%s", (_, text, expected) => {
  expect(warningsOf(text)).toEqual(expected);
});

test("everything has ended: perhaps the clock is wrong", () => {
  const ended = one("").replace("2027-01-01", "2026-01-01");
  expect(warningsOf(ended + ended.replace("A-1", "A-2").replace("2026-01-01", "2026-02-01"))).toContain(
    "authorisations: every authorisation has ended",
  );
});

test.each([
  [
    "papers that have ended",
    'documents: [{kind: scc, ends: "2026-01-31"}]',
    ["parties[0].documents[0].ends: scc of x ended on 2026-01-31"],
  ],
  ["a sub-processor of nobody", "role: sub-processor", ["parties[0]: sub-processor x names no processor that it works for (GDPR 28(4))"]],
])("%s", (_, more, expected) => {
  const role = more.startsWith("role") ? "" : "role: provider, ";
  expect(
    loadText(`parties:\n  - {name: x, ${role}asns: [5], ${more}}\n`).warnings.map(({ path, message }) => `${path}: ${message}`),
  ).toEqual(expected);
});

test("a tap outside of address translation needs the public addresses", () => {
  expect(loadText("site: {tap: outside-nat}\n").warnings.map(({ text }) => text)).toEqual([
    expect.stringContaining("c.yaml:1:13 site.tap: the tap is outside address translation, and inside holds private space only"),
  ]);
  expect(loadText("site: {tap: outside-nat}\ninside: [192.0.2.0/24]\n").warnings).toEqual([]);
});
