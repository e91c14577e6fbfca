import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { malformed, NON_IP, TOO_DEEP } from "./outcome.ts";
import { ppp } from "./ppp.ts";

const PPPOE = TYPE_INDEX.pppoe;
const HEADER_BYTES = 6;
const SHORT = malformed("vlan_short");
const KIND = 0x8864;
const VERSION_AND_TYPE = 0x11;

/** A PPPoE session (RFC 2516 §4). */
export function pppoe(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  const view = frame.view;
  if (view.getUint8(at) !== VERSION_AND_TYPE || view.getUint8(at + 1) !== 0) {
    frame.kind = KIND;
    return NON_IP;
  }
  if (!frame.tunnel(PPPOE, view.getUint16(at + 2))) return TOO_DEEP;
  frame.clip(at + HEADER_BYTES + view.getUint16(at + 4));
  return ppp(frame, at + HEADER_BYTES);
}
