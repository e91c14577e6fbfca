import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { malformed } from "./outcome.ts";

const SHORT = malformed("ipv4_short");

/** Link types that begin with IP itself: the version says which. */
export function rawIp(frame: Frame, at: number): number {
  if (frame.end - at < 1) return SHORT;
  return frame.view.getUint8(at) >> 4 === 6 ? ipv6(frame, at) : ipv4(frame, at);
}
