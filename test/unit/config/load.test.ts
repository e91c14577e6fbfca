import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { holdsPatientData } from "../../../src/model/site.ts";
import { loadText } from "./load-text.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "bordertap-config-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("without a file", () => {
  const loaded = loadConfig(undefined, { HOME: "/home/u" }, { isRoot: false });

  test("all of the inside holds patient data", () => {
    expect(loaded.path).toBeUndefined();
    expect(loaded.site.zones).toHaveLength(1);
    const [zone] = loaded.site.zones;
    expect(zone).toMatchObject({ name: "inside", title: "unassigned inside networks", jurisdiction: "eu-eea", isJudged: true });
    expect(zone.networks).toEqual(loaded.site.inside);
    expect(holdsPatientData(zone)).toBe(true);
  });

  test("nothing of it can be changed", () => {
    expect(() => (loaded.config.flows.limit = 1)).toThrow(TypeError);
    expect(() => loaded.site.zones.push(loaded.site.zones[0])).toThrow(TypeError);
    expect(() => loaded.site.zones[0].networks.push("0.0.0.0/0")).toThrow(TypeError);
  });

  test("the built-in lists are there", () => {
    const lists = new Map(loaded.site.jurisdictions.map((list) => [list.name, list.countries]));
    expect([...lists.keys()]).toEqual(expect.arrayContaining(["lu", "eu-eea", "eea-adequacy"]));
    expect(lists.get("lu")).toEqual(["LU"]);
    expect(lists.get("eu-eea")).toContain("NO");
    for (const countries of lists.values()) expect(countries).not.toEqual(expect.arrayContaining(["US"]));
  });
});

describe("zones", () => {
  const { site } = loadText(`zones:
  - {name: imaging, networks: [10.20.0.0/16], data: [imaging], jurisdiction: lu}
  - {name: guest, vlans: [99], data: [guest]}
  - {name: mixed, vlans: [98], data: [guest, admin], order: 5}
  - {name: quiet, vlans: [97], data: [admin], judged: false}
`);

  test("what is not in a written zone is in one with patient records, that decides last", () => {
    const rest = site.zones.at(-1);
    expect(rest).toMatchObject({ name: "unassigned", networks: site.inside, data: ["patient-record"], isJudged: true });
    expect(site.zones.slice(0, -1).every((zone) => zone.order < (rest?.order ?? 0))).toBe(true);
  });

  test.each([
    ["imaging", true, "lu"],
    ["guest", false, "eu-eea"],
    ["mixed", true, "eu-eea"],
    ["quiet", false, "eu-eea"],
  ])("%s: judged %s, under %s", (name, isJudged, jurisdiction) => {
    expect(site.zones.find((zone) => zone.name === name)).toMatchObject({ title: name, isJudged, jurisdiction });
  });

  test("may overlap when their orders differ", () => {
    const text =
      "zones:\n  - {name: a, networks: [10.0.0.0/8], data: [admin]}\n  - {name: b, networks: [10.1.0.0/16], data: [admin], order: 1}\n";
    expect(loadText(text).site.zones.map((zone) => zone.order)).toEqual([100, 1, 1_000_000]);
  });

  test("may span neighbouring inside networks", () => {
    const text = "inside: [10.0.0.0/9, 10.128.0.0/9]\nzones:\n  - {name: a, networks: [10.0.0.0/8], data: [admin]}\n";
    expect(loadText(text).site.zones[0].networks).toEqual(["10.0.0.0/8"]);
  });
});

test("Norway is a country", () => {
  const { site } = loadText("jurisdictions:\n  - {name: north, countries: [NO, SE], source: x}\njurisdiction: north\n");
  expect(site.jurisdictions.at(-1)).toEqual({ name: "north", title: "north", countries: ["NO", "SE"], source: "x" });
  expect(site.zones[0].jurisdiction).toBe("north");
});

test("a party with contracted countries in the US is no country-wide approval", () => {
  const { site } = loadText("parties:\n  - {name: p, role: processor, asns: [1], countries: [US]}\n");
  expect(site.parties[0]).toMatchObject({ title: "p", countries: ["US"], domains: [], agreementEnds: undefined });
});

test("what has ended is a warning", () => {
  const { warnings } = loadText(`parties:
  - {name: p, role: processor, asns: [1], agreementEnds: 2026-11-20}
  - {name: q, role: processor, asns: [2], agreementEnds: 2026-11-21, networks: [10.3.0.0/16]}
authorisations:
  - {id: A-1, parties: [p], purpose: p, basis: GDPR 45, until: 2026-01-31}
`);
  expect(warnings.map((warning) => warning.text)).toEqual([
    "c.yaml:2:58 parties[0].agreementEnds: the agreement with p ended on 2026-11-20 (GDPR 28(3))",
    "c.yaml:3:81 parties[1].networks[0]: 10.3.0.0/16 is inside, so no flow to it is ever q's",
    "c.yaml:5:64 authorisations[0].until: authorisation A-1 ended on 2026-01-31",
  ]);
});

test.each([
  ["systemd's", { STATE_DIRECTORY: "/var/lib/x:/var/lib/y", HOME: "/home/u" }, true, "/var/lib/x"],
  ["root's", { HOME: "/root" }, true, "/var/lib/bordertap"],
  ["XDG's", { XDG_STATE_HOME: "/s", HOME: "/home/u" }, false, "/s/bordertap"],
  ["a relative XDG path is ignored", { XDG_STATE_HOME: "s", HOME: "/home/u" }, false, "/home/u/.local/state/bordertap"],
  ["the user's", { HOME: "/home/u" }, false, "/home/u/.local/state/bordertap"],
])("state folder: %s", (_, env, isRoot, expected) => {
  expect(loadConfig(undefined, env, { isRoot }).config.state.folder).toBe(expected);
});

test("relative paths are relative to the file", () => {
  const path = file("paths.yaml", "state: {folder: state}\ngeo: {country: ../c.mmdb}\noutputs: {alerts: {path: a.jsonl}}\n");
  const { config } = loadConfig(path, {});
  expect(config.state.folder).toBe(join(folder, "state"));
  expect(config.geo.country).toBe(join(folder, "..", "c.mmdb"));
  expect(config.outputs.alerts.path).toBe(join(folder, "a.jsonl"));
  expect(config.outputs.flows.path).toBeUndefined();
});

describe("the revision", () => {
  const revision = (text: string) => loadText(text).revision;
  const base = revision("flows: {limit: 5000, activeSeconds: 30}\n");

  test("is twelve hex digits", () => expect(base).toMatch(/^[0-9a-f]{12}$/));
  test.each([
    ["order and comments", "# x\nflows:\n  activeSeconds: 30\n  limit: 5000\n"],
    ["a default written out", "flows: {limit: 5000, activeSeconds: 30}\njurisdiction: eu-eea\n"],
    ["where it listens", "flows: {limit: 5000, activeSeconds: 30}\nconsole: {port: 9000}\n"],
  ])("stays with %s", (_, text) => expect(revision(text)).toBe(base));
  test.each([
    ["another list", "flows: {limit: 5000, activeSeconds: 30}\njurisdiction: lu\n"],
    ["another threshold", "flows: {limit: 5000, activeSeconds: 30}\ndetections: {residency.violation: {confidence: 81}}\n"],
  ])("changes with %s", (_, text) => expect(revision(text)).not.toBe(base));
});

describe("files that cannot be read", () => {
  test.each([
    ["missing", () => join(folder, "none.yaml"), "there is no such file"],
    ["a folder", () => mkdirSync(join(folder, "d", "e"), { recursive: true }) ?? "", "it is a folder"],
    ["not UTF-8", () => file("latin1.yaml", Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a])), "it is not UTF-8 text"],
    ["a device", () => "/dev/null", "it is no regular file"],
  ])("%s", (_, path, reason) => {
    const name = path();
    expect(() => loadConfig(name, {})).toThrow(
      expect.objectContaining({ code: "config_unreadable", exitCode: 2, message: expect.stringMatching(`${name}: ${reason}`) }),
    );
  });

  test("without its own jurisdiction lists", () => {
    const jurisdictionsPath = join(folder, "no-lists.yaml");
    expect(() => loadConfig(undefined, {}, { jurisdictionsPath })).toThrow(expect.objectContaining({ code: "geo_missing" }));
    file("no-lists.yaml", "lists: 5\n");
    expect(() => loadConfig(undefined, {}, { jurisdictionsPath })).toThrow(expect.objectContaining({ code: "geo_corrupt" }));
  });
});

test("the error names the first problem and counts the others", () => {
  const path = file("wrong.yaml", "zonez: []\ninside: [1]\n");
  const error = thrownBy(() => loadConfig(path, {}));
  expect(error).toBeInstanceOf(AppError);
  expect(error).toBeInstanceOf(ConfigError);
  expect(error).toMatchObject({ code: "config_invalid", exitCode: 2 });
  expect((error as ConfigError).message).toBe(`${path}:1:1 zonez: is not an option (did you mean "zones"?), and 1 more problem`);
});

test("an empty file is the built-in configuration", () => {
  const builtIn = loadConfig(undefined, {}, { isRoot: false });
  for (const text of ["", "\n", "# nothing\n", "---\n", "{}\n", "\ufeff"]) expect(loadText(text).revision).toBe(builtIn.revision);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
