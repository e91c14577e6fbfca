import { FLAG } from "../model/row.ts";
import { STATUS, TCP_STATE, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";

const { synOnly: SYN_ONLY, established: ESTABLISHED, closed: CLOSED, reset: RESET, midstream: MIDSTREAM } = TCP_STATE;
const MASK = TCP_STATE_MASK;
const SHIFT = TCP_STATE_SHIFT;

const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = FLAG;
const FIN_SEEN = STATUS.fin;
const FIN_BOTH = FIN_SEEN | (FIN_SEEN << 1);

/** State that a flow starts in, by the flags of its first segment. */
export function firstTcpState(flags: number): number {
  if ((flags & RST) !== 0) return RESET;
  return (flags & SYN) !== 0 ? SYN_ONLY : MIDSTREAM;
}

/**
 * Status after a segment with these flags from this side. A flow is established by a segment with ACK and without SYN
 * after a SYN was seen: an answered SYN alone is what a flood against an open port looks like. Closed: FIN from both
 * sides; a RST after that changes nothing.
 */
export function afterSegment(status: number, flags: number, side: number): number {
  let next = status | (flags & 0xff);
  let state = (status & MASK) >> SHIFT;
  if ((flags & FIN) !== 0) next |= FIN_SEEN << side;
  if (state === CLOSED) return next;
  if ((flags & RST) !== 0) state = RESET;
  else if (state !== RESET) {
    if ((flags & SYN) !== 0) {
      if (state === MIDSTREAM) state = ESTABLISHED;
    } else if (state === SYN_ONLY && (flags & ACK) !== 0) state = ESTABLISHED;
    if ((next & FIN_BOTH) === FIN_BOTH) state = CLOSED;
  }
  return (next & ~MASK) | (state << SHIFT);
}
