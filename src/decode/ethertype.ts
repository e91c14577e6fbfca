import { erspan2 } from "./erspan.ts";
import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { llc } from "./llc.ts";
import { mpls } from "./mpls.ts";
import { nsh } from "./nsh.ts";
import { malformed, NON_IP, TOO_DEEP } from "./outcome.ts";
import { pbb } from "./pbb.ts";
import { pppoe } from "./pppoe.ts";
import { aristaHeader, ciscoMetadata, etag, macsec, trill, vntag } from "./switch-tags.ts";
import { addTag, isTag, TAG_BYTES } from "./vlan.ts";

const VLAN_SHORT = malformed("vlan_short");
/** Values up to this are lengths of 802.3 frames, not EtherTypes (802.3 §3.2.6). */
const LONGEST_LENGTH = 0x5ff;

/** What follows an EtherType: one line each. Anything else is a frame without IP, counted by its EtherType. */
export function byEtherType(frame: Frame, firstType: number, start: number): number {
  let etherType = firstType;
  let at = start;
  while (isTag(etherType)) {
    if (frame.end - at < TAG_BYTES) return VLAN_SHORT;
    if (!addTag(frame, frame.view.getUint16(at))) return TOO_DEEP;
    etherType = frame.view.getUint16(at + 2);
    at += TAG_BYTES;
  }
  switch (etherType) {
    case 0x0800:
      return ipv4(frame, at);
    case 0x86dd:
      return ipv6(frame, at);
    case 0x8847:
    case 0x8848:
      return mpls(frame, at);
    case 0x8864:
      return pppoe(frame, at);
    case 0x88e7:
      return pbb(frame, at);
    case 0x894f:
      return nsh(frame, at);
    case 0x88be:
      return erspan2(frame, at, true);
    case 0x8926:
      return vntag(frame, at);
    case 0x893f:
      return etag(frame, at);
    case 0x88e5:
      return macsec(frame, at);
    case 0x8909:
      return ciscoMetadata(frame, at);
    case 0xd28b:
      return aristaHeader(frame, at);
    case 0x22f3:
      return trill(frame, at);
    default:
      if (etherType <= LONGEST_LENGTH) return llc(frame, at);
      frame.kind = etherType;
      return NON_IP;
  }
}
