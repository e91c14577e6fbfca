import type { Frame } from "./frame.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { KIND_CISCO, KIND_LLC, KIND_SNAP } from "./kinds.ts";
import { NON_IP } from "./outcome.ts";

const SNAP = 0xaa;
const LLC_IP = 0x06;
const CISCO = 0x00000c;

/** SNAP protocols of Cisco, in the order of their kinds. */
const CISCO_PROTOCOLS = [0x2000, 0x2003, 0x2004, 0x0104, 0x0111, 0x010b];

/** 802.2 LLC and SNAP: far enough to find IP, or to name what it is. */
export function llc(frame: Frame, at: number): number {
  const left = frame.end - at;
  const view = frame.view;
  if (left < 3) return count(frame, KIND_LLC);
  const access = view.getUint8(at);
  if (access === LLC_IP) return ipv4(frame, at + 3);
  if (access !== SNAP) return count(frame, access);
  if (left < 8) return count(frame, KIND_SNAP);
  const organization = (view.getUint16(at + 3) << 8) | view.getUint8(at + 5);
  const protocol = view.getUint16(at + 6);
  if (organization === CISCO) {
    const place = CISCO_PROTOCOLS.indexOf(protocol);
    return count(frame, place < 0 ? KIND_SNAP : KIND_CISCO + place);
  }
  // RFC 1042 encapsulates with organization 0, 802.1H with 0x0000f8.
  if (organization !== 0 && organization !== 0xf8) return count(frame, KIND_SNAP);
  if (protocol === 0x0800) return ipv4(frame, at + 8);
  if (protocol === 0x86dd) return ipv6(frame, at + 8);
  return count(frame, protocol > 0x5ff ? protocol : KIND_SNAP);
}

function count(frame: Frame, kind: number): number {
  frame.kind = kind;
  return NON_IP;
}
