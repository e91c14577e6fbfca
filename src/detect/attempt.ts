import type { JudgedFlow } from "../model/judgement.ts";

const TCP = 6;
/** Ethernet with two VLAN tags, IPv6 and a TCP header with all its options take 122 bytes. */
const BARE_FRAME_BYTES = 128;

/**
 * A connection that nobody answered, at its end: SYN packets one way, none of which had room for data (RFC 9293 §3.5). Nothing
 * was transferred, so no detection asks about it; totals count it. One-way UDP, or data inside SYN packets (RFC 7413), is another
 * matter. While it may still be answered it is a flow like any other, so that what sums count of it stays whole.
 */
export function isAttempt({ flow }: JudgedFlow): boolean {
  return (
    flow.transport === TCP &&
    flow.packetsDown === 0 &&
    flow.isClosed &&
    flow.tcpState === "syn-only" &&
    flow.facts === undefined &&
    flow.bytesUp <= flow.packetsUp * BARE_FRAME_BYTES
  );
}
