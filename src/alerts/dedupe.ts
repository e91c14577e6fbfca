import { createHash } from "node:crypto";
import type { Alert } from "../model/alert.ts";

/** Parts are joined with a byte that no part may hold, so that ("a", "bc") and ("ab", "c") differ. */
const SEPARATOR = "\u0000";
const ID_HEX_DIGITS = 12;

/** The dedupe key (DETECTIONS, common terms): detection, then zone, party or eTLD+1 or prefix, and country. */
export function threadKey(detection: string, key: readonly string[]): string {
  return `${detection}${SEPARATOR}${key.join(SEPARATOR)}`;
}

/** One thread per dedupe key: the same key gives the same id, on every machine. */
export function threadIdOf(key: string): string {
  return `th_${shortHash(key)}`;
}

/** One id per episode: dedupe key and packet time of the finding that opened it. `ordinal` tells two of the same time apart. */
export function alertIdOf(key: string, atMicros: number, ordinal = 0): string {
  return `al_${shortHash(`${key}${SEPARATOR}${atMicros}${ordinal === 0 ? "" : `${SEPARATOR}${ordinal}`}`)}`;
}

/**
 * Whether a finding of this packet time joins the newest alert of its thread. A closed alert takes no more, and silence longer than the window
 * (packet time) ends an episode. Packets that are late, or a clock that went back, never begin a new one.
 */
export function joins(alert: Alert, atMicros: number, windowSeconds: number): boolean {
  return alert.state !== "closed" && atMicros - alert.lastMicros <= windowSeconds * 1e6;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, ID_HEX_DIGITS);
}
