import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { rawIp } from "./raw-ip.ts";
import { ipInEthernet, isWholeIp } from "./unmistakable.ts";

const INTERCEPT = TYPE_INDEX["bcm-li"];
const HEADER_BYTES = 4;
const EGRESS = 2;
const INGRESS = 3;
const UNDECIDED = 4;
const ETHERNET = 7;
const ID_BITS = 0x3fffff;

/**
 * Copies that broadband gateways on Broadcom chips send for lawful interception: direction, kind of packet, kind of tags and the
 * id of the order in 32 bits (bngblaster, docs/li.md; no standard). The port is one of those that clients take for themselves,
 * so the header must say nothing it cannot, and the packet in it be whole.
 */
export function intercept(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const header = frame.view.getInt32(at);
  const direction = header >>> 29;
  const kind = (header >>> 25) & 15;
  const tags = (header >>> 22) & 7;
  if ((direction !== EGRESS && direction !== INGRESS) || kind < UNDECIDED || kind > ETHERNET || tags < 1 || tags > 3) return UNFOLLOWED;
  const next = at + HEADER_BYTES;
  if (!(kind === ETHERNET ? ipInEthernet(frame, next) >= 0 : isWholeIp(frame, next))) return UNFOLLOWED;
  if (!frame.tunnel(INTERCEPT, header & ID_BITS)) return TOO_DEEP;
  return kind === ETHERNET ? ethernet(frame, next) : rawIp(frame, next);
}
