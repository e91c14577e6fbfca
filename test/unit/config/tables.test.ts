import { expect, test } from "vitest";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { AppError } from "../../../src/lib/errors.ts";

const lists = readBuiltInLists(BUILT_IN_LISTS);
const HEADER = "name,title,role,domains,networks,asns,countries,agreementEnds,documents,cdnAllowed\n";

function load(text: string, files: Record<string, string>) {
  return parseConfig(
    text,
    "/etc/c.yaml",
    lists,
    { HOME: "/home/u" },
    {
      nowMs: () => Date.UTC(2026, 10, 21),
      isRoot: false,
      readText(path) {
        const found = files[path];
        if (found === undefined) throw new AppError("config_unreadable", `cannot read the table ${path}: there is no such file`);
        return found;
      },
    },
  );
}

function problems(text: string, files: Record<string, string>): string[] {
  try {
    load(text, files);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
}

const OWN = "partiesFile: p.csv\nparties:\n  - {name: own, role: provider, asns: [1]}\n";

test("parties of a CSV file stand behind the configuration's own, all options alike", () => {
  const row =
    'acme,"Acme, Inc.",processor,acme.eu; acme.example,192.0.2.0/24,AS64500|64501,DE;LU,2027-12-31,scc 2027-06-30 DPO/17; tia,yes\n';
  const { site, config } = load(OWN, { "/etc/p.csv": `\ufeff${HEADER}${row}` });
  expect(site.parties.map(({ name }) => name)).toEqual(["own", "acme"]);
  expect(site.parties[1]).toMatchObject({
    title: "Acme, Inc.",
    role: "processor",
    domains: ["acme.eu", "acme.example"],
    networks: ["192.0.2.0/24"],
    asns: [64500, 64501],
    countries: ["DE", "LU"],
    agreementEnds: "2027-12-31",
    isCdnAllowed: true,
    documents: [
      { kind: "scc", ends: "2027-06-30", reference: "DPO/17" },
      { kind: "tia", ends: undefined, reference: undefined },
    ],
  });
  expect(config).not.toHaveProperty("partiesFile");
});

test("the same register gives the same revision, in YAML or in CSV, and another one when a cell changes", () => {
  const yaml = load("parties:\n  - {name: a, role: processor, domains: [a.eu], countries: [DE]}\n", {});
  const csv = (country: string) =>
    load("partiesFile: p.csv\n", { "/etc/p.csv": `name,role,domains,countries\na,processor,a.eu,${country}\n` });
  expect(csv("DE").revision).toBe(yaml.revision);
  expect(csv("FR").revision).not.toBe(yaml.revision);
});

test("every row is checked: row, column and reason", () => {
  const rows = `a,A,processor,a.eu,,,DE,,,\nb,B,procesor,b.eu,10.1.2.3/8,,UK,31.12.2027,,\na,C,provider,a.eu,,x,,,,perhaps\nd,D,provider,,,,,,,\n`;
  expect(problems(OWN, { "/etc/p.csv": HEADER + rows })).toEqual([
    '/etc/p.csv:3:5 row 2, role: must be one of processor, sub-processor, own-site, provider, lane, not "procesor" (did you mean "processor"?)',
    "/etc/p.csv:3:19 row 2, networks: 10.1.2.3/8 has host bits set (did you mean 10.0.0.0/8?)",
    '/etc/p.csv:3:31 row 2, countries: "UK" is no country code (ISO 3166-1 alpha-2) (did you mean GB?)',
    '/etc/p.csv:3:34 row 2, agreementEnds: "31.12.2027" is no day of the calendar (YYYY-MM-DD)',
    "/etc/p.csv:4:1 row 3, name: is the same as parties[1].name",
    "/etc/p.csv:4:14 row 3, domains: is the same as parties[1].domains[0]",
    '/etc/p.csv:4:20 row 3, asns: must be a number, not "x"',
    '/etc/p.csv:4:25 row 3, cdnAllowed: must be true or false, not "perhaps"',
    "/etc/p.csv:5:1 row 4: party d has no domains, networks, asns, certificateSubjects or aeTitles, so no flow is ever its",
  ]);
});

test.each([
  ["no file", {}, ["/etc/c.yaml:1:14 partiesFile: cannot read the table /etc/p.csv: there is no such file"]],
  ["an empty one", { "/etc/p.csv": "" }, [expect.stringContaining("/etc/p.csv:1:1: is empty")]],
  [
    "an unknown column",
    { "/etc/p.csv": "name,role,domain\na,provider,a.eu\n" },
    [expect.stringMatching(/^\/etc\/p\.csv:1:11 header: "domain" is no column .*did you mean "domains"/), expect.stringContaining("row 1")],
  ],
  ["too many cells", { "/etc/p.csv": "name,role,asns\na,provider,5,6\n" }, ["/etc/p.csv:2:14 row 1: has 4 cells, and the header names 3"]],
  ["broken quotes", { "/etc/p.csv": 'name,role,asns\n"a,provider,5\n' }, ["/etc/p.csv:2:1: a quote is opened and never closed"]],
])("%s", (_, files, expected) => {
  expect(problems(OWN, files as Record<string, string>)).toEqual(expected);
});

test("assets by address, network and MAC address", () => {
  const { site } = load("assetsFile: a.csv\n", {
    "/etc/a.csv": "address;mac;name;owner;department\n10.1.1.5;;CT-3;Radiology;ER\n10.2.0.0/24;;Pumps;;\n;00:1b:21:aa:01:02;Monitor;;ICU\n",
  });
  expect(site.assets).toEqual([
    { address: "10.1.1.5", name: "CT-3", owner: "Radiology", department: "ER" },
    { address: "10.2.0.0/24", name: "Pumps", owner: undefined, department: undefined },
    { address: "", name: "Monitor", owner: undefined, department: "ICU", mac: "00:1b:21:aa:01:02" },
  ]);
  expect(problems("assetsFile: a.csv\n", { "/etc/a.csv": "name,mac\nX,\nY,00-1B-21-AA-01-02\n" })).toEqual([
    "/etc/a.csv:2:1 row 1: asset X has neither address nor mac, so nothing is ever it",
    '/etc/a.csv:3:3 row 2, mac: "00-1B-21-AA-01-02" is no MAC address (did you mean 00:1b:21:aa:01:02?)',
  ]);
});

test("built-in lists tell which adequacy decisions end, and on which day", () => {
  expect(lists.find(({ name }) => name === "eea-adequacy")?.adequacyEnds).toEqual([
    { country: "GB", decision: "Decision (EU) 2021/1772", lastDay: "2031-12-31" },
  ]);
  expect(lists.find(({ name }) => name === "eu-eea")).not.toHaveProperty("adequacyEnds");
});
