import { found, needMore, type Verdict } from "./dissector.ts";
import { lineEnd } from "./http-head.ts";
import { SOAP_HEAD_BYTES, takeSoapBody } from "./ihe-soap.ts";
import type { Stream } from "./stream.ts";

/** Longest line in front of a chunk, with its extensions, and longest trailer field. */
const LONGEST_LINE = 1024;
const LARGEST_CHUNK = 2 ** 32;
/** Digits of 64 bits. */
const MOST_DIGITS = 16;
/** After a chunk comes an empty line. */
const CHUNK_END_BYTES = 2;
const ENDLESS = Number.MAX_SAFE_INTEGER;

/** Where a direction is in a body: its length told, in chunks (RFC 9112 §7.1), or going on until the connection ends. */
export interface HttpBody {
  form: "none" | "sized" | "chunk" | "chunkData" | "trailer" | "endless";
  /** Bytes left of it, or of the chunk. */
  left: number;
  /** It begins with SOAP, which may tell what the request is for. */
  isSoap: boolean;
}

/**
 * Passes over what is here of a body. `found`: it has ended; `needMore`: it goes on; `undefined`: nothing more of this direction
 * can be read.
 */
export function passBody(stream: Stream, body: HttpBody): Verdict | undefined {
  while (body.form !== "none") {
    if (body.form === "endless") return stream.passOver(ENDLESS) === 0 ? undefined : needMore;
    if (body.form === "sized" || body.form === "chunkData") {
      if (body.isSoap && !takeSoap(stream, body)) return needMore;
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

/** Looks at the beginning of the body, or of its first chunk; false while not enough of it is here. */
function takeSoap(stream: Stream, body: HttpBody): boolean {
  const wanted = Math.min(body.left, SOAP_HEAD_BYTES);
  const { start, end, isCut } = stream;
  if (end - start < wanted && !isCut) return false;
  body.isSoap = false;
  takeSoapBody(stream, start, Math.min(end, start + wanted));
  return true;
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

/**
 * Of more digits than 64 bits have the low ones count: who reads on after such a chunk, instead of refusing the request
 * (RFC 9112 §7.1), let the others run over.
 */
function chunkSize(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && hexDigit(bytes[at]) >= 0) at += 1;
  let size = 0;
  for (let n = Math.max(start, at - MOST_DIGITS); n < at; n += 1) size = size * 16 + hexDigit(bytes[n]);
  if (size > LARGEST_CHUNK) return -1;
  const after = at < end ? bytes[at] : 0x0d;
  return at > start && (after === 0x0d || after === 0x3b || after === 0x20) ? size : -1;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
