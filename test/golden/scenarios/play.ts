import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { openAlerts } from "../../../src/alerts/index.ts";
import { rulesOf } from "../../../src/app/rules.ts";
import { BUILT_IN_LISTS, readBuiltInLists } from "../../../src/config/lists.ts";
import { parseConfig } from "../../../src/config/load.ts";
import type { Beat, Ends } from "../../../src/demo/conversation.ts";
import type { Host } from "../../../src/demo/frames.ts";
import { catalogue, createDetections } from "../../../src/detect/index.ts";
import { createClasses } from "../../../src/dissect/classing/classes.ts";
import { createDissection } from "../../../src/dissect/reader.ts";
import { homesOf } from "../../../src/enrich/location/as-home.ts";
import { type AsnDatabase, loadCompiledAsns, readAsnCsv } from "../../../src/enrich/location/asn-database.ts";
import { loadCloudRegions } from "../../../src/enrich/location/cloud-regions.ts";
import { sourcePaths } from "../../../src/enrich/location/compile.ts";
import { type CountryDatabase, loadCompiledCountries, loadCountryDatabase } from "../../../src/enrich/location/country-database.ts";
import { loadProviders, loadSources, loadSpecialPurpose } from "../../../src/enrich/location/geo-db.ts";
import { writeGeoFile } from "../../../src/enrich/location/geo-file.ts";
import { installSource } from "../../../src/enrich/location/install.ts";
import { installedPath } from "../../../src/enrich/location/load-geo.ts";
import { compileOutlines, loadOutlines } from "../../../src/enrich/location/outlines.ts";
import { createPlaces, type Places } from "../../../src/enrich/location/places.ts";
import { createNames } from "../../../src/enrich/names.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Alert } from "../../../src/model/alert.ts";
import type { PacketSource } from "../../../src/model/capture.ts";
import { PacketBlock } from "../../../src/model/packet.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { createCore } from "../../../src/pipeline/core.ts";
import { createSensor } from "../../../src/pipeline/sensor.ts";

const START_MICROS = Date.UTC(2026, 10, 21, 14, 0, 0) * 1000;
/** The outlines of countries, compiled as the build does. */
function outlines() {
  const folder = mkdtempSync(join(tmpdir(), "bordertap-outlines-"));
  try {
    const path = join(folder, "outlines.geo");
    const [file] = sourcePaths(loadSources().find(({ kind }) => kind === "outlines")!);
    compileOutlines(path, file, { name: "outlines", build: "test", sha256: "0", licence: "test", attribution: "test", format: "test" });
    return loadOutlines(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const embedded = {
  countries: loadCountryDatabase(sourcePaths(loadSources().find(({ kind }) => kind === "country")!)[0]),
  special: loadSpecialPurpose(),
  providers: loadProviders(),
  outlines: outlines(),
};
const embeddedPlaces = createPlaces(embedded);

/** What an operator loads beside the embedded country database, as its makers publish it. */
export interface ScenarioGeo {
  /** Lines of "first address,last address,number,organisation", sorted. */
  asns?: string[];
  /** Prefix → region, as in AWS's list of address ranges. */
  aws?: Readonly<Record<string, string>>;
}

/** The embedded databases with those of a scenario: written to files, compiled, installed and loaded as they would be. */
function placesWith({ asns, aws }: ScenarioGeo): Places {
  const folder = mkdtempSync(join(tmpdir(), "bordertap-scenario-geo-"));
  try {
    return createPlaces({
      ...embedded,
      ...(asns === undefined ? {} : { asns: asnsOf(folder, asns) }),
      ...(aws === undefined ? {} : { more: [cloudOf(folder, aws)], regions: loadCloudRegions() }),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function asnsOf(folder: string, lines: readonly string[]): AsnDatabase {
  const csv = join(folder, "asn.csv");
  writeFileSync(csv, `${lines.join("\n")}\n`);
  const { ranges, numbers, nameEnds, names } = readAsnCsv([csv]);
  const homes = homesOf(ranges, numbers.length, embedded.countries.table.arrays, embedded.countries.answers);
  const header = { name: "scenario-asn", build: "2026-11-01", sha256: "0", licence: "test", attribution: "test" };
  writeGeoFile(join(folder, "asn.geo"), header, ranges, { numbers, nameEnds, names, homes });
  return loadCompiledAsns(join(folder, "asn.geo"));
}

function cloudOf(folder: string, regions: Readonly<Record<string, string>>): CountryDatabase {
  const prefixes = Object.entries(regions).map(([prefix, region]) => ({ ip_prefix: prefix, region, service: "EC2" }));
  installSource({
    name: "scenario-aws",
    format: "aws",
    bytes: Buffer.from(JSON.stringify({ createDate: "2026-11-01-00-00-00", prefixes, ipv6_prefixes: [] })),
    from: "the scenario",
    folder,
    attribution: "test",
    licence: "test",
    maxAgeDays: 35,
    nowMs: START_MICROS / 1000,
  });
  return loadCompiledCountries(installedPath(folder, "scenario-aws"));
}

export const host = (address: string): Host => ({ address, mac: "02:00:00:00:00:01" });

let port = 40_000;
/** Two ends of a conversation; randomness that repeats, so that a scenario's packets are the same each time. What is in the US answers as late as light does. */
export function ends(client: string, server: string, serverPort: number, rttMicros = server.startsWith("54.") ? 95_000 : 20_000): Ends {
  let state = 7;
  port += 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  return { client: host(client), server: host(server), clientPort: port, serverPort, rttMicros, random };
}

/**
 * Sends conversations, one after the other, as real frames through decode, flows, dissect, enrich, policy, detect and alerts;
 * and once more with no more read of the traffic than judging takes, which must not change a word.
 */
export async function play(config: string, conversations: Iterable<Beat>[], geo?: ScenarioGeo): Promise<Readonly<Alert>[]> {
  const beats = conversations.map((conversation) => [...conversation]);
  const places = geo === undefined ? embeddedPlaces : placesWith(geo);
  const alerts = await playAt("all", config, beats, places);
  expect(await playAt("names", config, beats, places)).toEqual(alerts);
  return alerts;
}

async function playAt(
  detail: "all" | "names",
  config: string,
  conversations: Iterable<Beat>[],
  places: Places,
): Promise<Readonly<Alert>[]> {
  const loaded = parseConfig(config, undefined, readBuiltInLists(BUILT_IN_LISTS), {});
  const losses = new Losses();
  const alerts = await openAlerts({
    folder: undefined,
    clock: new ManualClock(),
    policyRevision: loaded.revision,
    builds: places.builds,
    catalogue: catalogue(),
  });
  const detections = createDetections({ settings: loaded.config.detections, site: loaded.site, emit: (finding) => alerts.take(finding) });
  const core = createCore(rulesOf(loaded, { places, names: createNames({ limit: 1000, losses, seed: 1 }) }));
  const sensor = createSensor({
    source: framesSource(conversations),
    reader: createDissection({ detail, losses, classes: createClasses(loaded.config.dissect.classingKilobytes, (words) => words.fill(5)) }),
    onBatch: (batch) => core.take(batch, [(judged) => detections.onFlow(judged)]),
    options: { limit: 1000, isEarly: true },
    epoch: "scenario",
    thread: 0,
    random: (words) => words.fill(3),
    clock: new ManualClock(START_MICROS / 1000),
  });
  await sensor.run();
  const status = sensor.status();
  if (status.capture.seenPackets !== status.decodedPackets) throw new Error("a scenario's packet was not decoded");
  return alerts.list().alerts;
}

function framesSource(conversations: Iterable<Beat>[]): PacketSource {
  let micros = START_MICROS;
  let seenPackets = 0;
  let seenBytes = 0;
  const block = new PacketBlock();
  const frames = (function* () {
    for (const conversation of conversations) {
      for (const beat of conversation) {
        micros += beat.afterMicros;
        yield { frame: beat.frame, micros };
      }
      micros += 100_000;
    }
  })();
  return {
    title: "scenario",
    open: async () => {},
    next() {
      const next = frames.next();
      if (next.done) return "end";
      const { frame } = next.value;
      block.reset(Buffer.from(frame));
      block.offset[0] = 0;
      block.captured[0] = frame.length;
      block.wire[0] = frame.length;
      block.timeMicros[0] = next.value.micros;
      block.linkType[0] = 1;
      block.strippedTag[0] = 0;
      block.count = 1;
      seenPackets += 1;
      seenBytes += frame.length;
      return block;
    },
    ready: async () => {},
    counters: () => ({ seenPackets, seenBytes, filteredPackets: 0, kernelDrops: 0, interfacePackets: undefined, newestMicros: micros }),
    files: () => [],
    progress: () => undefined,
    close() {},
  };
}
