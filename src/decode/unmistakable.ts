import type { Frame } from "./frame.ts";
import { isTag, TAG_BYTES } from "./vlan.ts";

/**
 * Whether bytes are IP beyond doubt, for headers of which not even the length is told on the wire: what a look at a version
 * and a length would take for IP by chance once in some thousands of datagrams does not pass here.
 */

const ADDRESSES_BYTES = 12;
const MOST_TAGS = 2;
const SESSION_OF_PPPOE = 0x1100;
const PPP_IPV4 = 0x21;
const PPP_IPV6 = 0x57;
/** Ethernet fills short frames up to 60 bytes (802.3 §3.2.8), 46 of them behind the header. */
const SHORTEST_PAYLOAD = 46;
const EXACTLY = 0;

/** An IPv4 header with the right checksum (RFC 791 §3.1), or an IPv6 header, of a packet that fills what there is. */
export function isWholeIp(frame: Frame, at: number): boolean {
  return isIpv4(frame, at, EXACTLY) || isIpv6(frame, at, EXACTLY);
}

/** Where such a packet begins in an Ethernet frame, behind VLAN tags and a PPPoE session (RFC 2516 §4) or at once; -1: there is none. */
export function ipInEthernet(frame: Frame, start: number): number {
  const { view, end } = frame;
  let at = start + ADDRESSES_BYTES;
  if (end - at < 2) return -1;
  let type = view.getUint16(at);
  for (let tags = 0; isTag(type); tags += 1) {
    if (tags === MOST_TAGS || end - at < TAG_BYTES + 2) return -1;
    at += TAG_BYTES;
    type = view.getUint16(at);
  }
  at += 2;
  if (type === 0x8864) {
    if (end - at < 8 || view.getUint16(at) !== SESSION_OF_PPPOE) return -1;
    const protocol = view.getUint16(at + 6);
    at += 8;
    type = protocol === PPP_IPV4 ? 0x0800 : protocol === PPP_IPV6 ? 0x86dd : 0;
  }
  const isIp = type === 0x0800 ? isIpv4(frame, at, SHORTEST_PAYLOAD) : type === 0x86dd && isIpv6(frame, at, SHORTEST_PAYLOAD);
  return isIp ? at : -1;
}

function isIpv4(frame: Frame, at: number, padded: number): boolean {
  const { view, end } = frame;
  if (end - at < 20) return false;
  const first = view.getUint8(at);
  const headerBytes = (first & 15) << 2;
  if (first >> 4 !== 4 || headerBytes < 20 || headerBytes > end - at) return false;
  if (!fills(view.getUint16(at + 2), frame.wireEnd - at, padded)) return false;
  let sum = 0;
  for (let n = 0; n < headerBytes; n += 2) sum += view.getUint16(at + n);
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16) === 0xffff;
}

function isIpv6(frame: Frame, at: number, padded: number): boolean {
  if (frame.end - at < 40 || frame.view.getUint8(at) >> 4 !== 6) return false;
  return fills(frame.view.getUint16(at + 4) + 40, frame.wireEnd - at, padded);
}

/** A packet of `bytes` has all the room there is, but for what short frames are filled up with. */
function fills(bytes: number, room: number, padded: number): boolean {
  return bytes === room || (bytes < room && room <= padded);
}
