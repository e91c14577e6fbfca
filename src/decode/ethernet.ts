import { FLAG } from "../model/row.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

const HEADER_BYTES = 14;
const SHORT = malformed("ethernet_short");
const MAC = FLAG.mac;
const SOURCE_ONLY = FLAG.macSourceOnly;

/** Ethernet II and 802.3 (§3.1.1), without frame check sequence. */
export function ethernet(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  // A row's MAC addresses are where the block's bytes are.
  if (!frame.isInDatagram) {
    frame.mac = at;
    frame.flags = (frame.flags & ~SOURCE_ONLY) | MAC;
  }
  return byEtherType(frame, frame.view.getUint16(at + 12), at + HEADER_BYTES);
}
