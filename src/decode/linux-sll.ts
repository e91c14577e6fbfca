import { FLAG } from "../model/row.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { malformed } from "./outcome.ts";

const V1_BYTES = 16;
const V2_BYTES = 20;
const SHORT = malformed("ethernet_short");
/** Bytes from a destination MAC to the source MAC in an Ethernet header: rows point at the former. */
const MAC_BYTES = 6;

/** Linux cooked capture, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html: only the sender's address is known. */
export function linuxSll(frame: Frame, at: number): number {
  if (frame.end - at < V1_BYTES) return SHORT;
  return cooked(frame, frame.view.getUint16(at + 4), at + 6, frame.view.getUint16(at + 14), at + V1_BYTES);
}

/** Version 2, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html. */
export function linuxSll2(frame: Frame, at: number): number {
  if (frame.end - at < V2_BYTES) return SHORT;
  return cooked(frame, frame.view.getUint8(at + 11), at + 12, frame.view.getUint16(at), at + V2_BYTES);
}

function cooked(frame: Frame, addressBytes: number, addressAt: number, etherType: number, next: number): number {
  if (addressBytes === MAC_BYTES) {
    frame.flags |= FLAG.mac | FLAG.macSourceOnly;
    frame.mac = addressAt - MAC_BYTES;
  }
  return byEtherType(frame, etherType, next);
}
