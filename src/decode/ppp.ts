import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { KIND_LINK } from "./kinds.ts";
import { mpls } from "./mpls.ts";
import { malformed, NON_IP } from "./outcome.ts";

const SHORT = malformed("ethernet_short");
const HDLC_ADDRESS_AND_CONTROL = 0xff03;
const CISCO_UNICAST = 0x0f00;
const CISCO_BROADCAST = 0x8f00;

/** PPP (RFC 1661 §2), with or without the HDLC address and control bytes of RFC 1662 §3.1; the protocol may be one byte. */
export function ppp(frame: Frame, start: number): number {
  if (frame.end - start < 2) return SHORT;
  const view = frame.view;
  const first = view.getUint16(start);
  // No PPP protocol has an even number: this is Cisco's HDLC on a line that was taken for PPP.
  if (first === CISCO_UNICAST || first === CISCO_BROADCAST) return ciscoHdlc(frame, start);
  const at = first === HDLC_ADDRESS_AND_CONTROL ? start + 2 : start;
  if (frame.end - at < 2) return SHORT;
  const isShort = (view.getUint8(at) & 1) === 1;
  const protocol = isShort ? view.getUint8(at) : view.getUint16(at);
  const next = at + (isShort ? 1 : 2);
  if (protocol === 0x21) return ipv4(frame, next);
  if (protocol === 0x57) return ipv6(frame, next);
  if (protocol === 0x281 || protocol === 0x283) return mpls(frame, next);
  frame.kind = KIND_LINK;
  return NON_IP;
}

/** A direction byte before PPP (LINKTYPE_PPP_WITH_DIR, LINKTYPE_PPP_PPPD). */
export function pppWithDirection(frame: Frame, at: number): number {
  return ppp(frame, at + 1);
}

/** Cisco HDLC: address, control, EtherType. */
export function ciscoHdlc(frame: Frame, at: number): number {
  if (frame.end - at < 4) return SHORT;
  return frame.view.getUint16(at) === HDLC_ADDRESS_AND_CONTROL ? ppp(frame, at) : byEtherType(frame, frame.view.getUint16(at + 2), at + 4);
}
