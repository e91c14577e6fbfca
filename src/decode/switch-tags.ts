import { ethernet } from "./ethernet.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { malformed, NON_IP, TOO_DEEP } from "./outcome.ts";
import { MOST_TAGS } from "./vlan.ts";

const SHORT = malformed("vlan_short");
const MACSEC = 0x88e5;
const ARISTA = 0xd28b;
const CISCO_METADATA = 0x8909;
const TRILL = 0x22f3;

/**
 * Tags that switches put before an EtherType for their own use: stepped over, what they say is no part of a flow. They
 * count as tags, so that no frame made of nothing else is followed far.
 */
function over(frame: Frame, at: number, bytes: number): number {
  frame.tagCount += 1;
  if (frame.tagCount > MOST_TAGS) return TOO_DEEP;
  if (frame.end - at < bytes + 2) return SHORT;
  return byEtherType(frame, frame.view.getUint16(at + bytes), at + bytes + 2);
}

/** VN-Tag of Cisco (what 802.1BR came from). */
export function vntag(frame: Frame, at: number): number {
  return over(frame, at, 4);
}

/** E-TAG (802.1BR §7.5). */
export function etag(frame: Frame, at: number): number {
  return over(frame, at, 6);
}

/** MACsec (802.1AE §9.3) with integrity only; what is encrypted stays a frame without IP. */
export function macsec(frame: Frame, at: number): number {
  if (frame.end - at < 6) return SHORT;
  const control = frame.view.getUint8(at);
  if ((control & 0x0c) !== 0) return unread(frame, MACSEC);
  return over(frame, at, (control & 0x20) !== 0 ? 14 : 6);
}

/** Cisco metadata (TrustSec security group tags): version 1, one option at most. Some write 0 for both. */
export function ciscoMetadata(frame: Frame, at: number): number {
  if (frame.end - at < 6) return SHORT;
  return frame.view.getUint8(at) <= 1 && frame.view.getUint8(at + 1) <= 1 ? over(frame, at, 6) : unread(frame, CISCO_METADATA);
}

/** Time stamps that Arista's taps put before the EtherType: subtype 1, eight or six bytes by the format. */
export function aristaHeader(frame: Frame, at: number): number {
  if (frame.end - at < 4) return SHORT;
  const format = frame.view.getUint8(at + 3) >> 4;
  if (frame.view.getUint16(at) !== 1 || (format !== 1 && format !== 2)) return unread(frame, ARISTA);
  return over(frame, at, 4 + (format === 1 ? 8 : 6));
}

/** TRILL (RFC 6325 §3.1): an Ethernet frame behind its header and options. */
export function trill(frame: Frame, at: number): number {
  if (frame.end - at < 6) return SHORT;
  const first = frame.view.getUint16(at);
  frame.tagCount += 1;
  if (frame.tagCount > MOST_TAGS) return TOO_DEEP;
  return first >> 14 === 0 ? ethernet(frame, at + 6 + (((first >> 6) & 31) << 2)) : unread(frame, TRILL);
}

function unread(frame: Frame, kind: number): number {
  frame.kind = kind;
  return NON_IP;
}
