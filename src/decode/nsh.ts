import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { mpls } from "./mpls.ts";
import { malformed, NON_IP, TOO_DEEP } from "./outcome.ts";
import { MOST_TAGS } from "./vlan.ts";

const SHORT = malformed("vlan_short");
const KIND = 0x894f;

/** Network service header (RFC 8300 §2): stepped over, the path it names is no tunnel. */
export function nsh(frame: Frame, at: number): number {
  if (frame.end - at < 8) return SHORT;
  const view = frame.view;
  const bytes = (view.getUint16(at) & 0x3f) << 2;
  if (bytes < 8) return unread(frame);
  if (bytes > frame.end - at) return SHORT;
  frame.tagCount += 1;
  if (frame.tagCount > MOST_TAGS) return TOO_DEEP;
  return byNextProtocol(frame, view.getUint8(at + 3), at + bytes);
}

/** The registry of RFC 8300 §9.1.6, which VXLAN-GPE shares. */
export function byNextProtocol(frame: Frame, protocol: number, at: number): number {
  switch (protocol) {
    case 1:
      return ipv4(frame, at);
    case 2:
      return ipv6(frame, at);
    case 3:
      return ethernet(frame, at);
    case 4:
      return nsh(frame, at);
    case 5:
      return mpls(frame, at);
    default:
      return unread(frame);
  }
}

function unread(frame: Frame): number {
  frame.kind = KIND;
  return NON_IP;
}
