import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { looksLikeIpv4, looksLikeIpv6 } from "./plausible.ts";

const GTP_U = TYPE_INDEX["gtp-u"];
const HEADER_BYTES = 8;
/** Version 1 and protocol type GTP (not GTP'). */
const VERSION_AND_TYPE = 0x30;
const OPTIONAL = 0x07;
const HAS_EXTENSION = 0x04;
const G_PDU = 255;
const MOST_EXTENSIONS = 8;

/** GTP-U (3GPP TS 29.281 §5): user data in G-PDUs, extension headers stepped over. */
export function gtpU(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const { view } = frame;
  const flags = view.getUint8(at);
  if ((flags & 0xf0) !== VERSION_AND_TYPE || view.getUint8(at + 1) !== G_PDU) return UNFOLLOWED;
  const end = at + HEADER_BYTES + view.getUint16(at + 2);
  if (end > frame.wireEnd) return UNFOLLOWED;
  const next = innerAt(frame, at, flags);
  if (next < 0) return UNFOLLOWED;
  frame.clip(end);
  const isIpv4 = looksLikeIpv4(frame, next);
  if (!isIpv4 && !looksLikeIpv6(frame, next)) return UNFOLLOWED;
  if (!frame.tunnel(GTP_U, view.getInt32(at + 4))) return TOO_DEEP;
  return isIpv4 ? ipv4(frame, next) : ipv6(frame, next);
}

/** Where the user's packet begins, or -1. */
function innerAt(frame: Frame, at: number, flags: number): number {
  const { view } = frame;
  if ((flags & OPTIONAL) === 0) return at + HEADER_BYTES;
  let next = at + HEADER_BYTES + 4;
  if (next > frame.end) return -1;
  let type = (flags & HAS_EXTENSION) !== 0 ? view.getUint8(next - 1) : 0;
  for (let n = 0; type !== 0; n += 1) {
    if (n === MOST_EXTENSIONS || next >= frame.end) return -1;
    const bytes = view.getUint8(next) << 2;
    if (bytes === 0 || next + bytes > frame.end) return -1;
    next += bytes;
    type = view.getUint8(next - 1);
  }
  return next;
}
