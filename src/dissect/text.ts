import { printable } from "../lib/printable.ts";

const SLOTS = 4096;
const LONGEST_KEPT = 128;
/** Texts seen lately, by hash: names repeat (in question and answer, from flow to flow), and making a string costs more than comparing. */
const recent: string[] = new Array(SLOTS).fill("");

export const HASH_START = 0x811c9dc5 | 0;

/** One step of the hash that `asciiText` wants (FNV-1a). */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Text of bytes that are all printable ASCII; `hash` is `hashByte` over them. */
export function asciiText(bytes: Buffer, start: number, end: number, hash: number): string {
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const known = recent[slot];
  const length = end - start;
  if (known.length === length) {
    let at = 0;
    while (at < length && known.charCodeAt(at) === bytes[start + at]) at += 1;
    if (at === length) return known;
  }
  const text = bytes.toString("latin1", start, end);
  if (length <= LONGEST_KEPT) recent[slot] = text;
  return text;
}

/** Short text from the wire as facts have it: printable, at most 255 bytes. */
export function wireText(bytes: Buffer, start: number, end: number): string {
  const stop = Math.min(end, start + 255);
  let hash = HASH_START;
  for (let at = start; at < stop; at += 1) {
    if (bytes[at] < 0x20 || bytes[at] > 0x7e) return printable(bytes, start, stop, 255);
    hash = hashByte(hash, bytes[at]);
  }
  return asciiText(bytes, start, stop, hash);
}

/** A host name as facts have it: printable, lower case, without the root dot. */
export function nameText(bytes: Buffer, start: number, end: number): string {
  const stop = end > start && bytes[end - 1] === 0x2e ? end - 1 : end;
  let isLower = true;
  for (let at = start; at < stop && isLower; at += 1) isLower = !(bytes[at] >= 0x41 && bytes[at] <= 0x5a) && bytes[at] < 0x80;
  const text = wireText(bytes, start, stop);
  return isLower ? text : text.toLowerCase();
}
