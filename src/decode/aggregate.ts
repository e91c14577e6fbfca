import { LOSS_INDEX } from "../model/loss.ts";
import { FLAG } from "../model/row.ts";
import { FRAGMENT_BITS, type Frame } from "./frame.ts";
import { KIND_WIRELESS } from "./kinds.ts";
import { llc } from "./llc.ts";
import { DECODED, malformed } from "./outcome.ts";

const HEADER_BYTES = 14;
const LLC_BYTES = 3;
/** Subframes of a frame that are read: as many as a station may ask not to exceed (802.11 §9.4.2.26). */
export const MOST_SUBFRAMES = 32;
const SHORT = malformed("ethernet_short");
const MORE = LOSS_INDEX.depth;
const MAC = FLAG.mac;
const SOURCE_ONLY = FLAG.macSourceOnly;

/**
 * An A-MSDU (802.11 §9.3.2.2.2): frames of several packets, maybe of several flows, in one, each with its addresses and
 * length and filled up to a multiple of four. One call reads the one that is asked for (`frame.subframe`). An aggregate in an
 * aggregate, or in an IP packet that came in fragments, is read no further than its first.
 */
export function aggregate(frame: Frame, start: number): number {
  if (frame.end - start < HEADER_BYTES) return SHORT;
  const isOnlyFirst = frame.subframes > 0 || frame.isInDatagram || (frame.flags & FRAGMENT_BITS) !== 0;
  const at = isOnlyFirst ? start : find(frame, start);
  if (isOnlyFirst) frame.losses.counts[MORE] += endOf(frame, start) < frame.wireEnd - HEADER_BYTES ? 1 : 0;
  frame.clip(endOf(frame, at));
  if (!frame.isInDatagram) {
    frame.mac = at;
    frame.flags = (frame.flags & ~SOURCE_ONLY) | MAC;
  }
  frame.kind = KIND_WIRELESS;
  const outcome = llc(frame, at + HEADER_BYTES);
  if (!isOnlyFirst) frame.isSubframeRead = outcome === DECODED;
  return outcome;
}

/** Where the subframe begins that is asked for; counts them all. */
function find(frame: Frame, start: number): number {
  let at = start;
  let found = start;
  let count = 0;
  for (; count === 0 || isSubframe(frame, at); count += 1) {
    if (count === MOST_SUBFRAMES) {
      if (frame.subframe === 0) frame.losses.counts[MORE] += 1;
      break;
    }
    const end = endOf(frame, at);
    if (count > 0) frame.laterBytes += end - at;
    if (count === frame.subframe) {
      found = at;
      frame.subframeBytes = end - at;
    }
    at = start + ((end - start + 3) & ~3);
  }
  frame.subframes = count;
  return found;
}

function endOf(frame: Frame, at: number): number {
  return at + HEADER_BYTES + frame.view.getUint16(at + HEADER_BYTES - 2);
}

function isSubframe(frame: Frame, at: number): boolean {
  if (frame.end - at < HEADER_BYTES) return false;
  const end = endOf(frame, at);
  return end <= frame.wireEnd && end - at >= HEADER_BYTES + LLC_BYTES;
}
