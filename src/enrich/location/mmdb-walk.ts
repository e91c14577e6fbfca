import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { type AddressWords, V4_MAPPED } from "../../lib/ip.ts";
import { MmdbData, type MmdbValue } from "./mmdb-data.ts";
import { type AddressRange, isMapped } from "./range-table.ts";

/** An opened MMDB file (MaxMind DB file format 2.0): what its metadata says, and its bytes. */
export interface Mmdb {
  file: string;
  databaseType: string;
  /** YYYY-MM-DD of `build_epoch`. */
  build: string;
  sha256: string;
  ipVersion: 4 | 6;
  recordSize: 24 | 28 | 32;
  nodeCount: number;
  tree: Buffer;
  data: MmdbData;
}

const MARKER = Buffer.from("abcdef4d61784d696e642e636f6d", "hex");
/** The format puts the metadata into the last 128 KiB. */
const METADATA_WITHIN = 128 * 1024;
const SEPARATOR_BYTES = 16;

/** Opens and checks a file. Throws `geo_missing` or `geo_corrupt`, each with the file's name and what is wrong. */
export function openMmdb(path: string, bytes = readWhole(path)): Mmdb {
  const fail = (what: string): never => {
    throw new AppError("geo_corrupt", `${path}: ${what}; give a MaxMind DB (.mmdb) file`);
  };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) fail("is packed with gzip; unpack it first");
  const marker = bytes.lastIndexOf(MARKER);
  if (marker < 0 || marker < bytes.length - METADATA_WITHIN - MARKER.length)
    fail(bytes.length === 0 ? "is empty" : "is no MMDB database, or is cut");
  const metadata = new MmdbData(bytes.subarray(marker + MARKER.length), path).read(0);
  if (!isRecord(metadata)) return fail("has no metadata");
  const nodeCount = metadata.node_count;
  const recordSize = metadata.record_size;
  const ipVersion = metadata.ip_version;
  if (metadata.binary_format_major_version !== 2) return fail("is not of MMDB format version 2");
  if (recordSize !== 24 && recordSize !== 28 && recordSize !== 32) return fail(`has records of ${String(recordSize)} bits`);
  if (ipVersion !== 4 && ipVersion !== 6) return fail(`holds addresses of version ${String(ipVersion)}`);
  if (typeof nodeCount !== "number" || nodeCount < 1) return fail("has an empty search tree");
  const treeBytes = nodeCount * (recordSize / 4);
  if (treeBytes + SEPARATOR_BYTES > marker) return fail("is cut: its search tree is larger than the file");
  return {
    file: path,
    databaseType: typeof metadata.database_type === "string" ? metadata.database_type : "unknown",
    build: dayOf(metadata.build_epoch),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ipVersion,
    recordSize,
    nodeCount,
    tree: bytes.subarray(0, treeBytes),
    data: new MmdbData(bytes.subarray(treeBytes + SEPARATOR_BYTES, marker), path),
  };
}

/**
 * Calls back for each network of the database in order of address, IPv4 in mapped form; `value` is the offset of its
 * record in the data section. The copies of the IPv4 tree under ::ffff:0:0/96, 2002::/16 and so on are passed over.
 * Throws `geo_corrupt` when the tree has a cycle, is too deep or points nowhere: work is bounded by the file's size.
 */
export function walkMmdb(db: Mmdb, found: (range: AddressRange) => void): void {
  const bits = db.ipVersion === 4 ? 32 : 128;
  const v4Root = db.ipVersion === 4 ? 0 : v4RootOf(db);
  const address: AddressWords = db.ipVersion === 4 ? [0, 0, V4_MAPPED, 0] : [0, 0, 0, 0];
  let visits = 0;

  const descend = (node: number, depth: number): void => {
    if (depth >= bits) damaged(db, "its search tree is deeper than an address");
    visits += 1;
    if (visits > db.nodeCount) damaged(db, "its search tree has a cycle");
    const wordAt = db.ipVersion === 4 ? 3 : depth >>> 5;
    const bit = 1 << (31 - (depth & 31));
    for (let side = 0; side < 2; side += 1) {
      if (side === 1) address[wordAt] |= bit;
      const next = recordOf(db, node, side);
      if (next < db.nodeCount) {
        const isCopy = next === v4Root && db.ipVersion === 6 && !(depth === 95 && isZero(address));
        if (!isCopy) descend(next, depth + 1);
      } else if (next > db.nodeCount) {
        const offset = next - db.nodeCount - SEPARATOR_BYTES;
        if (offset < 0) damaged(db, "a network that points between tree and data");
        const length = db.ipVersion === 4 ? depth + 97 : depth + 1;
        // IPv4 is read at ::/96; what a v6 tree says of ::ffff:0:0/96 beside that is not for us.
        if (db.ipVersion === 4 || length < 96 || !isMapped(address)) found(rangeOf(address, length, offset));
      }
    }
    address[wordAt] &= ~bit;
  };
  descend(0, 0);
}

function damaged(db: Mmdb, what: string): never {
  throw new AppError("geo_corrupt", `${db.file}: damaged database: ${what}; get the file again`);
}

function isZero(address: Readonly<AddressWords>): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === 0;
}

/** Left (0) or right (1) record of a node. */
function recordOf(db: Mmdb, node: number, side: number): number {
  const { tree, recordSize } = db;
  const at = node * (recordSize / 4);
  if (recordSize === 24) return tree.readUIntBE(at + side * 3, 3);
  if (recordSize === 32) return tree.readUInt32BE(at + side * 4);
  const shared = tree[at + 3];
  return side === 0 ? ((shared & 0xf0) << 20) | tree.readUIntBE(at, 3) : ((shared & 0x0f) << 24) | tree.readUIntBE(at + 4, 3);
}

/** Node of ::/96, where IPv4 lives in a tree for both; -1 when the tree has none. */
function v4RootOf(db: Mmdb): number {
  const seen = new Set<number>();
  let node = 0;
  for (let depth = 0; depth < 96 && node < db.nodeCount; depth += 1) {
    if (seen.has(node)) damaged(db, "its search tree has a cycle");
    seen.add(node);
    node = recordOf(db, node, 0);
  }
  return node < db.nodeCount ? node : -1;
}

/** First and last address of a network of `length` bits (of 128). ::/96 and longer inside it become mapped IPv4. */
function rangeOf(address: Readonly<AddressWords>, length: number, value: number): AddressRange {
  const first = [...address] as AddressWords;
  const last = [...address] as AddressWords;
  for (let n = 0; n < 4; n += 1) {
    const fixed = Math.min(32, Math.max(0, length - n * 32));
    if (fixed < 32) last[n] |= fixed === 0 ? -1 : ~(-1 << (32 - fixed));
  }
  if (length >= 96 && isZero(address)) {
    first[2] = V4_MAPPED;
    last[2] = V4_MAPPED;
  }
  return { first, last, value };
}

function dayOf(epoch: MmdbValue | undefined): string {
  const seconds = typeof epoch === "number" ? epoch : 0;
  return seconds > 0 && seconds < 253_402_300_800 ? new Date(seconds * 1000).toISOString().slice(0, 10) : "unknown";
}

function isRecord(value: MmdbValue): value is { [key: string]: MmdbValue } {
  return typeof value === "object" && !Array.isArray(value);
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read the database: ${reasonOf(error)}`, { cause: error });
  }
}
