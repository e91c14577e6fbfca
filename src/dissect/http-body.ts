import { found, needMore, type Verdict } from "./dissector.ts";
import { lineEnd } from "./http-head.ts";
import type { Stream } from "./stream.ts";

/** Longest line in front of a chunk, with its extensions, and longest trailer field. */
const LONGEST_LINE = 1024;
const LARGEST_CHUNK = 2 ** 32;
/** After a chunk comes an empty line. */
const CHUNK_END_BYTES = 2;
const ENDLESS = Number.MAX_SAFE_INTEGER;

/** Where a direction is in a body: its length told, in chunks (RFC 9112 §7.1), or going on until the connection ends. */
export interface HttpBody {
  form: "none" | "sized" | "chunk" | "chunkData" | "trailer" | "endless";
  /** Bytes left of it, or of the chunk. */
  left: number;
}

/**
 * Passes over what is here of a body. `found`: it has ended; `needMore`: it goes on; `undefined`: nothing more of this direction
 * can be read.
 */
export function passBody(stream: Stream, body: HttpBody): Verdict | undefined {
  while (body.form !== "none") {
    if (body.form === "endless") return stream.passOver(ENDLESS) === 0 ? undefined : needMore;
    if (body.form === "sized" || body.form === "chunkData") {
      if (body.left > 0) body.left = stream.passOver(body.left, body.form === "sized");
      if (body.left > 0) return needMore;
      if (body.form === "chunkData") stream.skip(CHUNK_END_BYTES);
      body.form = body.form === "sized" ? "none" : "chunk";
      continue;
    }
    if (stream.start >= stream.end) return needMore;
    const verdict = readLine(stream, body);
    if (verdict !== found) return verdict;
  }
  return found;
}

/** The line before a chunk, or one of a trailer. */
function readLine(stream: Stream, body: HttpBody): Verdict | undefined {
  const { bytes, start, end } = stream;
  const line = lineEnd(bytes, start, Math.min(end, start + LONGEST_LINE));
  if (line < 0) return end - start >= LONGEST_LINE ? undefined : needMore;
  stream.skip(line + 1 - start);
  if (body.form === "trailer") {
    if (line === start || (line === start + 1 && bytes[start] === 0x0d)) body.form = "none";
    return found;
  }
  const size = chunkSize(bytes, start, line);
  if (size < 0) return undefined;
  body.left = size;
  body.form = size === 0 ? "trailer" : "chunkData";
  if (size === 0) stream.endContent();
  return found;
}

function chunkSize(bytes: Buffer, start: number, end: number): number {
  let size = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = hexDigit(bytes[at]);
    if (digit < 0) break;
    size = size * 16 + digit;
    if (size > LARGEST_CHUNK) return -1;
  }
  const after = at < end ? bytes[at] : 0x0d;
  return at > start && (after === 0x0d || after === 0x3b || after === 0x20) ? size : -1;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
