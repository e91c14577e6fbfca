import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { KIND_LINK } from "./kinds.ts";
import { malformed, NON_IP } from "./outcome.ts";

const HEADER_BYTES = 4;
const SHORT = malformed("ethernet_short");

/** BSD loopback (NULL, LOOP, ENC's relatives): an address family in the byte order of whoever captured; both are tried. */
export function loopback(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  const big = frame.view.getUint32(at);
  const family = big > 0xffff ? frame.view.getUint32(at, true) : big;
  switch (family) {
    case 2:
      return ipv4(frame, at + HEADER_BYTES);
    // AF_INET6 of NetBSD and OpenBSD, FreeBSD, macOS.
    case 24:
    case 28:
    case 30:
      return ipv6(frame, at + HEADER_BYTES);
    default:
      frame.kind = KIND_LINK;
      return NON_IP;
  }
}
