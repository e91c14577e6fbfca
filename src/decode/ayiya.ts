import { TYPE_INDEX } from "./encapsulation-table.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";

const AYIYA = TYPE_INDEX.ayiya;
const FORWARD = 1;
const IPV4 = 4;
const IPV6 = 41;

/** AYIYA (draft-massar-v6ops-ayiya §4.1): identity and signature of stated lengths, then the packet. */
export function ayiya(frame: Frame, at: number): number {
  if (frame.end - at < 8) return UNFOLLOWED;
  const { view } = frame;
  const first = view.getUint16(at);
  const protocol = view.getUint8(at + 3);
  if ((view.getUint8(at + 2) & 15) !== FORWARD || (protocol !== IPV4 && protocol !== IPV6)) return UNFOLLOWED;
  const next = at + 8 + (1 << (first >> 12)) + (((first >> 4) & 15) << 2);
  if (next >= frame.end || view.getUint8(next) >> 4 !== (protocol === IPV4 ? 4 : 6)) return UNFOLLOWED;
  if (!frame.tunnelWithoutId(AYIYA)) return TOO_DEEP;
  return protocol === IPV4 ? ipv4(frame, next) : ipv6(frame, next);
}
