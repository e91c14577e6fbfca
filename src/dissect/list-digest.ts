import { hash } from "node:crypto";
import { HASH_START, hashByte } from "./text.ts";

const SLOTS = 1024;
const LONGEST_KEPT = 256;

interface Kept {
  codes: Uint16Array;
  /** How many of the codes belong to the first list. */
  split: number;
  digest: string;
}
/** Clients are few and repeat themselves: most digests have been made before. */
const kept: (Kept | undefined)[] = new Array(SLOTS).fill(undefined);
const HEX: string[] = [];

/**
 * The first twelve digits of the SHA-256 of two lists of codes: four hexadecimal digits each, joined by commas; the lists by
 * "_", which is left out when the second is empty.
 */
export function listDigest(first: Uint16Array, firstCount: number, second: Uint16Array, secondCount: number): string {
  let slot = HASH_START;
  for (let at = 0; at < firstCount; at += 1) slot = hashByte(slot, first[at]);
  for (let at = 0; at < secondCount; at += 1) slot = hashByte(slot, second[at]);
  slot = (slot ^ (slot >>> 16)) & (SLOTS - 1);
  const known = kept[slot];
  if (known !== undefined && isSame(known, first, firstCount, second, secondCount)) return known.digest;
  const text = hexList(first, firstCount) + (secondCount === 0 ? "" : `_${hexList(second, secondCount)}`);
  const digest = hash("sha256", text).slice(0, 12);
  if (firstCount + secondCount <= LONGEST_KEPT) {
    const codes = new Uint16Array(firstCount + secondCount);
    codes.set(first.subarray(0, firstCount));
    codes.set(second.subarray(0, secondCount), firstCount);
    kept[slot] = { codes, split: firstCount, digest };
  }
  return digest;
}

function isSame({ codes, split }: Kept, first: Uint16Array, firstCount: number, second: Uint16Array, secondCount: number): boolean {
  if (split !== firstCount || codes.length !== firstCount + secondCount) return false;
  for (let at = 0; at < firstCount; at += 1) if (codes[at] !== first[at]) return false;
  for (let at = 0; at < secondCount; at += 1) if (codes[firstCount + at] !== second[at]) return false;
  return true;
}

function hexList(list: Uint16Array, count: number): string {
  const parts: string[] = [];
  for (let at = 0; at < count; at += 1) parts.push((HEX[list[at]] ??= list[at].toString(16).padStart(4, "0")));
  return parts.join(",");
}
