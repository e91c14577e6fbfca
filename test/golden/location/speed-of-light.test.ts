import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rulesOf } from "../../../src/app/rules.ts";
import { createSource } from "../../../src/capture/index.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { type Beat, type Ends, tls } from "../../../src/demo/conversation.ts";
import { createDissection } from "../../../src/dissect/reader.ts";
import { OUTLINES_FILE, sourcePaths } from "../../../src/enrich/location/compile.ts";
import { type CountryDatabase, countriesOf } from "../../../src/enrich/location/country-database.ts";
import { loadProviders, loadSources, loadSpecialPurpose } from "../../../src/enrich/location/geo-db.ts";
import { openMmdb } from "../../../src/enrich/location/mmdb-walk.ts";
import { compileOutlines, loadOutlines, type Outlines } from "../../../src/enrich/location/outlines.ts";
import { createPlaces } from "../../../src/enrich/location/places.ts";
import { RangeTable } from "../../../src/enrich/location/range-table.ts";
import { createNames } from "../../../src/enrich/names.ts";
import type { JudgedFlow } from "../../../src/model/judgement.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { createCore } from "../../../src/pipeline/core.ts";
import { createSensor } from "../../../src/pipeline/sensor.ts";
import { pcapHeader, pcapRecord } from "../../unit/capture/make-capture.ts";
import { mmdbOf } from "../../unit/enrich/location/mmdb-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-light-"));
let outlines: Outlines;
beforeAll(() => {
  const source = loadSources().find(({ kind }) => kind === "outlines")!;
  const header = { name: source.name, build: "unknown", sha256: "", licence: source.licence, attribution: source.attribution };
  compileOutlines(join(folder, OUTLINES_FILE), sourcePaths(source)[0], header);
  outlines = loadOutlines(join(folder, OUTLINES_FILE));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = `
site: { name: Luxembourg, latitude: 49.61, longitude: 6.13 }
inside: [10.0.0.0/8]
zones: [{ name: records, networks: [10.0.0.0/8], data: [patient-record] }]
`;
const START = Date.UTC(2026, 10, 21, 14) * 1000;

function database(name: string, networks: [string, string][]): CountryDatabase {
  const db = openMmdb(name, mmdbOf(networks.map(([prefix, code]) => [prefix, { country_code: code }])));
  const { ranges, answers } = countriesOf(db);
  return { name, build: "2026-11-01", sha256: "00", attribution: "", table: new RangeTable(ranges), answers };
}

let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x80000000;
};

/** HTTPS with an outside server whose handshake takes so long. */
function conversation(server: string, rttMs: number): Iterable<Beat> {
  const mac = "02:00:00:00:00:01";
  const ends: Ends = {
    client: { address: "10.1.1.1", mac },
    server: { address: server, mac },
    clientPort: 40_000 + Math.floor(random() * 20_000),
    serverPort: 443,
    rttMicros: rttMs * 1000,
    random,
  };
  return tls(ends, "records.example", 20_000, 2000);
}

/** Writes a capture, reads it as `analyze` does, and returns what was said of the last event of each flow. */
async function judged(conversations: Iterable<Beat>[], databases: CountryDatabase[], config = CONFIG) {
  const path = join(folder, "light.pcap");
  let micros = START;
  const records: Buffer[] = [];
  for (const one of conversations) {
    for (const { afterMicros, frame } of one) {
      micros += Math.round(afterMicros);
      records.push(pcapRecord(frame, { seconds: Math.floor(micros / 1e6), fraction: micros % 1e6 }));
    }
  }
  writeFileSync(path, Buffer.concat([pcapHeader(), ...records]));
  const loaded = parseConfig(config, undefined, readBuiltInLists(BUILT_IN_LISTS), {});
  const losses = new Losses();
  const [countries, ...more] = databases;
  const places = createPlaces({ countries, more, special: loadSpecialPurpose(), providers: loadProviders(), outlines });
  const core = createCore(rulesOf(loaded, { places, names: createNames({ limit: 100, losses, seed: 1 }) }));
  const said = new Map<
    number,
    {
      verdict: string | undefined;
      word: string;
      countries: readonly string[];
      confidence: number;
      note: string | undefined;
      doubted?: readonly string[] | undefined;
    }
  >();
  const keep = ({ flow, location, judgement }: JudgedFlow) =>
    said.set(flow.id, {
      verdict: location?.verdict,
      word: judgement.word,
      countries: location?.place.countries ?? [],
      confidence: location?.place.confidence ?? -1,
      doubted: location?.place.doubted,
      note: location?.place.claims.find(({ kind }) => kind === "rtt-bound")?.note,
    });
  const source = createSource({ source: "pcap-file", files: [path], keepGoing: true, losses });
  await source.open();
  const sensor = createSensor({
    source,
    reader: createDissection({ losses }),
    onBatch: (batch) => core.take(batch, [keep]),
    options: { limit: 1000, isEarly: false },
    epoch: "light",
    thread: 0,
    random: (words) => words.fill(3),
  });
  await sensor.run();
  source.close();
  return [...said.values()];
}

const US = database("db-a", [["6.0.0.0/8", "US"]]);

test("a US claim is contradicted by two answers within 8 ms", async () => {
  const [, flow] = await judged([conversation("6.1.1.1", 8), conversation("6.1.1.1", 8)], [US]);
  expect(flow).toMatchObject({ verdict: "contradicted", word: "undecided", countries: ["US"], confidence: 0 });
  expect(flow.note).toMatch(/^answered within 8 ms, so at most 800 km from the site: US \(db-a\) is at least \d{4} km away$/);
});

test("by one alone it is doubted, and no violation is turned away", async () => {
  const [flow] = await judged([conversation("6.1.1.1", 8)], [US]);
  expect(flow).toMatchObject({ verdict: "outside-list", word: "violation", countries: ["US"], confidence: 85, doubted: ["US"] });
  expect(flow.note).toMatch(/^answered, by one connection alone, within 8 ms, so at most 800 km from the site: US \(db-a\) is at least/);
});

test("at 90 ms it stands", async () => {
  const [flow] = await judged([conversation("6.1.1.1", 90)], [US]);
  expect(flow).toMatchObject({ verdict: "outside-list", word: "violation", countries: ["US"], confidence: 85, note: undefined });
});

test("Zürich or London: 6 ms rule out neither, and it stays undecided", async () => {
  const swiss = database("db-a", [["6.0.0.0/8", "CH"]]);
  const british = database("db-b", [["6.0.0.0/8", "GB"]]);
  const config = `${CONFIG}jurisdictions: [{ name: swiss, countries: [CH], source: test }]\njurisdiction: swiss\n`;
  const [flow] = await judged([conversation("6.1.1.1", 6)], [swiss, british], config);
  expect(flow).toMatchObject({ verdict: "contradicted", word: "undecided", countries: ["CH", "GB"], confidence: 70, note: undefined });
});

test("of two databases that disagree, the one that is too far away does not count", async () => {
  const german = database("db-b", [["6.0.0.0/8", "DE"]]);
  const [, flow] = await judged([conversation("6.1.1.1", 9), conversation("6.1.1.1", 9)], [US, german]);
  expect(flow).toMatchObject({ verdict: "inside-list", word: "approved", countries: ["DE"], confidence: 85 });
});

test("what two short times disproved is so for all flows that are told of from then on, and for that address alone", async () => {
  const times: [string, number][] = [
    ["6.1.1.1", 90],
    ["6.1.1.1", 8],
    ["6.1.1.1", 8],
    ["6.1.1.1", 95],
    ["6.1.1.2", 95],
  ];
  const flows = await judged(
    times.map(([server, ms]) => conversation(server, ms)),
    [US],
  );
  expect(flows.map(({ verdict }) => verdict).slice(2)).toEqual(["contradicted", "contradicted", "outside-list"]);
});

test.each([
  ["the site has no coordinates", CONFIG.replace(", latitude: 49.61, longitude: 6.13", "")],
  ["the check is off", `${CONFIG}geo: { speedOfLight: false }\n`],
  ["something nearer answers for that network", `${CONFIG}geo: { answeredNearby: [6.0.0.0/8] }\n`],
])("nothing is disproved when %s", async (_title, config) => {
  const [, flow] = await judged([conversation("6.1.1.1", 8), conversation("6.1.1.1", 8)], [US], config);
  expect(flow).toMatchObject({ verdict: "outside-list", confidence: 85, note: undefined });
});

test("a SYN sent twice gives no time, and nothing is disproved", async () => {
  const [first, ...rest] = [...conversation("6.1.1.1", 8)];
  const again = { ...first, afterMicros: 1000 };
  const [flow] = await judged([[first, again, ...rest]], [US]);
  expect(flow).toMatchObject({ verdict: "outside-list", note: undefined });
});
