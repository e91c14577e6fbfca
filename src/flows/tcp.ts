import { FLAG } from "../model/row.ts";
import { STATUS, TCP_STATE, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = FLAG;
const FIN_SEEN = STATUS.fin;
const FIN_BOTH = FIN_SEEN | (FIN_SEEN << 1);

/** State that a flow starts in, by the flags of its first segment. */
export function firstTcpState(flags: number): number {
  if ((flags & RST) !== 0) return TCP_STATE.reset;
  return (flags & SYN) !== 0 ? TCP_STATE.synOnly : TCP_STATE.midstream;
}

/**
 * Status after a segment with these flags from this side. A flow is established by a segment with ACK and without SYN
 * after a SYN was seen: an answered SYN alone is what a flood against an open port looks like. Closed: FIN from both
 * sides; a RST after that changes nothing.
 */
export function afterSegment(status: number, flags: number, side: number): number {
  let next = status | (flags & 0xff);
  let state = (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT;
  if ((flags & FIN) !== 0) next |= FIN_SEEN << side;
  if (state === TCP_STATE.closed) return next;
  if ((flags & RST) !== 0) state = TCP_STATE.reset;
  else if (state !== TCP_STATE.reset) {
    if ((flags & SYN) !== 0) {
      if (state === TCP_STATE.midstream) state = TCP_STATE.established;
    } else if (state === TCP_STATE.synOnly && (flags & ACK) !== 0) state = TCP_STATE.established;
    if ((next & FIN_BOTH) === FIN_BOTH) state = TCP_STATE.closed;
  }
  return (next & ~TCP_STATE_MASK) | (state << TCP_STATE_SHIFT);
}
