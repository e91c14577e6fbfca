import fc from "fast-check";
import { expect, test } from "vitest";
import { NameSuffixes } from "../../../src/enrich/name-suffixes.ts";
import { createParties } from "../../../src/enrich/parties.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { party, words } from "./fixture.ts";

const parties = createParties([
  party("acme", { domains: ["acme.eu", "ACME.example."], networks: ["5.0.0.0/16"], asns: [100, 200] }),
  party("acme-us", { domains: ["us.acme.eu"], networks: ["5.0.7.0/24"] }),
  party("bücher", { domains: ["bücher.example", "*.wild.example"], asns: [200] }),
]);
const found = (name: string | undefined, address: string, asn?: number) => {
  const match = parties.find(name, ...words(address), asn);
  return match && `${match.party.name} by ${match.by}`;
};

test.each<[string | undefined, string, number | undefined, string | undefined]>([
  ["acme.eu", "9.9.9.9", undefined, "acme by name"],
  ["www.acme.eu", "9.9.9.9", undefined, "acme by name"],
  ["WWW.Acme.EU", "9.9.9.9", undefined, "acme by name"],
  ["x.y.us.acme.eu", "9.9.9.9", undefined, "acme-us by name"],
  ["acme.example", "9.9.9.9", undefined, "acme by name"],
  ["notacme.eu", "9.9.9.9", undefined, undefined],
  ["acme.eu.evil.example", "9.9.9.9", undefined, undefined],
  ["eu", "9.9.9.9", undefined, undefined],
  [".", "9.9.9.9", undefined, undefined],
  ["", "9.9.9.9", undefined, undefined],
  ["xn--bcher-kva.example", "9.9.9.9", undefined, "bücher by name"],
  ["a.wild.example", "9.9.9.9", undefined, "bücher by name"],
  ["www.acme.eu", "5.0.7.1", undefined, "acme by name"],
  ["other.example", "5.0.7.1", undefined, "acme-us by prefix"],
  [undefined, "5.0.8.1", 200, "acme by prefix"],
  [undefined, "9.9.9.9", 200, "acme by asn"],
  [undefined, "9.9.9.9", 300, undefined],
])("name %s, address %s, AS %s: %s", (name, address, asn, expected) => {
  expect(found(name, address, asn)).toBe(expected);
});

test("matches are interned", () => {
  expect(parties.find("a.acme.eu", ...words("9.9.9.9"), undefined)).toBe(parties.find("b.acme.eu", ...words("9.9.9.9"), undefined));
});

const label = fc.stringMatching(/^[a-c]{1,2}$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));

test("property: as a search through all suffixes", () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 40 }), name, (suffixes, asked) => {
      const table = NameSuffixes.of(suffixes.map((suffix, n) => ({ suffix, value: n + 1 })));
      const held = suffixes.filter((suffix) => asked === suffix || asked.endsWith(`.${suffix}`)).sort((a, b) => b.length - a.length);
      expect(table.find(asked)).toBe(held.length === 0 ? 0 : suffixes.indexOf(held[0]) + 1);
    }),
  );
});

test("a hundred thousand suffixes, each found, strangers not", () => {
  const suffixes = Array.from({ length: 100_000 }, (_, n) => ({ suffix: `vendor-${n}.example`, value: n + 1 }));
  const table = NameSuffixes.of(suffixes);
  const wrong = suffixes.filter(({ suffix, value }) => table.find(`pacs.${suffix}`) !== value);
  expect(wrong).toEqual([]);
  expect(table.find("vendor-100000.example")).toBe(0);
});

const marked = createParties([
  party("acme", { domains: ["acme.eu"], certificateSubjects: ["O=Acme GmbH"], aeTitles: ["ACME_ARCHIVE"] }),
  party("acme-labs", { certificateSubjects: ["O=Acme GmbH, OU=Labs"] }),
  party("hoster", { networks: ["6.0.0.0/16"], asns: [7] }),
]);

test.each<[string, string | undefined, string, number | undefined, FlowFacts | undefined, string | undefined]>([
  ["certificate", undefined, "9.9.9.9", undefined, certificate("CN=pacs,o=acme gmbh,C=DE"), "acme by certificate"],
  ["its longest part", undefined, "9.9.9.9", undefined, certificate("CN=x, O=Acme GmbH, OU=Labs"), "acme-labs by certificate"],
  ["not a part of another", undefined, "9.9.9.9", undefined, certificate("O=Acme Gmb"), undefined],
  ["AE title called", undefined, "9.9.9.9", undefined, dicom("ACME_ARCHIVE ", "CT3"), "acme by ae-title"],
  ["the caller inside says nothing of the party", undefined, "9.9.9.9", undefined, dicom("X", "ACME_ARCHIVE"), undefined],
  ["network before certificate", undefined, "6.0.0.1", undefined, certificate("O=Acme GmbH"), "hoster by prefix, also acme"],
  ["name before network and AS", "pacs.acme.eu", "6.0.0.1", 7, undefined, "acme by name, also hoster"],
  ["AE title before AS", undefined, "9.9.9.9", 7, dicom("ACME_ARCHIVE", "CT3"), "acme by ae-title, also hoster"],
  ["all of one mind", "pacs.acme.eu", "9.9.9.9", undefined, certificate("O=Acme GmbH"), "acme by name"],
])("marks: %s", (_, named, address, asn, facts, expected) => {
  const match = marked.find(named, ...words(address), asn, facts);
  const also = match?.also === undefined ? "" : `, also ${match.also.join(" ")}`;
  expect(match && `${match.party.name} by ${match.by}${also}`).toBe(expected);
});

test.each<[string, string | undefined, string, number | undefined, FlowFacts | undefined, boolean]>([
  ["name", "pacs.acme.eu", "9.9.9.9", undefined, undefined, false],
  ["name, in another's network", "pacs.acme.eu", "6.0.0.1", undefined, undefined, false],
  ["name, in another's network and its own AS", "acme.eu", "6.0.0.1", 9, undefined, false],
  ["name, in its own network", "acme.eu", "8.0.0.1", undefined, undefined, true],
  ["name, in its own AS", "acme.eu", "9.9.9.9", 9, undefined, true],
  ["network", undefined, "8.0.0.1", undefined, undefined, true],
  ["AS", undefined, "9.9.9.9", 9, undefined, true],
  ["certificate", undefined, "9.9.9.9", undefined, certificate("O=Acme GmbH"), false],
  ["certificate in its own AS", undefined, "9.9.9.9", 9, certificate("O=Acme GmbH"), true],
  ["AE title", undefined, "9.9.9.9", undefined, dicom("ACME", "CT3"), false],
])("proven by more than its own word: %s", (_, name, address, asn, facts, isProven) => {
  const known = createParties([
    party("acme", { domains: ["acme.eu"], networks: ["8.0.0.0/16"], asns: [9], certificateSubjects: ["O=Acme GmbH"], aeTitles: ["ACME"] }),
    party("hoster", { networks: ["6.0.0.0/16"] }),
  ]);
  const match = known.find(name, ...words(address), asn, facts);
  expect([match?.party.name, match?.isProven]).toEqual(["acme", isProven]);
});

test("marks: from outside it is the caller that counts", () => {
  expect(marked.find(undefined, ...words("9.9.9.9"), undefined, dicom("X", "ACME_ARCHIVE"), true)?.party.name).toBe("acme");
});

function certificate(subject: string): FlowFacts {
  return { protocols: ["tls"], tls: { server: { subject } } };
}

function dicom(calledAe: string, callingAe: string): FlowFacts {
  return { protocols: ["dicom"], dicom: { calledAe: [calledAe], callingAe: [callingAe] } };
}
