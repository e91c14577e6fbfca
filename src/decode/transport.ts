import { authenticationHeaderBytes } from "./ah.ts";
import type { Frame } from "./frame.ts";
import { ICMP, ICMPV6, icmp } from "./icmp.ts";
import { malformed } from "./outcome.ts";
import { sctp } from "./sctp.ts";
import { tcp } from "./tcp.ts";
import { udp } from "./udp.ts";

const MOST_AUTHENTICATION_HEADERS = 4;
const DEPTH = malformed("depth");
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
    default:
      return frame.finishPortless(protocol, 0, 0);
  }
}

/** Passes through authentication headers. */
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
