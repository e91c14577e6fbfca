import { expect, test } from "vitest";
import { looserThan } from "../../../src/app/policy-change.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { looserSettings } from "../../../src/config/looser.ts";
import { defaultSettings } from "../../../src/detect/index.ts";

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

const parse = (text: string) => parseConfig(text, "c.yaml", lists, { HOME: "/h" }, { isRoot: false });
const textsOf = (before: string, after: string) => looserThan(parse(before), parse(after)).map(({ text }) => text);

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
    ["VLAN 7 is now in zone new, which holds no patient data"],
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

const ZONES = `inside: [10.0.0.0/8, "2001:db8::/32"]
zones:
  - {name: office, networks: [10.0.0.0/8, "2001:db8::/32"], vlans: [9], data: [admin], order: 200}
  - {name: imaging, networks: [10.1.0.0/16], vlans: [7], data: [imaging], jurisdiction: lu, order: 100}
authorisations:
  - {id: A-1, zones: [imaging], countries: [CH], purpose: p, basis: GDPR 45}
`;
const IMAGING = "  - {name: imaging, networks: [10.1.0.0/16], vlans: [7], data: [imaging], jurisdiction: lu, order: 100}\n";

test.each<[string, (text: string) => string, string[]]>([
  ["nothing, written otherwise", (t) => t.replace("networks: [10.1.0.0/16]", "networks: [10.1.0.0/17, 10.1.128.0/17]"), []],
  [
    "a zone of patients removed under a wider one",
    (t) => t.replace(IMAGING, "").replace("zones: [imaging], countries", "zones: [office], countries"),
    [
      "10.1.0.0/16 is now in zone office, which holds no patient data",
      "VLAN 7 is now in zone office, which holds no patient data",
      "authorisation A-1 is for more zones",
    ],
  ],
  [
    "a zone of patients made smaller",
    (t) => t.replace("networks: [10.1.0.0/16]", "networks: [10.1.0.0/24]"),
    ["10.1.1.0–10.1.255.255 is now in zone office, which holds no patient data"],
  ],
  [
    "another order",
    (t) => t.replace("order: 100", "order: 300"),
    ["10.1.0.0/16 is now in zone office, which holds no patient data", "VLAN 7 is now in zone office, which holds no patient data"],
  ],
  ["another order that changes nothing", (t) => t.replace("order: 100", "order: 50"), []],
  [
    "a VLAN of patients given away",
    (t) => t.replace("vlans: [9]", "vlans: [9, 7]").replace("vlans: [7], ", ""),
    ["VLAN 7 is now in zone office, which holds no patient data"],
  ],
  [
    "addresses in no zone any more, where the site's list is wider",
    (t) =>
      t
        .replace("networks: [10.1.0.0/16], vlans: [7]", "vlans: [7]")
        .replace('[10.0.0.0/8, "2001:db8::/32"], vlans', '["2001:db8::/32"], vlans'),
    [
      "10.1.0.0/16 is now in zone unassigned, whose list eu-eea approves AT, BE, BG, HR, CY …",
      "VLAN 9 is now in zone office, which holds no patient data",
    ],
  ],
])("zones: %s", (_, change, expected) => {
  expect(textsOf(ZONES, change(ZONES))).toEqual(expected);
});

test("addresses that get the rights of another zone", () => {
  const before = ZONES.replace(
    IMAGING,
    `${IMAGING}  - {name: lab, networks: [10.2.0.0/16], data: [laboratory], jurisdiction: lu, order: 100}\n`,
  );
  expect(
    textsOf(
      before,
      before.replace("[10.1.0.0/16]", "[10.1.0.0/16, 10.2.1.0/24]").replace("order: 100}\n  - {name: lab", "order: 90}\n  - {name: lab"),
    ),
  ).toEqual([
    "10.2.1.0/24 is now in zone imaging, to which authorisation A-1 applies",
    // The tag decides before the laboratory's addresses now.
    "VLAN 7 is now in zone imaging, to which authorisation A-1 applies",
  ]);
});

const GEO = `inside: [10.0.0.0/8]
geo:
  sources: [{name: aws, format: aws, from: "https://a.example/x.json"}]
  overrides:
    - {network: 203.0.113.0/24, countries: [RU], author: a, reason: r}
    - {network: 198.51.100.0/24, countries: [DE], author: a, reason: r, until: "2027-01-31"}
`;
test.each<[string, (text: string) => string, string[]]>([
  ["nothing", (t) => t.replace("reason: r}", "reason: s}"), []],
  [
    "half of the Internet held to be at home",
    (t) => `${t}    - {network: 0.0.0.0/1, countries: [LU], author: a, reason: r}\n`,
    ["0.0.0.0/1 is held to be in LU"],
  ],
  ["an override toward a country that nothing allows", (t) => t.replace("[DE]", "[CN]"), []],
  ["an override turned", (t) => t.replace("[RU]", "[FR]"), ["203.0.113.0/24 is held to be in FR"]],
  ["an override taken away", (t) => t.replace(/ +- \{network: 203.*\n/, ""), ["203.0.113.0/24 is not held to be in RU any more"]],
  ["one that told of an approved country taken away", (t) => t.replace(/ +- \{network: 198.*\n/, ""), []],
  ["an override for longer", (t) => t.replace("2027", "2028"), ["198.51.100.0/24 is held to be in DE for longer"]],
  ["an override for less long", (t) => t.replace("2027", "2026"), []],
  ["a source gone", (t) => t.replace(/\{name: aws.*\}\]/, "]"), ["location source aws is not asked any more"]],
  ["a source from elsewhere", (t) => t.replace("a.example", "b.example"), ["location source aws is taken from elsewhere"]],
  ["the speed of light", (t) => `${t}  speedOfLight: false\n`, ["claims are not held against the speed of light any more"]],
  [
    "networks left out of it",
    (t) => `${t}  answeredNearby: [192.0.2.0/24]\n`,
    ["claims about 192.0.2.0/24 are not held against the speed of light any more"],
  ],
  ["older databases", (t) => `${t}  maxAgeDays: 400\n`, ["location databases may be 400 days old"]],
])("places: %s", (_, change, expected) => {
  expect(textsOf(GEO, change(GEO))).toEqual(expected);
});

test.each<[string, string, string, string | undefined]>([
  ["m365.boundary", "{}", "{exclusions: [x.example]}", undefined],
  ["m365.boundary", "{exclusions: [x.example]}", "{exclusions: []}", "looks for less: exclusions without x.example"],
  ["mail.unencrypted", "{relays: [10.1.1.1/32]}", "{}", "looks for less: relays without 10.1.1.1/32"],
  ["clear.patient_identifier", "{labels: [a]}", "{labels: [b]}", "looks for less: labels without a"],
  ["backup.unapproved_region", '{regions: ["aws:eu-central-1"]}', "{}", "looks at no regions any more"],
  ["backup.unapproved_region", "{}", '{regions: ["aws:eu-central-1"]}', undefined],
  ["backup.unapproved_region", '{regions: ["aws:a"]}', '{regions: ["aws:a", "aws:b"]}', "approves aws:b (regions)"],
  ["dicom.external_store", "{}", "{approvedAeTitles: [X]}", "excepts X (approvedAeTitles)"],
  ["dicom.external_store", "{approvedAeTitles: [X]}", "{}", undefined],
  ["exfil.dns", "{}", "{windowSeconds: 60}", "fires on less: windowSeconds is 60, it was 600"],
  ["exfil.dns", "{}", "{windowSeconds: 900}", undefined],
  ["tap.degraded", "{}", "{windowSeconds: 600}", "fires later: windowSeconds is 600, it was 300"],
  ["tap.degraded", "{}", "{windowSeconds: 60}", "fires on less: windowSeconds is 60, it was 300"],
  ["processor.contract_expired", "{}", "{noticeDays: 5}", "fires on less: noticeDays is 5, it was 60"],
  ["exfil.dns", "{enabled: false, minNames: 10}", "{enabled: false, minNames: 20}", undefined],
  ["residency.violation", "{severity: critical}", "{}", "is not always critical any more"],
])("detection %s: from %s to %s", (name, before, after, expected) => {
  const config = (settings: string) => `inside: [10.0.0.0/8]\ndetections:\n  ${name}: ${settings}\n`;
  expect(textsOf(config(before), config(after))).toEqual(expected === undefined ? [] : [`detection ${name} ${expected}`]);
});

test("every threshold and list of a detection says which way it is looser", () => {
  const ways = looserSettings();
  const settings = Object.entries(defaultSettings()).flatMap(([name, own]) => Object.keys(own).map((key) => [name, key]));
  const missing = settings.filter(([name, key]) => key !== "enabled" && ways[name]?.[key] === undefined);
  expect(missing).toEqual([]);
});

test("four eyes switched off", () => {
  const before = "inside: [10.0.0.0/8]\npolicy: {fourEyes: true}\n";
  expect(textsOf(before, "inside: [10.0.0.0/8]\n")).toEqual(["what loosens policy needs no second person any more"]);
});
