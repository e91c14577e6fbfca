// How right are locations? The cloud vendors' own lists say where their addresses are; each vendor in turn is left out, and the
// answer is worked out from the other sources. Prints the table of docs/location.md, and every network that is falsely inside.
//
//   node test/bench/location-accuracy.mjs [--cloud ../shared/corpus/cloud] [--dist dist] [--addresses 100000]
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    cloud: { type: "string", default: "../shared/corpus/cloud" },
    dist: { type: "string", default: "dist" },
    addresses: { type: "string", default: "100000" },
  },
});
if (!existsSync(values.cloud)) {
  console.error(`location-accuracy: ${values.cloud} is not here; give --cloud FOLDER with the vendors' files`);
  process.exit(2);
}
const from = (path) => import(resolve(values.dist, "enrich/location", path));
const { IMPORTERS } = await from("import/index.js");
const { loadCloudRegions } = await from("cloud-regions.js");
const { RangeTable } = await from("range-table.js");
const { loadGeo } = await from("load-geo.js");
const { createPlaces } = await from("places.js");
const { createLocator } = await from("verdict.js");
const { loadJurisdictions } = await from("geo-db.js");
const { formatAddress } = await import(resolve(values.dist, "lib/ip.js"));

const FILES = [
  ["aws", "aws", "aws.json"],
  ["azure", "azure", "microsoft-azure.json"],
  ["gcp", "gcp", "google-cloud.json"],
  ["oci", "oci", "oracle-cloud.json"],
  ["digitalocean", "geofeed", "digitalocean.csv"],
];
const TURN = 0x8000_0000 | 0;
const regions = loadCloudRegions();
const vendors = FILES.map(([name, format, file]) => {
  const imported = IMPORTERS.get(format).read({ bytes: readFileSync(join(values.cloud, file)), file, name, regions });
  const kind = IMPORTERS.get(format).kind;
  return {
    name,
    kind,
    build: imported.build ?? "unknown",
    sha256: "",
    attribution: "",
    table: new RangeTable(imported.ranges),
    answers: imported.answers,
  };
});
const geo = loadGeo({ folder: resolve(values.dist, "geo") });
const list = loadJurisdictions().find(({ name }) => name === "eu-eea");
const locator = createLocator([list]);
const inside = new Set(list.countries);

/** The same numbers on every run. */
let state = 12_345;
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
};

/** Runs of a table that name a country, as [first words, last words of it that vary, country]. */
function runsOf({ table, answers }) {
  const { v4Starts, v4Values, v6Starts, v6Values } = table.arrays;
  const runs = [];
  for (let n = 0; n < v4Values.length - 1; n += 1) {
    const country = answers[v4Values[n] - 1]?.country;
    if (country === undefined) continue;
    const first = (v4Starts[n] ^ TURN) >>> 0;
    const size = ((v4Starts[n + 1] ^ TURN) >>> 0) - first;
    runs.push({ country, at: () => [0, 0, 0xffff, (first + Math.floor(random() * size)) | 0] });
  }
  for (let n = 0; n < v6Values.length - 1; n += 1) {
    const country = answers[v6Values[n] - 1]?.country;
    if (country === undefined) continue;
    const first = [...v6Starts.subarray(n * 4, n * 4 + 4)].map((word) => word ^ TURN);
    runs.push({ country, at: () => [first[0], first[1], first[2], first[3] | Math.floor(random() * 256)] });
  }
  return runs;
}

const perVendor = Math.ceil(Number(values.addresses) / vendors.length);
const falselyInside = [];
console.log(
  "| left out | addresses | right country | another country | no country | falsely inside, confidence ≥ 80 | falsely outside, confidence ≥ 80 |",
);
console.log("|---|---|---|---|---|---|---|");
for (const vendor of vendors) {
  const places = createPlaces({ ...geo.sources, more: vendors.filter((other) => other !== vendor) });
  const runs = runsOf(vendor);
  const count = { all: 0, right: 0, wrong: 0, none: 0, inside: 0, outside: 0 };
  while (count.all < perVendor) {
    for (const run of runs) {
      if (count.all >= perVendor) break;
      const words = run.at();
      const place = places.placeOf(...words);
      const location = locator.locate(place, list.name);
      const { verdict } = location;
      count.all += 1;
      if (place.countries.length === 0 || place.confidence < 50) count.none += 1;
      else if (place.countries[0] === run.country) count.right += 1;
      else count.wrong += 1;
      if ((location.confidence ?? place.confidence) < 80) continue;
      if (verdict === "inside-list" && !inside.has(run.country)) {
        count.inside += 1;
        falselyInside.push(
          `${vendor.name} ${formatAddress(...words)}: ${place.countries} for ${run.country}, confidence ${place.confidence}, AS${place.asn ?? "-"}`,
        );
      }
      if (verdict === "outside-list" && inside.has(run.country)) count.outside += 1;
    }
  }
  const share = (n) => `${((100 * n) / count.all).toFixed(2)} %`;
  console.log(
    `| ${vendor.name} | ${count.all} | ${share(count.right)} | ${share(count.wrong)} | ${share(count.none)} | ${count.inside} | ${count.outside} |`,
  );
}
console.log(`\nFalsely inside at confidence ≥ 80: ${falselyInside.length}`);
for (const line of falselyInside.slice(0, 200)) console.log(`  ${line}`);
