import { FLAG } from "../model/row.ts";
import { aggregate } from "./aggregate.ts";
import type { Frame } from "./frame.ts";
import { KIND_WIRELESS } from "./kinds.ts";
import { llc } from "./llc.ts";
import { malformed, NON_IP } from "./outcome.ts";

const SHORT = malformed("ethernet_short");
const HEADER_BYTES = 24;
const MAC_BYTES = 6;
const TO_AP = 1;
const FROM_AP = 2;
const PROTECTED = 0x40;
const ORDER = 0x80;
const QOS = 0x80;
const NO_DATA = 0x40;
const IS_AGGREGATE = 0x80;
/** Version and type of the frame control: data. */
const TYPE_BITS = 0x0f00;
const DATA = 0x0800;
const TURNED_TYPE_BITS = 0x000f;
const TURNED_DATA = 0x0008;
const { mac: MAC, macSourceOnly: SOURCE_ONLY } = FLAG;

/** 802.11 (§9.2, §9.3.2) data frames in clear. The rest has no IP to read. */
export function ieee80211(frame: Frame, at: number): number {
  return frame.end - at < 2 ? SHORT : wireless(frame, at, frame.view.getUint16(at), 0);
}

/** The same from access points that may have turned the bytes of the frame control around. */
export function turnedIeee80211(frame: Frame, at: number): number {
  if (frame.end - at < 2) return SHORT;
  const control = frame.view.getUint16(at);
  const isTurned = (control & TYPE_BITS) !== DATA && (control & TURNED_TYPE_BITS) === TURNED_DATA;
  return wireless(frame, at, isTurned ? ((control & 255) << 8) | (control >> 8) : control, 0);
}

/** The same with the data on a multiple of four (some drivers' captures). */
export function paddedIeee80211(frame: Frame, at: number): number {
  return frame.end - at < 2 ? SHORT : wireless(frame, at, frame.view.getUint16(at), 3);
}

/** `both`: the frame control, its first byte above. */
function wireless(frame: Frame, at: number, both: number, padding: number): number {
  const { view } = frame;
  const control = both >> 8;
  const flags = both & 255;
  if ((both & TYPE_BITS) !== DATA || (control & NO_DATA) !== 0 || (flags & PROTECTED) !== 0) return unread(frame);
  const hasQos = (control & QOS) !== 0;
  const isBoth = (flags & (TO_AP | FROM_AP)) === (TO_AP | FROM_AP);
  const qosAt = at + HEADER_BYTES + (isBoth ? MAC_BYTES : 0);
  const bytes = qosAt - at + (hasQos ? ((flags & ORDER) !== 0 ? 6 : 2) : 0);
  const next = at + ((bytes + padding) & ~padding);
  if (frame.end < next) return SHORT;
  if (hasQos && (view.getUint8(qosAt) & IS_AGGREGATE) !== 0) return aggregate(frame, next);
  noteSender(frame, at, flags);
  return llc(frame, next);
}

/** Where the sender's address is depends on which way the frame goes; a row's MAC addresses begin six bytes before it. */
function noteSender(frame: Frame, at: number, flags: number): void {
  if (frame.isInDatagram) return;
  const senderAt = (flags & FROM_AP) === 0 ? at + 10 : (flags & TO_AP) === 0 ? at + 16 : at + 24;
  frame.mac = senderAt - MAC_BYTES;
  frame.flags |= MAC | SOURCE_ONLY;
}

function unread(frame: Frame): number {
  frame.kind = KIND_WIRELESS;
  return NON_IP;
}
