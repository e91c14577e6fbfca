import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadCompiledCountries } from "../../../../src/enrich/location/country-database.ts";
import { type InstallRequest, installSource, UPDATE_LOG } from "../../../../src/enrich/location/install.ts";
import { installedPath } from "../../../../src/enrich/location/load-geo.ts";
import { parseAddress } from "../../../../src/lib/ip.ts";
import { mmdbOf } from "./mmdb-writer.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-install-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const NOW = Date.UTC(2026, 10, 21, 14);
const DAY = 86_400;
const databaseOf = (country: string, build = 1_790_000_000, prefix = "5.0.0.0/8") =>
  mmdbOf([[prefix, { country_code: country }]], { metadata: { build_epoch: build } });

function install(bytes: Buffer, more: Partial<InstallRequest> = {}) {
  const base = {
    name: "own",
    format: "mmdb",
    from: "own.mmdb",
    folder,
    attribution: "by me",
    licence: "mine",
    maxAgeDays: 30,
    nowMs: NOW,
  } as const;
  return installSource({ ...base, bytes, ...more });
}
const answer = () => {
  const { table, answers } = loadCompiledCountries(installedPath(folder, "own"));
  return answers[table.find(...parseAddress("5.1.1.1")!) - 1]?.country;
};
const logged = () =>
  readFileSync(join(folder, UPDATE_LOG), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("installs, replaces, and leaves nothing else behind", () => {
  expect(install(databaseOf("DE"))).toMatchObject({ isNew: true, build: "2026-09-21", networks: 1 });
  expect(answer()).toBe("DE");
  expect(install(databaseOf("DE"))).toMatchObject({ isNew: false });
  expect(install(databaseOf("LU", 1_790_000_000 + DAY))).toMatchObject({ isNew: true, build: "2026-09-22" });
  expect(answer()).toBe("LU");
  expect(readdirSync(folder).sort()).toEqual(["own.geo", UPDATE_LOG]);
  expect(logged().map(({ result }) => result)).toEqual(["installed", "unchanged", "installed"]);
  expect(loadCompiledCountries(installedPath(folder, "own"))).toMatchObject({
    attribution: "by me",
    maxAgeDays: 30,
    kind: "country-database",
  });
});

test("a packed database is unpacked", () => {
  install(gzipSync(databaseOf("DE")));
  expect(answer()).toBe("DE");
});

const tar = Buffer.alloc(1024);
tar.write("ustar", 257);
const cut = databaseOf("LU").subarray(0, 40);
const cyclic = (() => {
  const bytes = Buffer.from(databaseOf("LU"));
  bytes.fill(0, 0, 4); // Both ends of the first node lead back to itself.
  return bytes;
})();
test.each<[string, Buffer, Partial<InstallRequest>, RegExp]>([
  ["empty", Buffer.alloc(0), {}, /is empty/],
  ["no database", Buffer.from("<html>"), {}, /is no MMDB database, or is cut/],
  ["cut", cut, {}, /is no MMDB database, or is cut/],
  ["cyclic", cyclic, {}, /damaged database/],
  ["a damaged pack", gzipSync(databaseOf("LU")).subarray(0, 60), {}, /cannot be unpacked/],
  ["a tar archive", gzipSync(tar), {}, /is a tar archive/],
  ["another SHA-256", databaseOf("LU"), { sha256: "0".repeat(64) }, /its SHA-256 is [0-9a-f]{64}, expected 0{64}/],
  ["without countries", mmdbOf([["5.0.0.0/8", { asn: 7 }]]), {}, /holds no country codes/],
  ["older", databaseOf("LU", 1_790_000_000 - 9 * DAY), {}, /its data is of 2026-09-12, that of the installed one of 2026-09-21/],
  ["a list for a database", Buffer.from("{}"), { format: "aws" }, /is no AWS ip-ranges\.json/],
])("refused, the old one stays, the log says why: %s", (_title, bytes, more, message) => {
  install(databaseOf("DE"));
  const thrown = expect.objectContaining({ code: "geo_corrupt", message: expect.stringMatching(message) });
  expect(() => install(bytes, more)).toThrow(thrown);
  expect(() => install(bytes, more)).toThrow(/^own \(\w+\) from own\.mmdb: .*; the installed one stays in use$/);
  expect(answer()).toBe("DE");
  expect(logged().at(-1)).toMatchObject({ result: "refused", reason: expect.stringMatching(message) });
  expect(readdirSync(folder).sort()).toEqual(["own.geo", UPDATE_LOG]);
});

test("a list that has shrunk to a few networks is refused, unless somebody says that it is right", () => {
  const list = (count: number) => Buffer.from(Array.from({ length: count }, (_, n) => `10.0.${n}.0/24`).join("\n"));
  install(list(100), { format: "anycast-list" });
  expect(() => install(list(10), { format: "anycast-list" })).toThrow(/lists 10 networks, the installed one 100; use --force/);
  expect(install(list(10), { format: "anycast-list", isForced: true })).toMatchObject({ networks: 10 });
});

test("a folder that cannot be written is one line", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => install(databaseOf("DE"), { folder: join(folder, "file") })).toThrow(/cannot write/);
});
