import { found, needMore, type Verdict } from "./dissector.ts";
import { lineEnd } from "./http-head.ts";
import type { Stream } from "./stream.ts";

/** Longest line in front of a chunk, with its extensions, and longest trailer field. */
const LONGEST_LINE = 1024;
const LARGEST_CHUNK = 2 ** 32;

/** Where a direction is in a chunked body (RFC 9112 §7.1). */
export type ChunkState = "none" | "chunk" | "trailer";

/**
 * Passes over what is here of a chunked body. `found`: it has ended; `needMore`: it goes on; `undefined`: this is no chunk.
 */
export function skipChunks(stream: Stream, side: { chunks: ChunkState }): Verdict | undefined {
  while (stream.start < stream.end) {
    const { bytes, start, end } = stream;
    const line = lineEnd(bytes, start, Math.min(end, start + LONGEST_LINE));
    if (line < 0) return end - start >= LONGEST_LINE ? undefined : needMore;
    if (side.chunks === "trailer") {
      stream.skip(line + 1 - start);
      if (line === start || (line === start + 1 && bytes[start] === 0x0d)) {
        side.chunks = "none";
        return found;
      }
      continue;
    }
    const size = chunkSize(bytes, start, line);
    if (size < 0) return undefined;
    if (size === 0) side.chunks = "trailer";
    // A chunk is followed by an empty line.
    stream.skip(line + 1 - start + (size === 0 ? 0 : size + 2));
  }
  return needMore;
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
