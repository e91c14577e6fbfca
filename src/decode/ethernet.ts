import { FLAG } from "../model/row.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

const HEADER_BYTES = 14;
const SHORT = malformed("ethernet_short");
const MAC = FLAG.mac;

/** Ethernet II and 802.3 (§3.1.1), without frame check sequence. */
export function ethernet(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return SHORT;
  frame.mac = at;
  frame.flags = MAC;
  return byEtherType(frame, frame.view.getUint16(at + 12), at + HEADER_BYTES);
}
