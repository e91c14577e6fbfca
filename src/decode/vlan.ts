import type { Frame } from "./frame.ts";

export const TAG_BYTES = 4;
/** More tags than this on a frame, and it is not followed further. */
export const MOST_TAGS = 8;

/** Tag protocol identifiers: 802.1Q, 802.1ad, and what switches used before it for stacked tags. */
export function isTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100 || etherType === 0x9200;
}

/**
 * Notes a tag control field (802.1Q §9.6). Identifier 0 means priority only, no VLAN: not kept. Ids beyond the fourth are
 * not kept either.
 */
export function addTag(frame: Frame, control: number): void {
  const id = control & 0xfff;
  frame.tagCount += 1;
  if (id === 0) return;
  if (frame.vlans === 0) frame.vlans = id << 12;
  else if ((frame.vlans & 0xfff) === 0) frame.vlans |= id;
  else if (frame.space >>> 20 === 0) frame.space |= id << 20;
  else if (((frame.space >>> 8) & 0xfff) === 0) frame.space |= id << 8;
}
