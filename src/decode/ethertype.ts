import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { llc } from "./llc.ts";
import { malformed, NON_IP } from "./outcome.ts";
import { addTag, isTag, MOST_TAGS, TAG_BYTES } from "./vlan.ts";

const VLAN_SHORT = malformed("vlan_short");
const DEPTH = malformed("depth");
/** Values up to this are lengths of 802.3 frames, not EtherTypes (802.3 §3.2.6). */
const LONGEST_LENGTH = 0x5ff;

/** What follows an EtherType: one line each. Anything else is a frame without IP, counted by its EtherType. */
export function byEtherType(frame: Frame, firstType: number, start: number): number {
  let etherType = firstType;
  let at = start;
  while (isTag(etherType)) {
    if (frame.end - at < TAG_BYTES) return VLAN_SHORT;
    if (frame.tagCount >= MOST_TAGS) return DEPTH;
    addTag(frame, frame.view.getUint16(at));
    etherType = frame.view.getUint16(at + 2);
    at += TAG_BYTES;
  }
  switch (etherType) {
    case 0x0800:
      return ipv4(frame, at);
    case 0x86dd:
      return ipv6(frame, at);
    default:
      if (etherType <= LONGEST_LENGTH) return llc(frame, at);
      frame.kinds[etherType] += 1;
      return NON_IP;
  }
}
