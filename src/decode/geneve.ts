import { TYPE_INDEX } from "./encapsulation-table.ts";
import { ethernet } from "./ethernet.ts";
import { byEtherType } from "./ethertype.ts";
import type { Frame } from "./frame.ts";
import { TOO_DEEP, UNFOLLOWED } from "./outcome.ts";

const GENEVE = TYPE_INDEX.geneve;
const HEADER_BYTES = 8;
const ETHERNET = 0x6558;
const FIRST_ETHERTYPE = 0x600;

/** Geneve (RFC 8926 §3.4), options stepped over. */
export function geneve(frame: Frame, at: number): number {
  if (frame.end - at < HEADER_BYTES) return UNFOLLOWED;
  const { view } = frame;
  const first = view.getUint8(at);
  const next = at + HEADER_BYTES + ((first & 0x3f) << 2);
  const protocol = view.getUint16(at + 2);
  if (first >> 6 !== 0 || next > frame.end || protocol < FIRST_ETHERTYPE) return UNFOLLOWED;
  if (!frame.tunnel(GENEVE, view.getInt32(at + 4) >>> 8)) return TOO_DEEP;
  return protocol === ETHERNET ? ethernet(frame, next) : byEtherType(frame, protocol, next);
}
