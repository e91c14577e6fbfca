import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { malformed, TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { rawIp } from "./raw-ip.ts";
import { addVlan } from "./vlan.ts";

const ERSPAN = TYPE_INDEX.erspan;
const SHORT = malformed("tunnel_undecoded");
const ID_BITS = 0x3ff;
const VLAN_BITS = 0xfff;

/** ERSPAN types I and II (draft-foschiano-erspan §4.1, §4.2): a frame at once, or, where GRE has sequence numbers, behind a header. */
export function erspan2(frame: Frame, at: number, hasHeader: boolean): number {
  if (!hasHeader) return frame.tunnelWithoutId(ERSPAN) ? ethernet(frame, at) : TOO_DEEP;
  if (frame.end - at < 8) return SHORT;
  if (frame.view.getUint8(at) >> 4 !== 1) return UNFOLLOWED;
  return isNoted(frame, at) ? ethernet(frame, at + 8) : TOO_DEEP;
}

/** Type III (§4.3): a longer header, a platform's own part may follow; the frame type says whether IP comes at once. */
export function erspan3(frame: Frame, at: number): number {
  if (frame.end - at < 12) return SHORT;
  const view = frame.view;
  if (view.getUint8(at) >> 4 !== 2) return UNFOLLOWED;
  if (!isNoted(frame, at)) return TOO_DEEP;
  const last = view.getUint16(at + 10);
  const next = at + 12 + ((last & 1) !== 0 ? 8 : 0);
  const type = (last >> 10) & 31;
  if (type === 2) return rawIp(frame, next);
  return type === 0 ? ethernet(frame, next) : UNFOLLOWED;
}

/** Notes session and VLAN of the header. */
function isNoted(frame: Frame, at: number): boolean {
  const { view } = frame;
  return frame.tunnel(ERSPAN, view.getUint16(at + 2) & ID_BITS) && addVlan(frame, view.getUint16(at) & VLAN_BITS);
}
