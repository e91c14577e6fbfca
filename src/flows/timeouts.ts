import { STATUS, TCP_STATE, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";

const STATE_MASK = TCP_STATE_MASK;
const STATE_SHIFT = TCP_STATE_SHIFT;
const SECOND = 1e6;
const TCP = 6;
const UDP = 17;
const SCTP = 132;

/** No flow may be silent for less than this and be taken for over. */
export const SHORTEST_SILENCE_MICROS = 10 * SECOND;
/** Silence after which a SYN with another sequence number begins another flow. */
export const REUSE_SILENCE_MICROS = 30 * SECOND;
/** A flow that lies this far ahead of the clock was left there by a clock that went back. */
export const FAR_AHEAD_MICROS = 3600 * SECOND;

/** By TCP state: syn-only, established, closed, reset, midstream. */
const TCP_SILENCE_MICROS = [60 * SECOND, 900 * SECOND, 10 * SECOND, 10 * SECOND, 900 * SECOND];

/** Silence, in microseconds, after which a flow is over. */
export function silenceMicros(transport: number, status: number): number {
  if (transport === TCP) return TCP_SILENCE_MICROS[(status & STATE_MASK) >> STATE_SHIFT];
  return transport === UDP || transport === SCTP ? 120 * SECOND : 60 * SECOND;
}

/** The TCP connection ended by itself. */
export function isOver(transport: number, status: number): boolean {
  if (transport !== TCP || (status & STATUS.inUse) === 0) return false;
  const state = (status & STATE_MASK) >> STATE_SHIFT;
  return state === TCP_STATE.closed || state === TCP_STATE.reset;
}
