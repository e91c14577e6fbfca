import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Reader, type Response } from "maxmind";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { formatAddress } from "../../lib/ip.ts";
import type { GeoFormat } from "../../model/geo-status.ts";
import { type CloudRegions, loadCloudRegions } from "./cloud-regions.ts";
import { countryAnswer } from "./country-database.ts";
import { peekGeoHeader, writeGeoFile } from "./geo-file.ts";
import type { Imported, Importer } from "./import/importer.ts";
import { IMPORTERS } from "./import/index.ts";
import { installedPath } from "./load-geo.ts";
import type { MmdbValue } from "./mmdb-data.ts";

/** An unpacked file larger than this is no country database. */
const MOST_UNPACKED_BYTES = 1e9;
/** Runs of a compiled database that are held against the file itself. */
const SAMPLES = 2000;
/** A list that shrinks to less than this share is a mistake until somebody says it is not. */
const LEAST_SHARE = 0.5;
export const UPDATE_LOG = "updates.jsonl";

export interface InstallRequest {
  name: string;
  format: GeoFormat;
  bytes: Buffer;
  /** Where it came from, for messages and the log. */
  from: string;
  folder: string;
  /** Expected SHA-256 of `bytes`, hex. */
  sha256?: string | undefined;
  attribution: string;
  licence: string;
  maxAgeDays: number;
  /** Takes it although it is older or much smaller than the one installed. */
  isForced?: boolean;
  nowMs: number;
  regions?: CloudRegions;
}

export interface Installed {
  name: string;
  build: string;
  sha256: string;
  networks: number;
  /** False when the same file was installed already. */
  isNew: boolean;
  remarks: string[];
}

/**
 * Checks a file, compiles it and puts it in the place of the one installed before, in one step: a reader sees the old one or
 * the new one. Whatever is wrong, the old one stays, the log says why, and the AppError is thrown on (`geo_corrupt`).
 */
export function installSource(request: InstallRequest): Installed {
  const { name, format, from, folder } = request;
  try {
    const installed = install(request);
    log(request, {
      result: installed.isNew ? "installed" : "unchanged",
      sha256: installed.sha256,
      build: installed.build,
      networks: installed.networks,
    });
    return installed;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const kept = existsSync(installedPath(folder, name)) ? "; the installed one stays in use" : "";
    if (error.code === "geo_corrupt") log(request, { result: "refused", reason: error.message });
    throw new AppError(error.code, `${name} (${format}) from ${from}: ${error.message}${kept}`, { cause: error });
  }
}

function install(request: InstallRequest): Installed {
  const { name, format, folder, isForced = false } = request;
  const importer = IMPORTERS.get(format) as Importer;
  const given = createHash("sha256").update(request.bytes).digest("hex");
  if (request.sha256 !== undefined && request.sha256.toLowerCase() !== given)
    throw new AppError("geo_corrupt", `its SHA-256 is ${given}, expected ${request.sha256.toLowerCase()}; get the file again`);
  const path = installedPath(folder, name);
  const before = existsSync(path) ? peekGeoHeader(path) : undefined;
  if (before?.sha256 === given && before.format === format) {
    return { name, build: before.build, sha256: given, networks: before.networks ?? 0, isNew: false, remarks: [] };
  }
  const bytes = unpacked(request.bytes);
  const imported = importer.read({ bytes, file: "the file", name, regions: request.regions ?? loadCloudRegions() });
  if (format === "mmdb") probe(bytes, imported);
  const build = imported.build ?? new Date(request.nowMs).toISOString().slice(0, 10);
  if (before && !isForced) {
    if (imported.build !== undefined && before.build > build)
      throw new AppError("geo_corrupt", `its data is of ${build}, that of the installed one of ${before.build}; use --force to go back`);
    if (imported.networks < (before.networks ?? 0) * LEAST_SHARE)
      throw new AppError(
        "geo_corrupt",
        `it lists ${imported.networks} networks, the installed one ${before.networks}; use --force if that is right`,
      );
  }
  const { attribution, licence, maxAgeDays, from } = request;
  const kind = imported.answers.some((answer) => answer.kind === "city-database") ? "city-database" : importer.kind;
  const header = { name, build, sha256: given, licence, attribution, kind, maxAgeDays, format, from, networks: imported.networks };
  writeGeoFile(path, { ...header, words: imported.answers.map((answer) => JSON.stringify(answer)) }, imported.ranges);
  return { name, build, sha256: given, networks: imported.networks, isNew: true, remarks: imported.remarks };
}

/** Some makers publish their database packed. Anything but a plain gzip of one file is refused. */
function unpacked(bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  let plain: Buffer;
  try {
    plain = gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    throw new AppError("geo_corrupt", `is packed with gzip and cannot be unpacked (${reasonOf(error)}); get the file again`, {
      cause: error,
    });
  }
  if (plain.toString("latin1", 257, 262) === "ustar")
    throw new AppError("geo_corrupt", "is a tar archive; unpack it and give the .mmdb file");
  return plain;
}

/** Looks up the start of runs all over the compiled table in the file itself, with another reader. */
function probe(bytes: Buffer, { ranges, answers }: Imported): void {
  const reader = new Reader<Response>(bytes);
  const { v4Starts, v4Values, v6Starts, v6Values } = ranges;
  const isV4Only = reader.metadata.ipVersion === 4;
  const every = Math.max(1, Math.floor((v4Values.length + v6Values.length) / SAMPLES));
  const check = (address: string, value: number) => {
    let record: unknown;
    try {
      record = reader.get(address);
    } catch (error) {
      throw new AppError("geo_corrupt", `damaged database: ${address} cannot be looked up (${reasonOf(error)}); get the file again`, {
        cause: error,
      });
    }
    const theirs = record === null || record === undefined ? undefined : countryAnswer(record as MmdbValue).country;
    if (theirs !== answers[value - 1]?.country)
      throw new AppError("geo_corrupt", `damaged database: two ways of reading ${address} give different countries; get the file again`);
  };
  const turn = 0x8000_0000 | 0;
  for (let n = 1; n < v4Values.length; n += every) check(formatAddress(0, 0, 0xffff, v4Starts[n] ^ turn), v4Values[n]);
  for (let n = 1; n < v6Values.length && !isV4Only; n += every) {
    const [a, b, c, d] = v6Starts.subarray(n * 4, n * 4 + 4).map((word) => word ^ turn);
    // The copies of the IPv4 tree are not in the compiled table: ::ffff:0:0/96, 6to4, Teredo.
    const isCopy = (a === 0 && b === 0) || a >>> 16 === 0x2002 || a === 0x2001_0000;
    if (!isCopy) check(formatAddress(a, b, c, d), v6Values[n]);
  }
}

/** One line a try, appended: what was put in use when, and what was refused and why. */
function log({ name, format, from, folder, nowMs }: InstallRequest, more: Record<string, unknown>): void {
  const path = join(folder, UPDATE_LOG);
  try {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify({ at: new Date(nowMs).toISOString(), name, format, from, ...more })}\n`);
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot write the update log: ${reasonOf(error)}`, { cause: error });
  }
}
