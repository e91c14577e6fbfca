import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError, reasonOf } from "../lib/errors.ts";

const FILE = "identifiers.key";
export const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** The key under which this site hashes identifiers; made when there is none. Throws AppError `state_folder`. */
export function openSiteKey(folder: string): Buffer {
  const known = readSiteKey(folder);
  if (known !== undefined) return known;
  const path = join(folder, FILE);
  const unfinished = `${path}.${process.pid}.new`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    write(unfinished, randomBytes(KEY_BYTES));
    linkUnlessThere(unfinished, path);
    // A key that a power cut takes back would leave hashes in history that nothing is found by.
    sync(folder);
  } catch (cause) {
    throw new AppError(
      "state_folder",
      `cannot make the key of identifiers ${path}: ${reasonOf(cause)}; make the folder writable, or set state.folder`,
      { cause },
    );
  } finally {
    rmSync(unfinished, { force: true });
  }
  return readSiteKey(folder)!;
}

/** The same key, or undefined when the folder has none. */
export function readSiteKey(folder: string): Buffer | undefined {
  const path = join(folder, FILE);
  let key: Buffer;
  let mode: number;
  try {
    key = readFileSync(path);
    mode = statSync(path).mode;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AppError("state_folder", `cannot read the key of identifiers ${path}: ${reasonOf(cause)}; run as the user of the sensor`, {
      cause,
    });
  }
  if ((mode & OTHERS) !== 0)
    throw new AppError("state_folder", `${path} can be read by others, who could try out identifiers: chmod 600 it, and say who had it`);
  if (key.length !== KEY_BYTES)
    throw new AppError(
      "state_folder",
      `${path} has ${key.length} bytes, a key has ${KEY_BYTES}: restore it; or move it away for a new one, under which no old hash is found`,
    );
  return key;
}

function write(path: string, bytes: Buffer): void {
  const fd = openSync(path, "wx", OWNER_ONLY);
  try {
    writeSync(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function sync(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Of several sensors that start at once, the first one's key is everybody's. */
function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
