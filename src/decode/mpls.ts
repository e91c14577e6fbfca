import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { malformed, NON_IP, TOO_DEEP } from "./outcome.ts";
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from "./plausible.ts";

const MPLS = TYPE_INDEX.mpls;
const PSEUDOWIRE = TYPE_INDEX["mpls-pw"];
const SHORT = malformed("vlan_short");
const KIND = 0x8847;
const ENTRY_BYTES = 4;
const BOTTOM = 0x100;
const CONTROL_WORD_BYTES = 4;

/**
 * MPLS (RFC 3032 §2.1). Nothing says what is behind the last label: IP by its version (RFC 4928), Ethernet of a
 * pseudowire with the control word that keeps it from looking like IP (RFC 4385), or without one (RFC 4448 §4.6).
 */
export function mpls(frame: Frame, start: number): number {
  const view = frame.view;
  let at = start;
  for (let entry = 0; (entry & BOTTOM) === 0; at += ENTRY_BYTES) {
    if (frame.end - at < ENTRY_BYTES) return SHORT;
    entry = view.getInt32(at);
    if (!frame.tunnel(MPLS, entry >>> 12)) return TOO_DEEP;
  }
  if (frame.end - at < 1) return unread(frame);
  const version = view.getUint8(at) >> 4;
  if (version === 4 && looksLikeIpv4(frame, at)) return ipv4(frame, at);
  if (version === 6 && looksLikeIpv6(frame, at)) return ipv6(frame, at);
  if (version === 0 && looksLikeEthernet(frame, at + CONTROL_WORD_BYTES)) return pseudowire(frame, at + CONTROL_WORD_BYTES);
  if (looksLikeEthernet(frame, at)) return pseudowire(frame, at);
  // An IP header that is cut or bent is told for what it is.
  if (version === 4) return ipv4(frame, at);
  return version === 6 ? ipv6(frame, at) : unread(frame);
}

function pseudowire(frame: Frame, at: number): number {
  frame.retype(PSEUDOWIRE);
  return ethernet(frame, at);
}

function unread(frame: Frame): number {
  frame.kind = KIND;
  return NON_IP;
}
