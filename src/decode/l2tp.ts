import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { ppp } from "./ppp.ts";

const L2TP = TYPE_INDEX.l2tp;
const IS_CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
/** Reserved bits, which are zero, and the version. */
const FIXED = 0x34ff;
const VERSION = 2;

/** Data of L2TP version 2 (RFC 2661 §3.1): PPP in clear. */
export function l2tp(frame: Frame, start: number): number {
  const { view, end } = frame;
  if (end - start < 16) return UNFOLLOWED;
  const flags = view.getUint16(start);
  if ((flags & IS_CONTROL) !== 0 || (flags & FIXED) !== VERSION) return UNFOLLOWED;
  const at = start + ((flags & HAS_LENGTH) !== 0 ? 4 : 2);
  if (at > start + 2) frame.clip(start + view.getUint16(start + 2));
  let next = at + 4 + ((flags & HAS_SEQUENCE) !== 0 ? 4 : 0);
  if ((flags & HAS_OFFSET) !== 0) next += 2 + view.getUint16(next);
  if (next >= frame.end) return UNFOLLOWED;
  return frame.tunnel(L2TP, view.getInt32(at)) ? ppp(frame, next) : TOO_DEEP;
}
