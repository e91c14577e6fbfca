import { IS_WHOLE_SESSION, TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { ppp } from "./ppp.ts";
import { ipInEthernet } from "./unmistakable.ts";

const L2TP = TYPE_INDEX.l2tp;
const L2TP_3 = L2TP | IS_WHOLE_SESSION;
const IS_CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
/** Reserved bits, which are zero, and the version. */
const FIXED = 0x34ff;
const VERSION = 2;
/** Flags, version and reserved bytes of version 3 over UDP (RFC 3931 §4.1.2.1), a data message. */
const DATA_OF_VERSION_3 = 0x00030000;
const SESSION_BYTES = 4;
/** A cookie of 0, 4 or 8 bytes (RFC 3931 §4.1), then a sublayer of 0 or 4 (§4.6): this many starts, four bytes apart. */
const STARTS = 4;

/** Data of L2TP over UDP: version 2 (RFC 2661 §3.1) is PPP in clear. */
export function l2tp(frame: Frame, start: number): number {
  const { view, end } = frame;
  if (end - start < 16) return UNFOLLOWED;
  if (view.getInt32(start) === DATA_OF_VERSION_3) return l2tpOverIp(frame, start + 4);
  const flags = view.getUint16(start);
  if ((flags & IS_CONTROL) !== 0 || (flags & FIXED) !== VERSION) return UNFOLLOWED;
  const at = start + ((flags & HAS_LENGTH) !== 0 ? 4 : 2);
  if (at > start + 2) frame.clip(start + view.getUint16(start + 2));
  let next = at + 4 + ((flags & HAS_SEQUENCE) !== 0 ? 4 : 0);
  if ((flags & HAS_OFFSET) !== 0) next += 2 + view.getUint16(next);
  if (next >= frame.end) return UNFOLLOWED;
  return frame.tunnel(L2TP, view.getInt32(at)) ? ppp(frame, next) : TOO_DEEP;
}

/**
 * A session of L2TP version 3 (RFC 3931 §4.1.1.1) that carries Ethernet (RFC 4719). Cookie and sublayer were agreed upon
 * elsewhere: the frame begins where IP is beyond doubt behind one of the lengths they may have, and nowhere else. One with a
 * VLAN tag reads as one without from four bytes on: the first start that leads to a packet is that of its frame.
 */
export function l2tpOverIp(frame: Frame, at: number): number {
  if (frame.end - at < SESSION_BYTES) return UNFOLLOWED;
  const session = frame.view.getInt32(at);
  // Session 0 is control (§4.1.1.2).
  if (session === 0) return UNFOLLOWED;
  let frameAt = -1;
  let packetAt = -1;
  for (let n = STARTS; n >= 1; n -= 1) {
    const found = ipInEthernet(frame, at + n * SESSION_BYTES);
    if (found < 0) continue;
    if (packetAt >= 0 && found !== packetAt) return UNFOLLOWED;
    packetAt = found;
    frameAt = at + n * SESSION_BYTES;
  }
  if (frameAt < 0) return UNFOLLOWED;
  return frame.tunnel(L2TP_3, session) ? ethernet(frame, frameAt) : TOO_DEEP;
}
