import {
  atm,
  enc,
  fddi,
  firewire,
  frameRelay,
  ipnet,
  ipoib,
  nflog,
  perPacketInformation,
  pflog,
  pktap,
  prism,
  radiotap,
  slip,
  tokenRing,
} from "./capture-headers.ts";
import { broadcom, broadcomPrepended, marvell, marvellWithType } from "./dsa.ts";
import { ethernet } from "./ethernet.ts";
import type { Frame } from "./frame.ts";
import { ieee80211 } from "./ieee80211.ts";
import { linuxSll, linuxSll2 } from "./linux-sll.ts";
import { loopback } from "./loopback.ts";
import { malformed } from "./outcome.ts";
import { ciscoHdlc, ppp, pppWithDirection } from "./ppp.ts";
import { pppoe } from "./pppoe.ts";
import { rawIp } from "./raw-ip.ts";
import type { Layer } from "./through.ts";

const UNKNOWN = malformed("linktype_unknown");

/** Link types (https://www.tcpdump.org/linktypes.html): one line each. */
const LINKS: readonly (readonly [number, Layer])[] = [
  [0, loopback],
  [1, ethernet],
  [6, tokenRing],
  [8, slip],
  [9, ppp],
  [10, fddi],
  // 12 and 14 are what BSDs wrote for raw IP.
  [12, rawIp],
  [14, rawIp],
  [50, ciscoHdlc],
  [51, pppoe],
  [100, atm],
  [101, rawIp],
  [104, ciscoHdlc],
  [105, ieee80211],
  [106, atm],
  [107, frameRelay],
  [108, loopback],
  [109, enc],
  [113, linuxSll],
  [117, pflog],
  [119, prism],
  [127, radiotap],
  [138, firewire],
  // USER2, which macOS writes for the next but one.
  [149, pktap],
  [163, prism],
  [166, pppWithDirection],
  [192, perPacketInformation],
  [204, pppWithDirection],
  [226, ipnet],
  [228, rawIp],
  [229, rawIp],
  [239, nflog],
  [242, ipoib],
  [258, pktap],
  [276, linuxSll2],
  [281, broadcom],
  [282, broadcomPrepended],
  [284, marvell],
  [285, marvellWithType],
];

const BY_NUMBER: (Layer | undefined)[] = [];
for (const [number, layer] of LINKS) BY_NUMBER[number] = layer;

/** Decodes a frame of this link type. */
export function link(frame: Frame, linkType: number, at: number): number {
  if (linkType === 1) return ethernet(frame, at);
  const layer = linkType >= 0 && linkType < BY_NUMBER.length ? BY_NUMBER[linkType] : undefined;
  return layer === undefined ? UNKNOWN : layer(frame, at);
}
