import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { atOnce, type Sliced } from "../../lib/slices.ts";
import { CLAIM_KINDS } from "../../model/location.ts";
import type { RangeArrays } from "./range-table.ts";

/**
 * A compiled database: 8 bytes of magic with the format's version, header length and CRC-32 of what follows the header
 * (little-endian), the header as JSON, then the arrays, each on an 8-byte boundary. Loading is one read.
 */
const MAGIC = Buffer.from("BTAPGEO\x01", "latin1");
const FIXED_BYTES = 16;
const LONGEST_HEADER = 1 << 20;
/** So much is checked between two rests. */
const CHECKED_BYTES = 1 << 21;

const headerSchema = z.object({
  name: z.string(),
  /** Day of the source's data, YYYY-MM-DD. */
  build: z.string(),
  /** Of the source files, in order, hex. */
  sha256: z.string(),
  licence: z.string(),
  attribution: z.string(),
  /** What values above 0 stand for, where that is short. */
  words: z.array(z.string()).optional(),
  kind: z.enum(CLAIM_KINDS).optional(),
  /** Older than this it is stale. */
  maxAgeDays: z.number().int().positive().optional(),
  /** Of an installed source: its format, where it came from (without what may be a secret) and how many networks it lists. */
  format: z.string().optional(),
  from: z.string().optional(),
  networks: z.number().int().nonnegative().optional(),
  sections: z.array(z.object({ name: z.string(), bytes: z.number().int().nonnegative() })),
});
export type GeoHeader = Omit<z.infer<typeof headerSchema>, "sections">;

export interface GeoFile {
  header: GeoHeader;
  ranges: RangeArrays;
  /** A section beside the ranges. */
  ints(name: string): Int32Array;
  bytes(name: string): Buffer;
}

/** Writes to a temporary name, syncs, renames: the file is whole or not there. */
export function writeGeoFile(path: string, header: GeoHeader, ranges: RangeArrays, more: Record<string, Int32Array | Buffer> = {}): void {
  const parts = Object.entries({ ...ranges, ...more });
  const chunks: Buffer[] = [];
  for (const [, array] of parts) {
    chunks.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength), Buffer.alloc(padding(array.byteLength)));
  }
  const body = Buffer.concat(chunks);
  const sections = parts.map(([name, array]) => ({ name, bytes: array.byteLength }));
  let json = JSON.stringify({ ...header, sections });
  json += " ".repeat(padding(Buffer.byteLength(json)));
  const fixed = Buffer.alloc(FIXED_BYTES);
  MAGIC.copy(fixed);
  fixed.writeUInt32LE(Buffer.byteLength(json), 8);
  fixed.writeUInt32LE(crc32(body), 12);
  const failed = (error: unknown) =>
    new AppError("geo_missing", `${path}: cannot write the compiled database: ${reasonOf(error)}`, { cause: error });
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw failed(error);
  }
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      for (const chunk of [fixed, Buffer.from(json), body]) writeAll(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw failed(error);
  }
}

/** Reads it back; the arrays are windows on the file's bytes. Throws `geo_missing` or `geo_corrupt`. */
export function readGeoFile(path: string): GeoFile {
  return atOnce(geoFileOf(path, readWhole(path)));
}

/** The same of bytes that were read from there. */
export function* geoFileOf(path: string, bytesRead: Buffer): Sliced<GeoFile> {
  const whole = aligned(bytesRead);
  const { header, sections, start } = readHeader(path, whole);
  let checksum = 0;
  for (let from = start; from < whole.length; from += CHECKED_BYTES) {
    checksum = crc32(whole.subarray(from, from + CHECKED_BYTES), checksum);
    yield;
  }
  if (checksum !== whole.readUInt32LE(12)) throw damaged(path, "its checksum is wrong");
  const windows = new Map<string, { at: number; bytes: number }>();
  let at = start;
  for (const section of sections) {
    windows.set(section.name, { at, bytes: section.bytes });
    at += section.bytes + padding(section.bytes);
  }
  if (at !== whole.length) throw damaged(path, "it is cut");
  const bytes = (name: string): Buffer => {
    const window = windows.get(name);
    if (!window) throw damaged(path, `it has no section ${name}`);
    return whole.subarray(window.at, window.at + window.bytes);
  };
  const ints = (name: string): Int32Array => {
    const window = bytes(name);
    return new Int32Array(window.buffer, window.byteOffset, window.byteLength / 4);
  };
  const ranges = { v4Starts: ints("v4Starts"), v4Values: ints("v4Values"), v6Starts: ints("v6Starts"), v6Values: ints("v6Values") };
  return { header, ranges, ints, bytes };
}

/** The header alone; undefined when there is no such file or it is none of ours (then it is to be made again). */
export function peekGeoHeader(path: string): GeoHeader | undefined {
  try {
    return readHeader(path, aligned(readWhole(path))).header;
  } catch {
    return undefined;
  }
}

function readHeader(path: string, whole: Buffer) {
  if (whole.length < FIXED_BYTES || !whole.subarray(0, 8).equals(MAGIC)) throw damaged(path, "it is no compiled database of this version");
  const length = whole.readUInt32LE(8);
  if (length > LONGEST_HEADER || FIXED_BYTES + length > whole.length) throw damaged(path, "it is cut");
  try {
    const { sections, ...header } = headerSchema.parse(JSON.parse(whole.toString("utf8", FIXED_BYTES, FIXED_BYTES + length)));
    return { header: header as GeoHeader, sections, start: FIXED_BYTES + length };
  } catch (error) {
    throw damaged(path, `its header is wrong (${reasonOf(error).split("\n")[0]})`);
  }
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read the compiled database: ${reasonOf(error)}; run "bordertap geo compile"`, {
      cause: error,
    });
  }
}

/** Small files come from a shared pool, where the start may lie off the boundary the arrays need. */
function aligned(whole: Buffer): Buffer {
  return whole.byteOffset % 8 === 0 ? whole : Buffer.from(new Uint8Array(whole).buffer);
}

function damaged(path: string, what: string): AppError {
  return new AppError("geo_corrupt", `${path}: ${what}; run "bordertap geo compile"`);
}

function padding(bytes: number): number {
  return (8 - (bytes % 8)) % 8;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
