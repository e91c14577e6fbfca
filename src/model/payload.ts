import type { FlowFacts } from "./facts.ts";

/** Bits of what a flow's reader still wants, and of what it has to say. */
export const WATCH_INITIATOR = 1;
export const WATCH_RESPONDER = 2;
/** The side taken for the responder is the initiator: turn the flow (once). */
export const TURN = 4;
/** There are facts that should not wait for the flow's end (DNS answers, a name, a protocol): report the flow now. */
export const REPORT = 8;

/** Transport payload of one packet (or reassembled datagram). One object serves all: never keep it, nor `bytes`. */
export class PayloadSlice {
  /** Index of the flow in the table; reused by another flow only after `forget(slot)`. */
  slot = 0;
  /** IANA protocol number. */
  transport = 0;
  initiatorPort = 0;
  responderPort = 0;
  isFromInitiator = true;
  bytes: Buffer = Buffer.alloc(0);
  /** Payload is bytes[start, end). */
  start = 0;
  end = 0;
  /** Payload bytes after `end` that were on the wire but not captured. */
  missing = 0;
  /** TCP: offset of bytes[start] in its direction's stream (0 = first byte after the SYN; midstream: after the first byte seen). UDP: 0. */
  streamOffset = 0;
  timeMicros = 0;
  /** The pair of addresses as one number: the same for every flow between the two, in both directions. Another pair may have it too. */
  peers = 0;
}

/** What the flow table calls for flows under watch; dissect implements it. */
export interface PayloadReader {
  /** Watch bits for a flow whose first payload this is; 0 when nobody reads such flows. */
  begin(transport: number): number;
  /** Reads; returns the watch bits from now on (0: settled), with TURN and REPORT as they apply. Never throws. */
  read(payload: PayloadSlice): number;
  /** The flow was turned: directions kept by slot change sides. */
  turned(slot: number): void;
  /** The flow is over, and about to be reported a last time: what waits for more bytes is read as it is. */
  ended?(slot: number, initiatorPort: number, responderPort: number): void;
  factsOf(slot: number): FlowFacts | undefined;
  /** Packets of this flow whose payload was lost to a hole in the stream. */
  gapsOf(slot: number): number;
  forget(slot: number): void;
}
