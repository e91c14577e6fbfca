import { printable } from "../lib/printable.ts";
import { asciiText, HASH_START, hashByte } from "./text.ts";

const LONGEST_NAME = 255;
const MAX_POINTERS = 64;
const scratch = Buffer.alloc(LONGEST_NAME * 4 + 64);

/** Where the last name that was read ends in the message. */
export let nameEnd = 0;
/** Hash of the last name that was read. */
export let nameHash = 0;

/**
 * A domain name (RFC 1035 §3.1, §4.1.4) at `at`, lower case, without the root dot; the root itself is ".". A dot or backslash
 * inside a label becomes `\x2e`, `\x5c`. Pointers count from `base` and must point backwards, so they end.
 * undefined: no name, or it runs over `end`. Sets `nameEnd` and `nameHash`.
 */
export function readName(bytes: Buffer, base: number, at: number, end: number): string | undefined {
  let out = 0;
  let wireBytes = 0;
  let position = at;
  let limit = at;
  let pointers = 0;
  let isPlain = true;
  let hash = HASH_START;
  for (;;) {
    if (position >= end) return undefined;
    const length = bytes[position];
    if (length === 0) {
      if (pointers === 0) nameEnd = position + 1;
      break;
    }
    if (length < 64) {
      const stop = position + 1 + length;
      wireBytes += 1 + length;
      if (stop > end || wireBytes >= LONGEST_NAME) return undefined;
      if (out > 0) {
        scratch[out++] = 0x2e;
        hash = hashByte(hash, 0x2e);
      }
      for (let index = position + 1; index < stop; index += 1) {
        let byte = bytes[index];
        if (byte === 0x2e || byte === 0x5c) {
          out += scratch.write(byte === 0x2e ? "\\x2e" : "\\x5c", out, "latin1");
          continue;
        }
        if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
        else if (byte < 0x20 || byte > 0x7e) isPlain = false;
        scratch[out++] = byte;
        hash = hashByte(hash, byte);
      }
      position = stop;
    } else if (length >= 0xc0) {
      if (position + 1 >= end) return undefined;
      if (pointers === 0) nameEnd = position + 2;
      const target = base + (((length & 0x3f) << 8) | bytes[position + 1]);
      pointers += 1;
      if (target >= limit || pointers > MAX_POINTERS) return undefined;
      limit = target;
      position = target;
    } else return undefined;
  }
  nameHash = hash;
  if (out === 0) return ".";
  return isPlain ? asciiText(scratch, 0, out, hash) : printable(scratch, 0, out, out).toLowerCase();
}

/** Where the name at `at` ends, by its first labels alone (a pointer is not followed); -1 when it is none. For a cheap look. */
export function skipName(bytes: Buffer, at: number, end: number): number {
  let position = at;
  while (position < end) {
    const length = bytes[position];
    if (length === 0) return position + 1;
    if (length >= 0xc0) return position + 2;
    if (length >= 64 || position - at > LONGEST_NAME) return -1;
    position += 1 + length;
  }
  return -1;
}
