import { FLAG, ROW, SPACE } from "../model/row.ts";
import type { Frame } from "./frame.ts";
import { DECODED, malformed } from "./outcome.ts";
import { transport } from "./transport.ts";

const SHORT = malformed("ipv6_short");
const VERSION = malformed("ip_version");
const EXTENSION = malformed("ipv6_extension");
const DEPTH = malformed("depth");
const IPV6 = SPACE.ipv6;
const FIRST_FRAGMENT = FLAG.firstFragment;
const LATER_FRAGMENT = FLAG.laterFragment;
const { fragmentId } = ROW;
const HEADER_BYTES = 40;
const MOST_EXTENSIONS = 8;
const NO_FRAGMENT = -1;

/** IPv6 (RFC 8200 §3). A payload length of 0 (jumbogram, or segmentation offload) means: up to the end of the frame. */
export function ipv6(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  const view = frame.view;
  if (view.getUint8(at) >> 4 !== 6) return VERSION;
  const payloadBytes = view.getUint16(at + 4);
  if (payloadBytes !== 0) frame.clip(at + HEADER_BYTES + payloadBytes);
  const addresses = frame.addresses;
  const base = frame.row >> 1;
  for (let n = 0; n < 8; n += 1) addresses[base + n] = view.getInt32(at + 8 + (n << 2));
  frame.space |= IPV6;
  frame.ip = at;
  const next = view.getUint8(at + 6);
  if (next === 6 || next === 17) return transport(frame, next, at + HEADER_BYTES);
  return extended(frame, next, at + HEADER_BYTES);
}

/** Extension headers (RFC 8200 §4; mobility RFC 6275 §6.1, HIP RFC 7401, shim6 RFC 5533); the fragment header may be among them. */
function extended(frame: Frame, first: number, start: number): number {
  const view = frame.view;
  let next = first;
  let at = start;
  let fragment = NO_FRAGMENT;
  for (let n = 0; n <= MOST_EXTENSIONS; n += 1) {
    const left = frame.end - at;
    if (next === 44) {
      if (left < 8) return EXTENSION;
      next = view.getUint8(at);
      const offset = view.getUint16(at + 2);
      const identification = view.getInt32(at + 4);
      at += 8;
      if (offset >> 3 !== 0) return frame.finishPortless(next, LATER_FRAGMENT, identification);
      // Offset 0 and no more to come: an atomic fragment (RFC 6946), which is a whole packet.
      if ((offset & 1) !== 0) {
        frame.flags |= FIRST_FRAGMENT;
        fragment = identification;
      }
    } else if (
      next === 0 ||
      next === 43 ||
      next === 60 ||
      ((next === 135 || next === 139 || next === 140) && left > 0 && view.getUint8(at) !== 59)
    ) {
      if (left < 8) return EXTENSION;
      const bytes = (view.getUint8(at + 1) + 1) << 3;
      if (bytes > left) return EXTENSION;
      next = view.getUint8(at);
      at += bytes;
    } else {
      const outcome = transport(frame, next, at);
      if (outcome === DECODED && (frame.flags & FIRST_FRAGMENT) !== 0) frame.rows[frame.row + fragmentId] = fragment;
      return outcome;
    }
  }
  return DEPTH;
}
