import type { Frame } from "./frame.ts";

export const TAG_BYTES = 4;
/** More tags than this on a frame, and it is not followed further. */
export const MOST_TAGS = 8;

/** Tag protocol identifiers: 802.1Q, 802.1ad, and what switches used before it for stacked tags. */
export function isTag(etherType: number): boolean {
  return etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100 || etherType === 0x9200;
}

/**
 * Notes a tag control field (802.1Q §9.6). Identifier 0 means priority only, no VLAN: not kept. The first two outside of
 * any tunnel are the row's own, others go with the encapsulation. False when there are more than are followed.
 */
export function addTag(frame: Frame, control: number): boolean {
  frame.tagCount += 1;
  if (frame.tagCount > MOST_TAGS) return false;
  return addVlan(frame, control & 0xfff);
}

/** Notes a VLAN id that some header states. */
export function addVlan(frame: Frame, id: number): boolean {
  if (id === 0) return true;
  if (frame.stack.layerCount > 0 || (frame.vlans & 0xfff) !== 0) return frame.vlanLayer(id);
  if (frame.vlans === 0) frame.vlans = id << 12;
  else frame.vlans |= id;
  return true;
}
