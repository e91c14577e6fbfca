import { FLAG } from "../model/row.ts";
import { ethernet } from "./ethernet.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { malformed, TOO_DEEP } from "./outcome.ts";
import { addVlan } from "./vlan.ts";

const ADDRESSES_BYTES = 12;
const TAG_BYTES = 4;
const SHORT = malformed("ethernet_short");
const TAGGED = 0x2000;
const MAC = FLAG.mac;

/** Tags that switch chips put behind the MAC addresses toward their CPU (LINKTYPE_DSA_TAG_*): one that says nothing of VLANs. */
export function broadcom(frame: Frame, at: number): number {
  return behind(frame, at, TAG_BYTES);
}

/** The same tag before the MAC addresses. */
export function broadcomPrepended(frame: Frame, at: number): number {
  return ethernet(frame, at + TAG_BYTES);
}

/** Marvell's tag: it takes the place of a VLAN tag that the frame had. */
export function marvell(frame: Frame, at: number): number {
  return marvellAt(frame, at, 0);
}

/** Marvell's tag behind an EtherType of its own. */
export function marvellWithType(frame: Frame, at: number): number {
  return marvellAt(frame, at, 4);
}

function marvellAt(frame: Frame, at: number, before: number): number {
  const tagAt = at + ADDRESSES_BYTES + before;
  if (frame.end - tagAt < TAG_BYTES) return SHORT;
  const isTagged = (frame.view.getUint16(tagAt) & TAGGED) !== 0;
  if (isTagged && !addVlan(frame, frame.view.getUint16(tagAt + 2) & 0xfff)) return TOO_DEEP;
  return behind(frame, at, before + TAG_BYTES);
}

function behind(frame: Frame, at: number, bytes: number): number {
  const next = at + ADDRESSES_BYTES + bytes;
  if (frame.end - next < 2) return SHORT;
  frame.mac = at;
  frame.flags |= MAC;
  return byEtherType(frame, frame.view.getUint16(next), next + 2);
}
