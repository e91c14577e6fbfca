import { authenticationHeaderBytes } from "./ah.ts";
import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { gre } from "./gre.ts";
import { ICMP, ICMPV6, icmp } from "./icmp.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { l2tpOverIp } from "./l2tp.ts";
import { mpls } from "./mpls.ts";
import { TOO_DEEP as DEPTH, malformed, UNFOLLOWED } from "./outcome.ts";
import { looksLikeEthernet } from "./plausible.ts";
import { sctp } from "./sctp.ts";
import { tcp } from "./tcp.ts";
import { goesThrough, type Layer } from "./through.ts";
import { udp } from "./udp.ts";

const IP_IN_IP = TYPE_INDEX.ipip;
const MOST_AUTHENTICATION_HEADERS = 4;
const SHORT = malformed("transport_short");

/** What IP carries, by protocol number: one line each. Anything else is a flow without ports. */
export function transport(frame: Frame, protocol: number, at: number): number {
  switch (protocol) {
    case 6:
      return tcp(frame, at);
    case 17:
      return udp(frame, at);
    case ICMP:
    case ICMPV6:
      return icmp(frame, protocol, at);
    case 132:
      return sctp(frame, at);
    case 51:
      return authenticated(frame, at);
    case 4:
      return carried(frame, protocol, at, ipInIp);
    case 41:
      return carried(frame, protocol, at, ipv6InIp);
    case 47:
      return carried(frame, protocol, at, gre);
    case 97:
      return carried(frame, protocol, at, etherIp);
    case 115:
      return carried(frame, protocol, at, l2tpOverIp);
    case 143:
      return carried(frame, protocol, at, ethernetInIp);
    case 137:
      return carried(frame, protocol, at, mpls);
    default:
      return frame.finishPortless(protocol, 0);
  }
}

/** A tunnel right behind IP: its flow is inside, or else one without ports. */
function carried(frame: Frame, protocol: number, at: number, open: Layer): number {
  return goesThrough(frame, at, open) ? frame.tried : frame.finishPortless(protocol, 0);
}

/** IP in IP (RFC 2003), 6in4 and 6to4 (RFC 4213), IPv6 tunnels (RFC 2473). */
function ipInIp(frame: Frame, at: number): number {
  return frame.tunnelWithoutId(IP_IN_IP) ? ipv4(frame, at) : DEPTH;
}

function ipv6InIp(frame: Frame, at: number): number {
  return frame.tunnelWithoutId(IP_IN_IP) ? ipv6(frame, at) : DEPTH;
}

/** Ethernet right behind IP (SRv6: RFC 8986 §10.1): counts as IP in IP, which it is but for the frame between the two. */
function ethernetInIp(frame: Frame, at: number): number {
  if (!looksLikeEthernet(frame, at)) return UNFOLLOWED;
  return frame.tunnelWithoutId(IP_IN_IP) ? ethernet(frame, at) : DEPTH;
}

/** EtherIP (RFC 3378 §3): version 3, twelve bits of nothing. */
function etherIp(frame: Frame, at: number): number {
  if (frame.end - at < 2 || frame.view.getUint16(at) !== 0x3000) return UNFOLLOWED;
  return ethernetInIp(frame, at + 2);
}

/** Passes through authentication headers of IPv4; those of IPv6 are among its extension headers. */
function authenticated(frame: Frame, at: number): number {
  let position = at;
  for (let n = 0; n < MOST_AUTHENTICATION_HEADERS; n += 1) {
    const bytes = authenticationHeaderBytes(frame, position);
    if (bytes === 0) return SHORT;
    const next = frame.view.getUint8(position);
    position += bytes;
    if (next !== 51) return transport(frame, next, position);
  }
  return DEPTH;
}
