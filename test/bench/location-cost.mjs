// What a location costs: an address met again, a cold one, and one held against its round-trip time, with all sources loaded.
//
//   node test/bench/location-cost.mjs [--cloud ../shared/corpus/cloud] [--dist dist]
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { cloud: { type: "string", default: "../shared/corpus/cloud" }, dist: { type: "string", default: "dist" } },
});
const from = (path) => import(resolve(values.dist, "enrich/location", path));
const { IMPORTERS } = await from("import/index.js");
const { loadCloudRegions } = await from("cloud-regions.js");
const { RangeTable } = await from("range-table.js");
const { loadGeo } = await from("load-geo.js");
const { createPlaces } = await from("places.js");
const { createLocator } = await from("verdict.js");
const { loadJurisdictions } = await from("geo-db.js");

const FILES = [
  ["aws", "aws.json"],
  ["azure", "microsoft-azure.json"],
  ["gcp", "google-cloud.json"],
  ["oci", "oracle-cloud.json"],
  ["geofeed", "digitalocean.csv"],
  ["fastly", "fastly-ip-ranges.json"],
];
const regions = loadCloudRegions();
const more = (existsSync(values.cloud) ? FILES : []).map(([format, file]) => {
  const imported = IMPORTERS.get(format).read({ bytes: readFileSync(join(values.cloud, file)), file, name: format, regions });
  return {
    name: format,
    kind: IMPORTERS.get(format).kind,
    build: "",
    sha256: "",
    attribution: "",
    table: new RangeTable(imported.ranges),
    answers: imported.answers,
  };
});
let began = performance.now();
const geo = loadGeo({ folder: resolve(values.dist, "geo") });
console.log(`loading the embedded databases   ${(performance.now() - began).toFixed(0)} ms`);
createPlaces(geo.sources).forSite({ latitude: 49.61, longitude: 6.13 });
began = performance.now();
const again = loadGeo({ folder: resolve(values.dist, "geo") }, geo);
const reloaded = createPlaces(again.sources).forSite({ latitude: 49.61, longitude: 6.13 });
console.log(`a reload, nothing changed        ${(performance.now() - began).toFixed(0)} ms (${reloaded.count()} places)`);

const places = createPlaces({ ...geo.sources, more: [...more, ...more.map((one) => ({ ...one, name: `${one.name}-2` }))] }).forSite({
  latitude: 49.61,
  longitude: 6.13,
  overrides: [{ network: "5.0.0.0/24", countries: ["LU"], author: "a", reason: "b" }],
});
const { locate } = createLocator(loadJurisdictions());
let state = 99;
const word = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) | 0;
};
const addresses = Int32Array.from({ length: 20_000 }, word);
const times = (label, each) => {
  const micros = new Float64Array(addresses.length);
  for (let n = 0; n < addresses.length; n += 1) {
    const start = process.hrtime.bigint();
    each(addresses[n]);
    micros[n] = Number(process.hrtime.bigint() - start) / 1000;
  }
  micros.sort();
  const at = (share) => micros[Math.floor(share * micros.length)].toFixed(2);
  console.log(`${label.padEnd(33)}median ${at(0.5)} µs, p99 ${at(0.99)} µs, most ${micros[micros.length - 1].toFixed(0)} µs`);
};
const ask = (rtt) => (w) => {
  places.turnTo(1.79e15);
  const place = places.bounded(places.placeOf(0, 0, 0xffff, w), 0, 0, 0xffff, w, rtt);
  locate(place, "eu-eea");
};
console.log(
  `${places.status.sources.length} sources beside AS numbers, special-purpose and anycast lists; the clock itself costs about 0.1 µs`,
);
times("cold address", ask(Number.NaN));
times("the same again", ask(Number.NaN));
times("with a round-trip time of 8 ms", ask(8000));
times("the same again", ask(8000));
console.log(`${places.count()} places`);
