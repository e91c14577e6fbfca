import { SPACE } from "../model/row.ts";
import { authenticationHeaderBytes } from "./ah.ts";
import { fragment } from "./fragment.ts";
import type { Frame } from "./frame.ts";
import { malformed, TOO_DEEP } from "./outcome.ts";
import { transport } from "./transport.ts";

const SHORT = malformed("ipv6_short");
const VERSION = malformed("ip_version");
const EXTENSION = malformed("ipv6_extension");
const IPV6 = SPACE.ipv6;
const HEADER_BYTES = 40;
const MOST_EXTENSIONS = 8;
const OFFSET = 0xfff8;
const OFFSET_OR_MORE = OFFSET | 1;

/** IPv6 (RFC 8200 §3). A payload length of 0 (jumbogram, or segmentation offload) means: up to the end of the frame. */
export function ipv6(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  const view = frame.view;
  if (view.getUint8(at) >> 4 !== 6) return VERSION;
  const payloadBytes = view.getUint16(at + 4);
  if (payloadBytes !== 0) frame.clip(at + HEADER_BYTES + payloadBytes);
  if (!frame.enterIp(at, IPV6)) return TOO_DEEP;
  const addresses = frame.addresses;
  const base = frame.row >> 1;
  for (let n = 0; n < 8; n += 1) addresses[base + n] = view.getInt32(at + 8 + (n << 2));
  const next = view.getUint8(at + 6);
  if (next === 6 || next === 17) return transport(frame, next, at + HEADER_BYTES);
  return extended(frame, next, at + HEADER_BYTES);
}

/**
 * Extension headers (RFC 8200 §4; mobility RFC 6275 §6.1, HIP RFC 7401, shim6 RFC 5533); the fragment header may be among them, and
 * the authentication header, behind which others may follow (RFC 4302 §3.1.1).
 */
function extended(frame: Frame, first: number, start: number): number {
  const view = frame.view;
  let next = first;
  let at = start;
  for (let n = 0; n <= MOST_EXTENSIONS; n += 1) {
    const left = frame.end - at;
    if (next === 44) {
      if (left < 8) return EXTENSION;
      next = view.getUint8(at);
      const offset = view.getUint16(at + 2);
      const identification = view.getInt32(at + 4);
      at += 8;
      // Offset 0 and no more to come: an atomic fragment (RFC 6946), which is a whole packet.
      if ((offset & OFFSET_OR_MORE) !== 0) return fragment(frame, next, identification, offset & OFFSET, (offset & 1) !== 0, at, extended);
    } else if (next === 51) {
      const bytes = authenticationHeaderBytes(frame, at);
      if (bytes === 0) return EXTENSION;
      next = view.getUint8(at);
      at += bytes;
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
      return transport(frame, next, at);
    }
  }
  return TOO_DEEP;
}
