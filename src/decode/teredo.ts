import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { ipv6 } from "./ipv6.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { looksLikeIpv6 } from "./plausible.ts";

const TEREDO = TYPE_INDEX.teredo;
const AUTHENTICATION = 1;
const ORIGIN = 0;
const ORIGIN_BYTES = 8;
const PREFIX = 0x20010000;
const LINK_LOCAL = 0xfe80;

/** Teredo (RFC 4380 §5.1.1): IPv6 behind an authentication and an origin indication, either or both; one end has a Teredo or a link-local address. */
export function teredo(frame: Frame, start: number): number {
  const { view, end } = frame;
  let at = start;
  if (end - at >= 4 && view.getUint16(at) === AUTHENTICATION) at += 13 + view.getUint8(at + 2) + view.getUint8(at + 3);
  if (end - at >= ORIGIN_BYTES && view.getUint16(at) === ORIGIN) at += ORIGIN_BYTES;
  if (!looksLikeIpv6(frame, at) || !(isOne(frame, at + 8) || isOne(frame, at + 24))) return UNFOLLOWED;
  return frame.tunnelWithoutId(TEREDO) ? ipv6(frame, at) : TOO_DEEP;
}

/** Whether a datagram is between a Teredo client and a relay or another client, which have ports of their own choice: IPv6 at once, to fill it. */
export function isRelayedTeredo(frame: Frame, at: number): boolean {
  const { view, end } = frame;
  if (end - at < 40 || view.getUint8(at) >> 4 !== 6 || view.getUint16(at + 4) !== end - at - 40) return false;
  return view.getInt32(at + 8) === PREFIX || view.getInt32(at + 24) === PREFIX;
}

function isOne(frame: Frame, at: number): boolean {
  return frame.view.getInt32(at) === PREFIX || frame.view.getUint16(at) === LINK_LOCAL;
}
