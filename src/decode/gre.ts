import { TYPE_INDEX } from "./encapsulation-table.ts";
import { erspan2, erspan3 } from "./erspan.ts";
import { ethernet } from "./ethernet.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { ieee80211 } from "./ieee80211.ts";
import { ipv4 } from "./ipv4.ts";
import { malformed, TOO_DEEP, UNFOLLOWED } from "./outcome.ts";
import { looksLikeIpv4 } from "./plausible.ts";
import { ppp } from "./ppp.ts";

const { gre: GRE, gretap: GRETAP, nvgre: NVGRE, pptp: PPTP } = TYPE_INDEX;
const SHORT = malformed("tunnel_undecoded");
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const VERSION = 7;
/** Virtual subnet ids below this are reserved (RFC 7637 §3.2): such a key is just a key. */
const FIRST_SUBNET = 0x1000;
const ETHERNET = 0x6558;
const ERSPAN_2 = 0x88be;
const ERSPAN_3 = 0x22eb;
const WCCP = 0x883e;
const PPP = 0x880b;

/** Generic routing encapsulation: RFC 2784 and 2890, NVGRE (RFC 7637), what Cisco and Aruba carry in it; version 1 is that of PPTP (RFC 2637 §4.1). */
export function gre(frame: Frame, at: number): number {
  if (frame.end - at < 4) return SHORT;
  const view = frame.view;
  const flags = view.getUint16(at);
  const protocol = view.getUint16(at + 2);
  if ((flags & VERSION) === 1) return enhanced(frame, at, flags, protocol);
  if ((flags & (VERSION | ROUTING)) !== 0) return UNFOLLOWED;
  const keyAt = at + 4 + ((flags & CHECKSUM) !== 0 ? 4 : 0);
  const hasKey = (flags & KEY) !== 0;
  const next = keyAt + (hasKey ? 4 : 0) + ((flags & SEQUENCE) !== 0 ? 4 : 0);
  if (next > frame.end) return SHORT;
  const key = hasKey ? view.getInt32(keyAt) : 0;
  if (protocol === ETHERNET) return bridged(frame, next, flags, key);
  if (!(hasKey ? frame.tunnel(GRE, key) : frame.tunnelWithoutId(GRE))) return TOO_DEEP;
  if (protocol === ERSPAN_2) return erspan2(frame, next, (flags & SEQUENCE) !== 0);
  if (protocol === ERSPAN_3) return erspan3(frame, next);
  // Redirected requests: IP behind a redirect header, or at once (WCCP version 1).
  if (protocol === WCCP) return ipv4(frame, looksLikeIpv4(frame, next) ? next : next + 4);
  if (protocol === PPP) return ppp(frame, next);
  // Aruba access points: 802.11 frames as they were in the air.
  if (protocol === 0x9000 || (protocol >= 0x8200 && protocol <= 0x82ff)) return ieee80211(frame, next);
  return protocol >= 0x600 ? byEtherType(frame, protocol, next) : UNFOLLOWED;
}

function bridged(frame: Frame, next: number, flags: number, key: number): number {
  const isNvgre = (flags & (KEY | CHECKSUM | SEQUENCE)) === KEY && key >>> 8 >= FIRST_SUBNET;
  const isNoted = isNvgre
    ? frame.tunnel(NVGRE, key >>> 8)
    : (flags & KEY) !== 0
      ? frame.tunnel(GRETAP, key)
      : frame.tunnelWithoutId(GRETAP);
  return isNoted ? ethernet(frame, next) : TOO_DEEP;
}

function enhanced(frame: Frame, at: number, flags: number, protocol: number): number {
  if (protocol !== PPP || (flags & KEY) === 0) return UNFOLLOWED;
  const next = at + 8 + ((flags & SEQUENCE) !== 0 ? 4 : 0) + ((flags & ACKNOWLEDGEMENT) !== 0 ? 4 : 0);
  if (next > frame.end) return SHORT;
  const bytes = frame.view.getUint16(at + 4);
  if (bytes === 0) return UNFOLLOWED;
  frame.clip(next + bytes);
  return frame.tunnel(PPTP, frame.view.getUint16(at + 6)) ? ppp(frame, next) : TOO_DEEP;
}
