import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { IdentifierFacts } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

/** DICOM allows 64 characters of a UID and of a patient's id (PS3.5 table 6.2-1); a longer value is not taken for one. */
export const LONGEST_IDENTIFIER = 64;
/** 64 bits: among a million identifiers two have the same hash with a chance of one in 40 million. */
const HASH_DIGITS = 16;
const SPACE = 0x20;
const DELETE = 0x7f;
/** A value that says "delete this" (HL7 v2.x §2.5.3.2). */
const NULL_VALUE = Buffer.from('""');

/**
 * Identifiers of patients, studies and orders as HMAC-SHA-256 (RFC 2104, FIPS 180-4) under a key of the site: the same value has
 * the same hash wherever it was seen, a value can be tested by who has the key, and none can be read back. Of what surrounds a
 * value, spaces and zeros are left out.
 */
export class IdentifierHashes {
  private readonly key: KeyObject;

  /** `key`: 32 random bytes. */
  constructor(key: Uint8Array) {
    this.key = createSecretKey(key);
  }

  /** 16 hex digits for the value in bytes[start, end); undefined when there is none, or it is no identifier. */
  of(bytes: Buffer, start: number, end: number): string | undefined {
    let from = start;
    let to = end;
    while (from < to && isPadding(bytes[from])) from += 1;
    while (to > from && isPadding(bytes[to - 1])) to -= 1;
    if (from === to || to - from > LONGEST_IDENTIFIER) return undefined;
    for (let at = from; at < to; at += 1) if (bytes[at] < SPACE || bytes[at] === DELETE) return undefined;
    const value = bytes.subarray(from, to);
    if (value.equals(NULL_VALUE)) return undefined;
    return createHmac("sha256", this.key).update(value).digest("hex").slice(0, HASH_DIGITS);
  }
}

function isPadding(byte: number): boolean {
  return byte === SPACE || byte === 0;
}

/**
 * Puts the hash of an identifier in bytes[start, end) among the flow's facts; the value itself goes no further than this. Each
 * costs about as much as looking at a whole packet otherwise: of one payload no more are made than `isTold` has it.
 */
export function takeIdentifier(stream: Stream, kind: keyof IdentifierFacts, bytes: Buffer, start: number, end: number): void {
  if (stream.identifiers === undefined || start >= end || !stream.isTold()) return;
  const hash = stream.identifiers.of(bytes, start, end);
  if (hash === undefined) return;
  const identifiers = (stream.facts.identifiers ??= {});
  stream.add((identifiers[kind] ??= []), hash);
}
