import { type DecodedBatch, FLAG, ROW, SPACE } from "../model/row.ts";
import { SAMPLED_STREAMS, type StreamLoss } from "../model/sensor-status.ts";
import { COLD } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const { space, flags: FLAGS, sequence: SEQUENCE, payloadStart: PAYLOAD_START, payloadEnd: PAYLOAD_END, missing: MISSING, ip: IP } = ROW;
const { words: COLD_WORDS, nextSequence: NEXT, gapFrom: GAP_FROM, gapTo: GAP_TO, gap: GAP } = COLD;
const { fin: FIN, syn: SYN, rst: RST, ack: ACK, reassembled: REASSEMBLED } = FLAG;
const IPV6 = SPACE.ipv6;
const SAMPLE_MASK = SAMPLED_STREAMS - 1;
const TCP = 6;
/** Nothing of this side was seen yet. */
const UNKNOWN = -1;
/** The gap was acknowledged, so its bytes are counted as missing; should they still come, they are taken back. */
const COUNTED = 1 << 30;
const GAP_BYTES = COUNTED - 1;
/** A jump over more than this is another stream, or nonsense, and no gap. */
const LONGEST_JUMP = 1 << 24;

/** Whether the flow in this slot is one of those that are followed: of any run of new flows the first, then every so many-th. */
export function isSampled(slot: number): boolean {
  return (slot & SAMPLE_MASK) === 1;
}

/**
 * Finds what a tap never showed of TCP streams (RFC 9293 §3.4): bytes between segments that nobody sent again before the
 * receiver acknowledged them, and bytes acknowledged beyond all that was seen. What was lost before the tap is sent
 * again past it, and what was lost behind it was seen: neither counts. Of one flow in SAMPLED_STREAMS, because every
 * segment of these is looked at.
 */
export interface StreamWatch {
  /** A flow begins in a slot that is sampled. */
  begin(slot: number): void;
  /** A TCP segment of a sampled flow; `bytes` is what its row points into. */
  segment(slot: number, side: number, row: number, bytes: Buffer): void;
  status(): StreamLoss;
}

export function createStreamWatch({ cold }: FlowStore, { rows }: DecodedBatch): StreamWatch {
  let seenBytes = 0;
  let missingBytes = 0;

  function segment(slot: number, side: number, row: number, bytes: Buffer): void {
    const flags = rows[row + FLAGS];
    if ((flags & (RST | REASSEMBLED)) !== 0) return;
    const header = headerOf(row, bytes);
    if (header < 0) return;
    const payload = rows[row + PAYLOAD_END] - rows[row + PAYLOAD_START] + rows[row + MISSING];
    seenBytes += payload;
    const length = payload + ((flags & SYN) !== 0 ? 1 : 0) + ((flags & FIN) !== 0 ? 1 : 0);
    const base = slot * COLD_WORDS;
    sent(base + side, rows[row + SEQUENCE], length, (flags & SYN) !== 0);
    if ((flags & ACK) !== 0) acknowledged(base + (side ^ 1), bytes.readInt32BE(header + 8));
  }

  /** Where the TCP header is; -1 when it is cut, broken, or not right behind IP's. */
  function headerOf(row: number, bytes: Buffer): number {
    const ip = rows[row + IP];
    const isIpv6 = (rows[row + space] & IPV6) !== 0;
    if (bytes[ip + (isIpv6 ? 6 : 9)] !== TCP) return -1;
    const at = ip + (isIpv6 ? 40 : (bytes[ip] & 15) << 2);
    const payloadAt = rows[row + PAYLOAD_START];
    return payloadAt - at >= 20 && (bytes[at + 12] >> 4) << 2 === payloadAt - at ? at : -1;
  }

  function sent(at: number, sequence: number, length: number, isFirst: boolean): void {
    const ahead = (sequence - cold[at + NEXT]) | 0;
    if (isFirst || cold[at + GAP] === UNKNOWN || ahead > LONGEST_JUMP) {
      cold[at + NEXT] = sequence + length;
      cold[at + GAP] = 0;
    } else if (ahead > 0) {
      const gap = cold[at + GAP];
      const isNew = gap === 0 || (gap & COUNTED) !== 0;
      if (isNew) cold[at + GAP_FROM] = cold[at + NEXT];
      cold[at + GAP_TO] = sequence;
      cold[at + GAP] = Math.min((isNew ? 0 : gap) + ahead, GAP_BYTES);
      cold[at + NEXT] = sequence + length;
    } else {
      if (cold[at + GAP] !== 0) fill(at, sequence, length);
      if (((sequence + length - cold[at + NEXT]) | 0) > 0) cold[at + NEXT] = sequence + length;
    }
  }

  /** A segment that came late, or once more: it may lie in the gap. */
  function fill(at: number, sequence: number, length: number): void {
    const left = (cold[at + GAP_TO] - sequence) | 0;
    if (left <= 0 || ((sequence - cold[at + GAP_FROM]) | 0) < 0) return;
    const gap = cold[at + GAP] & GAP_BYTES;
    const filled = Math.min(gap, length, left);
    if ((cold[at + GAP] & COUNTED) !== 0) missingBytes -= filled;
    if (sequence === cold[at + GAP_FROM]) cold[at + GAP_FROM] += filled;
    cold[at + GAP] = gap === filled ? 0 : cold[at + GAP] - filled;
  }

  /** The other side has all bytes below `number`. */
  function acknowledged(at: number, number: number): void {
    if (cold[at + GAP] === UNKNOWN) return;
    const beyond = (number - cold[at + NEXT]) | 0;
    if (beyond > LONGEST_JUMP) return;
    // Not seen yet: it may come in a moment, when the two directions reach the tap by two ways.
    if (beyond > 0) sent(at, number, 0, false);
    const gap = cold[at + GAP];
    if (gap <= 0 || (gap & COUNTED) !== 0 || ((number - cold[at + GAP_TO]) | 0) < 0) return;
    missingBytes += gap;
    cold[at + GAP] = gap | COUNTED;
  }

  return {
    begin(slot) {
      cold[slot * COLD_WORDS + GAP] = UNKNOWN;
      cold[slot * COLD_WORDS + GAP + 1] = UNKNOWN;
    },
    segment,
    status: () => ({ seenBytes, missingBytes }),
  };
}
