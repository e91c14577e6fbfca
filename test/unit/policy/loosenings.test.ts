import { expect, test } from "vitest";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { loosenings } from "../../../src/policy/loosenings.ts";

const lists = readBuiltInLists(BUILT_IN_LISTS);
const BASE = `inside: [10.0.0.0/8]
zones:
  - {name: imaging, networks: [10.1.0.0/16], data: [imaging], jurisdiction: lu}
  - {name: guest, networks: [10.9.0.0/16], data: [guest]}
parties:
  - {name: acme, role: processor, domains: [acme.eu], countries: [DE], agreementEnds: "2027-01-31"}
authorisations:
  - {id: A-1, zones: [imaging], parties: [acme], countries: [US], purpose: p, basis: GDPR 45, until: "2027-01-31", hours: {days: [mon, tue], from: "08:00", until: "18:00"}}
detections:
  residency.violation: {severity: high}
`;

function view(text: string) {
  const { site, config } = parseConfig(text, "c.yaml", lists, { HOME: "/h" }, { isRoot: false });
  return { site, detections: config.detections };
}

const textsOf = (before: string, after: string) => loosenings(view(before), view(after)).map(({ text }) => text);

test.each<[string, (text: string) => string, string[]]>([
  ["nothing", (text) => text, []],
  [
    "a comment, a title, a purpose, an owner",
    (t) => `# x\n${t.replace("purpose: p", "purpose: q, owner: dpo").replace("name: acme,", "name: acme, title: Acme,")}`,
    [],
  ],
  ["a stricter list", (t) => t.replace("data: [guest]", "data: [guest], jurisdiction: lu"), []],
  ["a party less", (t) => t.replace('until: "2027-01-31"', 'until: "2026-12-31"'), []],
  [
    "a zone judged by a longer list",
    (t) =>
      t.replace("jurisdiction: lu", "jurisdiction: benelux").concat("jurisdictions: [{name: benelux, countries: [LU, BE], source: s}]\n"),
    ["zone imaging is held against the list benelux, which approves BE"],
  ],
  ["a zone not judged", (t) => t.replace("data: [imaging],", "data: [imaging], judged: false,"), ["zone imaging is not judged any more"]],
  [
    "a zone without patient data",
    (t) => t.replace("data: [imaging]", "data: [admin]"),
    ["zone imaging is not held to contain patient data any more"],
  ],
  [
    "a network given to guests",
    (t) => t.replace("[10.9.0.0/16]", "[10.9.0.0/16, 10.8.0.0/16]"),
    ["10.8.0.0/16 is now in zone guest, which is not judged"],
  ],
  [
    "a new zone of admins",
    (t) => t.replace("zones:", "zones:\n  - {name: new, vlans: [7], data: [admin]}"),
    ["zone new is not held to contain patient data any more"],
  ],
  [
    "more inside",
    (t) => t.replace("[10.0.0.0/8]", "[10.0.0.0/8, 192.0.2.0/24]"),
    ["192.0.2.0/24 counts as inside: flows to it are not judged any more"],
  ],
  ["a new party", (t) => t.replace("parties:\n", "parties:\n  - {name: b, role: provider, asns: [5]}\n"), ["party b is registered"]],
  [
    "a party known by more, and in more countries",
    (t) => t.replace("[acme.eu], countries: [DE]", "[acme.eu, acme.us], countries: [DE, FR]"),
    ["party acme is recognised by acme.us", "party acme may be in FR"],
  ],
  ["a contract of any country", (t) => t.replace(", countries: [DE]", ""), ["party acme may be in any country"]],
  ["a longer agreement", (t) => t.replace('agreementEnds: "2027', 'agreementEnds: "2029'), ["the agreement with acme is longer"]],
  ["an authorisation renewed", (t) => t.replace('until: "2027-01-31"', 'until: "2028-01-31"'), ["authorisation A-1 ends later"]],
  ["for all zones", (t) => t.replace("zones: [imaging], ", ""), ["authorisation A-1 is for more zones"]],
  ["wherever the party is", (t) => t.replace("countries: [US], ", ""), ["authorisation A-1 is for more countries"]],
  ["at more hours", (t) => t.replace('until: "18:00"', 'until: "18:30"'), ["authorisation A-1 holds at more hours"]],
  ["at fewer hours", (t) => t.replace('from: "08:00"', 'from: "09:00"'), []],
  [
    "a new one",
    (t) => t.replace("authorisations:\n", "authorisations:\n  - {id: A-0, countries: [CH], purpose: p, basis: GDPR 45}\n"),
    ["authorisation A-0 is new"],
  ],
  ["a detection off", (t) => `${t}  tap.degraded: {enabled: false}\n`, ["detection tap.degraded is off"]],
  ["less severe", (t) => t.replace("severity: high", "severity: low"), ["detection residency.violation always has the severity low"]],
  ["more severe", (t) => t.replace("severity: high", "severity: critical"), []],
  [
    "a higher threshold",
    (t) => t.replace("{severity: high}", "{severity: high, confidence: 90}"),
    ["detection residency.violation fires later: confidence is 90, it was 80"],
  ],
  ["a lower threshold", (t) => t.replace("{severity: high}", "{severity: high, confidence: 70}"), []],
])("%s", (_, change, expected) => {
  expect(textsOf(BASE, change(BASE))).toEqual(expected);
});

test("what is taken back is no loosening: the way back of a stricter policy", () => {
  const loose = BASE.replace("parties:\n", "parties:\n  - {name: b, role: provider, asns: [5]}\n").replace(
    'until: "2027-01-31"',
    'until: "2028-01-31"',
  );
  expect(textsOf(loose, BASE)).toEqual([]);
});
