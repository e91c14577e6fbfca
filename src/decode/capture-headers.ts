import { ethernet } from "./ethernet.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { ieee80211, paddedIeee80211 } from "./ieee80211.ts";
import { ipv4 } from "./ipv4.ts";
import { ipv6 } from "./ipv6.ts";
import { KIND_LINK } from "./kinds.ts";
import { link } from "./link.ts";
import { llc } from "./llc.ts";
import { malformed, NON_IP } from "./outcome.ts";
import { rawIp } from "./raw-ip.ts";

const SHORT = malformed("ethernet_short");
const UNKNOWN = malformed("linktype_unknown");
const IEEE_80211 = 105;
const NFLOG_PAYLOAD = 9;
const AVS_MAGIC = 0x80211000;

/** Headers that capture programs put before a frame: https://www.tcpdump.org/linktypes.html has a page for each. */

/** Radiotap (https://www.radiotap.org): its length is its third and fourth byte; the flags say whether data was padded. */
export function radiotap(frame: Frame, at: number): number {
  if (frame.end - at < 8) return SHORT;
  const { view } = frame;
  const next = at + view.getUint16(at + 2, true);
  const present = view.getUint32(at + 4, true);
  let fieldsAt = at + 8;
  for (let word = present; (word & 0x80000000) !== 0 && fieldsAt + 4 <= frame.end; fieldsAt += 4) word = view.getInt32(fieldsAt, true);
  // A time stamp of eight bytes, on a multiple of eight from the start, comes before the flags.
  const flagsAt = (present & 1) !== 0 ? at + (((fieldsAt - at + 7) >> 3) << 3) + 8 : fieldsAt;
  const isPadded = (present & 2) !== 0 && flagsAt < next && flagsAt < frame.end && (view.getUint8(flagsAt) & 0x20) !== 0;
  return isPadded ? paddedIeee80211(frame, next) : ieee80211(frame, next);
}

/** Prism: a header of 144 bytes, or that of AVS, which bears its length. */
export function prism(frame: Frame, at: number): number {
  if (frame.end - at < 8) return SHORT;
  const isAvs = (frame.view.getInt32(at) & 0xfffff000) === (AVS_MAGIC | 0);
  return ieee80211(frame, at + (isAvs ? frame.view.getInt32(at + 4) & 0xffff : 144));
}

/** Per-packet information: length, then the link type of what follows, little-endian. */
export function perPacketInformation(frame: Frame, at: number): number {
  if (frame.end - at < 8) return SHORT;
  const linkType = frame.view.getUint32(at + 4, true);
  const next = at + frame.view.getUint16(at + 2, true);
  return linkType === IEEE_80211 ? ieee80211(frame, next) : linkType === 1 ? ethernet(frame, next) : UNKNOWN;
}

/** What macOS puts before frames of any interface: length and link type, little-endian. The link types are those of the system itself. */
export function pktap(frame: Frame, at: number): number {
  if (frame.end - at < 12) return SHORT;
  const bytes = frame.view.getUint32(at, true);
  const linkType = frame.view.getUint32(at + 8, true);
  if (bytes < 12 || bytes > frame.end - at || linkType === 258 || linkType === 149) return UNKNOWN;
  return link(frame, linkType, at + bytes);
}

/** Netfilter log: a family, then attributes of which one is the packet; their lengths are in the byte order of the machine. */
export function nflog(frame: Frame, start: number): number {
  const { view, end } = frame;
  if (end - start < 4) return SHORT;
  for (let at = start + 4; end - at >= 4; ) {
    const isLittle = view.getUint16(at, true) <= end - at;
    const bytes = view.getUint16(at, isLittle);
    if (bytes < 4 || bytes > end - at) break;
    if (view.getUint16(at + 2, isLittle) === NFLOG_PAYLOAD) return byFamily(frame, view.getUint8(start), at + 4);
    at += (bytes + 3) & ~3;
  }
  return unread(frame);
}

/** OpenBSD packet filter log: its length, padded to four, and a family. */
export function pflog(frame: Frame, at: number): number {
  if (frame.end - at < 4) return SHORT;
  return rawIp(frame, at + ((frame.view.getUint8(at) + 3) & ~3));
}

/** Solaris IPNET: version, family, … in 24 bytes. */
export function ipnet(frame: Frame, at: number): number {
  return rawIp(frame, at + 24);
}

/** OpenBSD encapsulation interface: family, SPI and flags. */
export function enc(frame: Frame, at: number): number {
  return rawIp(frame, at + 12);
}

/** IP over InfiniBand: a global route header, then an EtherType and two bytes. */
export function ipoib(frame: Frame, at: number): number {
  if (frame.end - at < 44) return SHORT;
  return byEtherType(frame, frame.view.getUint16(at + 40), at + 44);
}

/** Serial line IP: a header with the direction and what van Jacobson compression left. */
export function slip(frame: Frame, at: number): number {
  return rawIp(frame, at + 16);
}

/** IP over FireWire: two addresses of eight bytes, an EtherType. */
export function firewire(frame: Frame, at: number): number {
  if (frame.end - at < 18) return SHORT;
  return byEtherType(frame, frame.view.getUint16(at + 16), at + 18);
}

/** IP over ATM: with LLC, or IP at once. */
export function atm(frame: Frame, at: number): number {
  if (frame.end - at < 3) return SHORT;
  return frame.view.getUint16(at) === 0xaaaa ? llc(frame, at) : rawIp(frame, at);
}

/** Token ring (802.5): access and frame control, addresses, a route when the source address says so. */
export function tokenRing(frame: Frame, at: number): number {
  if (frame.end - at < 16) return SHORT;
  const hasRoute = (frame.view.getUint8(at + 8) & 0x80) !== 0;
  return llc(frame, at + 14 + (hasRoute ? frame.view.getUint8(at + 14) & 0x1f : 0));
}

/** FDDI: frame control and addresses. */
export function fddi(frame: Frame, at: number): number {
  return llc(frame, at + 13);
}

/** Frame relay (RFC 2427): an address, then a network layer protocol id; or Cisco's own, an EtherType. */
export function frameRelay(frame: Frame, at: number): number {
  if (frame.end - at < 6) return SHORT;
  const { view } = frame;
  let next = at + 1;
  // The last byte of the address has its lowest bit set.
  while (next - at < 4 && (view.getUint8(next - 1) & 1) === 0) next += 1;
  if (view.getUint8(next) !== 3) return byEtherType(frame, view.getUint16(next), next + 2);
  const padded = view.getUint8(next + 1) === 0 ? next + 2 : next + 1;
  if (frame.end - padded < 1) return SHORT;
  switch (view.getUint8(padded)) {
    case 0xcc:
      return ipv4(frame, padded + 1);
    case 0x8e:
      return ipv6(frame, padded + 1);
    case 0x80:
      return frame.end - padded < 6 ? SHORT : byEtherType(frame, view.getUint16(padded + 4), padded + 6);
    default:
      return unread(frame);
  }
}

/** Address families of Linux, and those of the BSDs for IPv6. */
function byFamily(frame: Frame, family: number, at: number): number {
  if (family === 2) return ipv4(frame, at);
  return family === 10 || family === 24 || family === 28 || family === 30 ? ipv6(frame, at) : unread(frame);
}

function unread(frame: Frame): number {
  frame.kind = KIND_LINK;
  return NON_IP;
}
