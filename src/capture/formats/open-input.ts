import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { Socket } from "node:net";
import { gunzipSync, constants as zlib } from "node:zlib";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { type ByteInput, FileInput } from "./byte-input.ts";
import { isGzip, readerFor } from "./detect.ts";
import { StreamInput } from "./stream-input.ts";

const PROBE_BYTES = 4096;

/** Opens a path, or standard input for "-". Throws AppError `capture_missing` or `capture_not_a_capture`. */
export function openInput(path: string): ByteInput {
  const fd = path === "-" ? 0 : openFile(path);
  const name = path === "-" ? "standard input" : path;
  let keepsOpen = false;
  try {
    const stat = fstatSync(fd);
    const refusal = refusalOf(name, stat);
    if (refusal) throw refusal;
    keepsOpen = true;
    if (stat.isFile()) return new FileInput(fd);
    return new StreamInput(fd === 0 ? process.stdin : new Socket({ fd, readable: true, writable: false }));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("capture_missing", `cannot read ${name}: ${reasonOf(error)}`, { exitCode: 2, cause: error });
  } finally {
    if (!keepsOpen && fd > 2) closeSync(fd);
  }
}

/** Looks at the first bytes of a regular file, so that a bad one is told before hours of reading the others. Pipes are left alone. */
export function probeFile(path: string): AppError | undefined {
  if (path === "-") return undefined;
  let fd: number;
  try {
    fd = openFile(path);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return refusalOf(path, stat);
    let head: Buffer = Buffer.alloc(PROBE_BYTES);
    head = head.subarray(0, readSync(fd, head, 0, PROBE_BYTES, 0));
    if (isGzip(head)) {
      const start = startOfGzip(head);
      if (!start) return undefined;
      head = start;
    }
    const found = readerFor(head);
    if (found === "short")
      return notCapture(`${path} is no packet capture: it ${head.length === 0 ? "is empty" : "ends inside its header"}`);
    return "notCapture" in found ? notCapture(`${path} is no packet capture: ${found.notCapture.replace("FILE", path)}`) : undefined;
  } catch (error) {
    return new AppError("capture_missing", `cannot read ${path}: ${reasonOf(error)}`, { exitCode: 2, cause: error });
  } finally {
    closeSync(fd);
  }
}

/** The first unpacked bytes; undefined when it is damaged: what it still holds is for the reader to say. */
function startOfGzip(packed: Buffer): Buffer | undefined {
  try {
    return gunzipSync(packed, { finishFlush: zlib.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}

function refusalOf(name: string, stat: Stats): AppError | undefined {
  if (stat.isFile() || stat.isFIFO() || stat.isSocket()) return undefined;
  if (stat.isDirectory()) return notCapture(`${name} is a folder: name the capture files in it`);
  return notCapture(`${name} is neither a file nor a pipe: name a capture file, or pipe one in`);
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EACCES"
          ? "this user may not read it"
          : reasonOf(error).replace(/, open .*/, "");
    throw new AppError("capture_missing", `cannot read ${path}: ${why}`, { exitCode: 2, cause: error });
  }
}

function notCapture(message: string): AppError {
  return new AppError("capture_not_a_capture", message, { exitCode: 2 });
}
