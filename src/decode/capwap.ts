import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { turnedIeee80211 } from "./ieee80211.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";

const CAPWAP = TYPE_INDEX.capwap;
const HEADER_BYTES = 8;
/** The wireless binding of 802.11 (RFC 5415 §4.3). */
const BINDING_80211 = 1;
const IS_NATIVE = 0x100;
const IS_FRAGMENT = 0x80;
const IS_KEEP_ALIVE = 0x08;

/** CAPWAP data (RFC 5415 §4.3) without DTLS: 802.3 frames, or 802.11 frames as they were in the air. */
export function capwap(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const first = frame.view.getInt32(at);
  // Version 0, type 0: in clear.
  if (first >>> 24 !== 0 || (first & (IS_FRAGMENT | IS_KEEP_ALIVE)) !== 0) return UNFOLLOWED;
  const bytes = ((first >>> 19) & 31) << 2;
  if (bytes < HEADER_BYTES || bytes > frame.end - at) return UNFOLLOWED;
  const isNative = (first & IS_NATIVE) !== 0;
  if (isNative && ((first >>> 9) & 31) !== BINDING_80211) return UNFOLLOWED;
  if (!frame.tunnelWithoutId(CAPWAP)) return TOO_DEEP;
  return isNative ? turnedIeee80211(frame, at + bytes) : ethernet(frame, at + bytes);
}
