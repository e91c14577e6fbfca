import type { Frame } from "./frame.ts";

const LONGEST_LENGTH = 0x5dc;

/** Whether bytes can be an IPv4 packet: for places where nothing says what comes. */
export function looksLikeIpv4(frame: Frame, at: number): boolean {
  if (frame.end - at < 20) return false;
  const first = frame.view.getUint8(at);
  const total = frame.view.getUint16(at + 2);
  return first >= 0x45 && first <= 0x4f && (total === 0 || (total >= (first & 15) << 2 && total <= frame.wireEnd - at));
}

export function looksLikeIpv6(frame: Frame, at: number): boolean {
  return frame.end - at >= 40 && frame.view.getUint8(at) >> 4 === 6 && frame.view.getUint16(at + 4) <= frame.wireEnd - at - 40;
}

/** Whether bytes can be an Ethernet frame of something that is told apart by its EtherType, or is of a believable length. */
export function looksLikeEthernet(frame: Frame, at: number): boolean {
  if (frame.end - at < 14) return false;
  const type = frame.view.getUint16(at + 12);
  switch (type) {
    case 0x0800:
    case 0x0806:
    case 0x8100:
    case 0x86dd:
    case 0x8847:
    case 0x8863:
    case 0x8864:
    case 0x88a8:
    case 0x88cc:
      return true;
    default:
      return type >= 3 && type <= LONGEST_LENGTH && type <= frame.wireEnd - at - 14;
  }
}
