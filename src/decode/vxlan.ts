import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { byNextProtocol } from "./nsh.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { looksLikeEthernet } from "./plausible.ts";

const { vxlan: VXLAN, "vxlan-gpe": VXLAN_GPE } = TYPE_INDEX;
const HEADER_BYTES = 8;
const HAS_ID = 0x08;
const HAS_PROTOCOL = 0x04;
const ETHERNET = 3;

/** VXLAN (RFC 7348 §5). Reserved bits may have come into use (group policy): only the one that must be set is looked at. */
export function vxlan(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES || (frame.view.getUint8(at) & HAS_ID) === 0) return UNFOLLOWED;
  if (!looksLikeEthernet(frame, at + HEADER_BYTES)) return UNFOLLOWED;
  return frame.tunnel(VXLAN, frame.view.getInt32(at + 4) >>> 8) ? ethernet(frame, at + HEADER_BYTES) : TOO_DEEP;
}

/** VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe §3): the same with the protocol inside. */
export function vxlanGpe(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const { view } = frame;
  const flags = view.getUint8(at);
  if ((flags & HAS_ID) === 0 || flags >> 6 !== 0) return UNFOLLOWED;
  // Without the bit that announces a protocol the field is to be 0; some state one all the same.
  const stated = view.getUint8(at + 3);
  const protocol = (flags & HAS_PROTOCOL) === 0 && stated === 0 ? ETHERNET : stated;
  return frame.tunnel(VXLAN_GPE, view.getInt32(at + 4) >>> 8) ? byNextProtocol(frame, protocol, at + HEADER_BYTES) : TOO_DEEP;
}
