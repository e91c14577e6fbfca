import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { isWholeIp } from "./unmistakable.ts";

const LISP = TYPE_INDEX.lisp;
const HEADER_BYTES = 8;
/** Nonce and map versions share a field: only one of the two may be there. */
const NONCE_AND_VERSIONS = 0x90;
const HAS_INSTANCE = 0x08;
/** The reserved bit, and the key id: other than 0 the inside is encrypted (RFC 8061 §7). */
const RESERVED_AND_KEY = 0x07;

/**
 * LISP data (RFC 9300 §5.3): IP right behind a header of eight bytes, with the id of an instance or without. The header of media
 * reads like it, and translated clients may have its port: the packet in it must be whole.
 */
export function lisp(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const { view } = frame;
  const flags = view.getUint8(at);
  if ((flags & RESERVED_AND_KEY) !== 0 || (flags & NONCE_AND_VERSIONS) === NONCE_AND_VERSIONS) return UNFOLLOWED;
  const next = at + HEADER_BYTES;
  if (!isWholeIp(frame, next)) return UNFOLLOWED;
  const isNoted = (flags & HAS_INSTANCE) !== 0 ? frame.tunnel(LISP, view.getInt32(at + 4) >>> 8) : frame.tunnelWithoutId(LISP);
  if (!isNoted) return TOO_DEEP;
  return view.getUint8(next) >> 4 === 4 ? ipv4(frame, next) : ipv6(frame, next);
}
