import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { linuxSll, linuxSll2 } from "./linux-sll.ts";
import { loopback } from "./loopback.ts";
import { malformed } from "./outcome.ts";
import { ciscoHdlc, ppp } from "./ppp.ts";
import { rawIp } from "./raw-ip.ts";

const UNKNOWN = malformed("linktype_unknown");

/** Link types (https://www.tcpdump.org/linktypes.html): one line each. */
export function link(frame: Frame, linkType: number, at: number): number {
  switch (linkType) {
    case 1:
      return ethernet(frame, at);
    case 0:
    case 108:
      return loopback(frame, at);
    case 9:
      return ppp(frame, at);
    case 50:
    case 104:
      return ciscoHdlc(frame, at);
    // 12 and 14 are what BSDs wrote for raw IP.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return rawIp(frame, at);
    case 113:
      return linuxSll(frame, at);
    case 276:
      return linuxSll2(frame, at);
    default:
      return UNKNOWN;
  }
}
