import { expect, test } from "vitest";
import { problemsOf } from "./load-text.ts";

/** Text of a configuration, and exactly what is said of it. */
const cases: [name: string, text: string, problems: string[]][] = [
  ["an unknown section", "zonez: []\n", ['c.yaml:1:1 zonez: is not an option (did you mean "zones"?)']],
  ["an unknown key far from any", "capture:\n  quux: 1\n", ["c.yaml:2:3 capture.quux: is not an option"]],
  ["a misspelt key", "flows:\n  activeSecond: 60\n", ['c.yaml:2:3 flows.activeSecond: is not an option (did you mean "activeSeconds"?)']],
  ["text for a number", 'capture:\n  threads: "4"\n', ['c.yaml:2:12 capture.threads: must be a number, not "4" (write 4)']],
  ["a fraction for a whole number", "capture:\n  threads: 1.5\n", ["c.yaml:2:12 capture.threads: must be a whole number, not 1.5"]],
  ["a number below its least", "capture:\n  ringMegabytes: 0\n", ["c.yaml:2:18 capture.ringMegabytes: must be at least 1 MB, not 0"]],
  ["a number above its most", "console:\n  port: 70000\n", ["c.yaml:2:9 console.port: must be at most 65535, not 70000"]],
  ["a number for text", "site:\n  name: 12\n", ['c.yaml:2:9 site.name: must be text, not 12 (put it in quotes: "12")']],
  ["yes for true", "history:\n  enabled: yes\n", ['c.yaml:2:12 history.enabled: must be true or false, not "yes" (write true)']],
  ["one value for a list", "inside: 10.0.0.0/8\n", ['c.yaml:1:9 inside: must be a list, not "10.0.0.0/8" (write [10.0.0.0/8])']],
  ["a list for a mapping", "site: []\n", ["c.yaml:1:7 site: must be a mapping (key: value), not a list"]],
  ["an empty section", "zones:\ninside: [10.0.0.0/8]\n", ["c.yaml:1:7 zones: is empty: give a value or remove the line"]],
  ["a file that is a list", "- a\n", ["c.yaml:1:1: must be a mapping (key: value), not a list"]],
  ["nothing inside", "inside: []\n", ["c.yaml:1:9 inside: needs at least 1 entry"]],
  [
    "a word outside its set",
    "capture: {source: pfring}\n",
    ['c.yaml:1:19 capture.source: must be one of auto, af-packet, cap, not "pfring"'],
  ],
  ["host bits", "inside: [10.1.2.3/8]\n", ["c.yaml:1:10 inside[0]: 10.1.2.3/8 has host bits set (did you mean 10.0.0.0/8?)"]],
  ["host bits, IPv6", 'inside: ["fd00::1/8"]\n', ["c.yaml:1:10 inside[0]: fd00::1/8 has host bits set (did you mean fd00::/8?)"]],
  ["no network", "inside: [10.0.0/8]\n", ['c.yaml:1:10 inside[0]: "10.0.0/8" is no network (CIDR)']],
  ["too long a prefix", "inside: [10.0.0.0/33]\n", ['c.yaml:1:10 inside[0]: "10.0.0.0/33" is no network (CIDR) (for example 10.0.0.0/24)']],
  [
    "a location source by plain http",
    'geo:\n  sources: [{name: a, format: fastly, from: "http://lists.example/x?key=secret"}]\n',
    ["c.yaml:2:45 geo.sources[0].from: plain http can be changed on the way: use https, or state its sha256"],
  ],
  ["a latitude alone", "site:\n  latitude: 49.6\n", ["c.yaml:2:13 site.latitude: needs site.longitude beside it"]],
  ["no time zone", "site: {timeZone: Europe/Luxemburg}\n", ['c.yaml:1:18 site.timeZone: "Europe/Luxemburg" is no IANA time zone']],
  [
    "an unknown data class",
    "zones:\n  - name: a\n    networks: [10.0.0.0/8]\n    data: [imagin]\n",
    [
      'c.yaml:4:12 zones[0].data[0]: must be one of patient-record, imaging, laboratory, genomic, telemedicine, device, backup, billing, admin, guest, not "imagin" (did you mean "imaging"?)',
    ],
  ],
  ["a zone without data", "zones:\n  - name: a\n    networks: [10.0.0.0/8]\n", ["c.yaml:2:5 zones[0].data: is missing"]],
  [
    "a zone of nothing",
    "zones:\n  - {name: a, data: [admin]}\n",
    ["c.yaml:2:5 zones[0]: zone a has neither networks nor vlans, so nothing is in it"],
  ],
  [
    "a zone outside",
    "zones:\n  - {name: a, data: [admin], networks: [192.0.2.0/24]}\n",
    ["c.yaml:2:41 zones[0].networks[0]: 192.0.2.0/24 is not within the site's inside networks (add it to inside)"],
  ],
  [
    "an asset outside",
    "assets:\n  - {address: 192.0.2.1, name: CT}\n",
    ["c.yaml:2:15 assets[0].address: 192.0.2.1 is not within the site's inside networks (add it to inside)"],
  ],
  [
    "zones that overlap",
    "zones:\n  - {name: a, data: [admin], networks: [10.0.0.0/8]}\n  - {name: b, data: [admin], networks: [10.2.0.0/16]}\n",
    [
      "c.yaml:3:41 zones[1].networks[0]: 10.2.0.0/16 is within 10.0.0.0/8: zones a and b overlap and have the same order 100 (give the one that decides a lower order, for example order: 99)",
    ],
  ],
  [
    "zones that share a VLAN",
    "zones:\n  - {name: a, data: [admin], vlans: [7]}\n  - {name: b, data: [admin], vlans: [7]}\n",
    [
      "c.yaml:3:38 zones[1].vlans[0]: VLAN 7 is in both: zones a and b overlap and have the same order 100 (give the one that decides a lower order, for example order: 99)",
    ],
  ],
  [
    "a name given twice",
    "zones:\n  - {name: a, data: [admin], vlans: [7]}\n  - {name: A, data: [admin], vlans: [8]}\n",
    ["c.yaml:3:12 zones[1].name: is the same as zones[0].name"],
  ],
  [
    "the built-in zone's name",
    "zones:\n  - {name: unassigned, data: [admin], vlans: [7]}\n",
    ['c.yaml:2:12 zones[0].name: "unassigned" is the built-in zone of inside addresses in no other zone (take another name)'],
  ],
  [
    "a name with a blank",
    "zones:\n  - {name: CT 3, data: [admin], vlans: [7]}\n",
    ['c.yaml:2:12 zones[0].name: "CT 3" is no name: letters, digits, ".", "_" and "-", at most 64 (for example CT-3)'],
  ],
  ["an unknown list", "jurisdiction: eu\n", ['c.yaml:1:15 jurisdiction: there is no jurisdiction list "eu" (did you mean "lu"?)']],
  [
    "a built-in list's name",
    "jurisdictions:\n  - {name: lu, countries: [LU], source: x}\n",
    ['c.yaml:2:12 jurisdictions[0].name: "lu" is a built-in list (take another name)'],
  ],
  [
    "the United States as a place",
    "jurisdictions:\n  - {name: x, countries: [LU, US], source: x}\n",
    [
      "c.yaml:2:31 jurisdictions[0].countries[1]: US cannot be approved as a country: adequacy covers only organisations certified under the Data Privacy Framework, Decision (EU) 2023/1795 (write an authorisation that names the party)",
    ],
  ],
  [
    "the United States by country alone",
    "authorisations:\n  - {id: A-1, countries: [US], purpose: p, basis: b, until: 2030-01-01}\n",
    [
      "c.yaml:2:27 authorisations[0].countries[0]: US cannot be authorised by country alone: adequacy covers only organisations certified under the Data Privacy Framework, Decision (EU) 2023/1795 (name the party in parties)",
    ],
  ],
  [
    "Canada by country alone",
    "authorisations:\n  - {id: A-1, countries: [CA], purpose: p, basis: b, until: 2030-01-01}\n",
    [
      "c.yaml:2:27 authorisations[0].countries[0]: CA cannot be authorised by country alone: adequacy covers only commercial organisations under PIPEDA (name the party in parties)",
    ],
  ],
  [
    "the United States without an end",
    "parties:\n  - {name: p, role: processor, asns: [64500]}\nauthorisations:\n  - {id: A-1, parties: [p], countries: [US], purpose: p, basis: b}\n",
    [
      "c.yaml:4:41 authorisations[0].countries[0]: US cannot be authorised without an end: adequacy covers only organisations certified under the Data Privacy Framework, Decision (EU) 2023/1795 (give until)",
    ],
  ],
  [
    "a party whose contract names the United States, wherever it answers and without an end",
    "parties:\n  - {name: p, role: processor, asns: [64500], countries: [DE, US]}\nauthorisations:\n  - {id: A-1, parties: [p], purpose: p, basis: b}\n",
    [
      "c.yaml:4:5 authorisations[0]: authorisation A-1 allows a party in US without an end: adequacy covers only organisations certified under the Data Privacy Framework, Decision (EU) 2023/1795 (give until, or countries)",
    ],
  ],
  [
    "an authorisation of everything",
    "authorisations:\n  - {id: A-1, purpose: p, basis: b}\n",
    ["c.yaml:2:5 authorisations[0]: authorisation A-1 names neither parties nor countries, so it would allow everything"],
  ],
  [
    "an authorisation that ends before it begins",
    "authorisations:\n  - {id: A-1, countries: [CH], purpose: p, basis: b, from: 2026-05-02, until: 2026-05-01}\n",
    ["c.yaml:2:79 authorisations[0].until: is before from (2026-05-02)"],
  ],
  [
    "unknown zone and party",
    "authorisations:\n  - {id: A-1, zones: [imaging], parties: [acme], purpose: p, basis: b}\n",
    [
      'c.yaml:2:23 authorisations[0].zones[0]: there is no zone "imaging" (there is inside)',
      'c.yaml:2:43 authorisations[0].parties[0]: there is no party "acme"',
    ],
  ],
  [
    "a party nobody can recognise",
    "parties:\n  - {name: p, role: processor}\n",
    ["c.yaml:2:5 parties[0]: party p has no domains, networks, asns, certificateSubjects or aeTitles, so no flow is ever its"],
  ],
  [
    "two parties under one domain",
    "parties:\n  - {name: p, role: processor, domains: [a.eu]}\n  - {name: q, role: processor, domains: [a.eu]}\n",
    ["c.yaml:3:42 parties[1].domains[0]: is the same as parties[0].domains[0]"],
  ],
  [
    "domains that are none",
    'parties:\n  - {name: p, role: processor, domains: ["*.a.eu", "https://a.eu/x", eu, B.eu]}\n',
    [
      'c.yaml:2:42 parties[0].domains[0]: "*.a.eu" is no plain domain suffix (did you mean a.eu?)',
      'c.yaml:2:52 parties[0].domains[1]: "https://a.eu/x" is no plain domain suffix (did you mean a.eu?)',
      'c.yaml:2:70 parties[0].domains[2]: "eu" is no domain name of two labels or more (ASCII; write IDNs as xn--…)',
      'c.yaml:2:74 parties[0].domains[3]: "B.eu" is no plain domain suffix (did you mean b.eu?)',
    ],
  ],
  [
    "an ASN as text",
    "parties:\n  - {name: p, role: processor, asns: [AS64500]}\n",
    ['c.yaml:2:39 parties[0].asns[0]: must be a number, not "AS64500" (write 64500)'],
  ],
  [
    "days that are none",
    "parties:\n  - {name: p, role: processor, asns: [1], agreementEnds: 2026-02-30}\n",
    ['c.yaml:2:58 parties[0].agreementEnds: "2026-02-30" is no day of the calendar (YYYY-MM-DD)'],
  ],
  [
    "countries that are none",
    "parties:\n  - {name: p, role: processor, asns: [1], countries: [UK, EU, de, DEU, Norway, ZZ]}\n",
    [
      'c.yaml:2:55 parties[0].countries[0]: "UK" is no country code (ISO 3166-1 alpha-2) (did you mean GB?)',
      "c.yaml:2:59 parties[0].countries[1]: EU is no country: name the countries, or a jurisdiction list such as eu-eea",
      'c.yaml:2:63 parties[0].countries[2]: "de" is no country code (ISO 3166-1 alpha-2) (did you mean DE?)',
      'c.yaml:2:67 parties[0].countries[3]: "DEU" is no country code (ISO 3166-1 alpha-2) (did you mean DE?)',
      'c.yaml:2:72 parties[0].countries[4]: "Norway" is no country code (ISO 3166-1 alpha-2) (did you mean NO?)',
      'c.yaml:2:80 parties[0].countries[5]: "ZZ" is no country code (ISO 3166-1 alpha-2)',
    ],
  ],
  [
    "a console for everybody",
    "console:\n  address: 0.0.0.0\n",
    ["c.yaml:2:12 console.address: 0.0.0.0 refused: the console listens on loopback only until login and TLS exist (write 127.0.0.1)"],
  ],
  [
    "a detection that does not exist",
    "detections:\n  residency.violatoin: {}\n",
    ['c.yaml:2:3 detections["residency.violatoin"]: is not an option (did you mean "residency.violation"?)'],
  ],
  [
    "a threshold of another detection",
    "detections:\n  residency.violation: {silenceSeconds: 5}\n",
    ['c.yaml:2:25 detections["residency.violation"].silenceSeconds: is not an option'],
  ],
  ["a tab", "site:\n\tname: x\n", ["c.yaml:2:1: a tab is used for indentation: use spaces"]],
  [
    "an open bracket",
    "inside: [10.0.0.0/8\nsite: {}\n",
    ["c.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ],
  ["a key given twice", "site: {}\nsite: {}\n", ['c.yaml:2:1: "site" is given twice']],
  ["a second document", "site: {}\n---\nsite: {}\n", ["c.yaml:2:1: holds a second document (---): only one is read"]],
  ["YAML 1.1", "%YAML 1.1\n---\nsite: {}\n", ["c.yaml:1:1: is YAML 1.1: only YAML 1.2 is read (in 1.1, NO means false)"]],
  ["an alias to nothing", "inside: *a\n", ["c.yaml:1:9: there is no anchor &a before this alias"]],
];

test.each(cases)("%s", (_, text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

test("everything wrong is said at once, in the order of the file", () => {
  const text = `inside: [10.0.0.0/8, 192.168.1.1/16]
zones:
  - name: imaging
    networks: [10.20.0.0/16, 172.20.0.0/16]
    data: [imagin]
    jurisdiction: eu-ea
capture: {threads: -1}
`;
  expect(problemsOf(text).map((line) => line.split(": ")[0])).toEqual([
    "c.yaml:1:22 inside[1]",
    "c.yaml:5:12 zones[0].data[0]",
    "c.yaml:6:19 zones[0].jurisdiction",
    "c.yaml:7:20 capture.threads",
  ]);
});
