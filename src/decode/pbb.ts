import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { malformed, TOO_DEEP } from "./outcome.ts";

const PBB = TYPE_INDEX.pbb;
const TAG_BYTES = 4;
const SHORT = malformed("vlan_short");

/** Provider backbone bridging (802.1ah, 802.1Q §9.7): a service instance tag, then the customer's frame. */
export function pbb(frame: Frame, at: number): number {
  if (frame.end - at < TAG_BYTES) return SHORT;
  return frame.tunnel(PBB, frame.view.getInt32(at) & 0xffffff) ? ethernet(frame, at + TAG_BYTES) : TOO_DEEP;
}
