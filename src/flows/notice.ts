import { KIND } from "../model/flow.ts";
import type { PayloadReader } from "../model/payload.ts";
import { type DecodedBatch, FLAG, ROW } from "../model/row.ts";
import { type HalfOpenList, ONE_WAY_PACKETS } from "./half-open.ts";
import { handshakeSays } from "./initiator.ts";
import {
  BY,
  COLD,
  COLD_D,
  HOT,
  INITIATOR_BY_MASK,
  INITIATOR_BY_SHIFT,
  STATUS,
  TCP_STATE,
  TCP_STATE_MASK,
  TCP_STATE_SHIFT,
} from "./layout.ts";
import type { PayloadFeed } from "./payload-feed.ts";
import type { FlowReporter } from "./reporter.ts";
import type { FlowStore } from "./store.ts";
import { isSampled, type StreamWatch } from "./stream-loss.ts";
import { afterSegment } from "./tcp.ts";

// The compiler takes constants of this module for what they are, but not those it imports.
const { tags, flags, sequence, payloadStart, payloadEnd, missing } = ROW;
const { words: HOT_WORDS, status: STATUS_AT, packets: PACKETS } = HOT;
const { words: COLD_WORDS, streamStart: STREAM_START, synSequence: SYN_SEQUENCE, icmp: ICMP_AT } = COLD;
const { handshake: HANDSHAKE, start: START } = COLD_D;
const { syn: SYN, ack: ACK, icmp: ICMP, fromGreater: FROM_GREATER } = FLAG;
const { halfOpen: HALF_OPEN, opened: OPENED, begun: BEGUN, flipped: FLIPPED, turned: TURNED, synSeen: SYN_SEEN } = STATUS;
const { awaitsSynAck: AWAITS_SYN_ACK, hasRtt: HAS_RTT, streamKnown: STREAM_KNOWN, seen: SEEN, steady: STEADY, watched: WATCHED } = STATUS;
const SEEN_BOTH = SEEN | (SEEN << 1);
const STEADY_BOTH = STEADY | (STEADY << 1);
const WATCHED_BOTH = WATCHED | (WATCHED << 1);
const FRAGMENT = FLAG.firstFragment | FLAG.laterFragment;
const REASSEMBLED = FLAG.reassembled;
const SCTP_HANDSHAKE = FLAG.sctpInit | FLAG.sctpInitAck;
const BY_MASK = INITIATOR_BY_MASK;
const BY_SYN = BY.syn << INITIATOR_BY_SHIFT;
const STATE_MASK = TCP_STATE_MASK;
const SYN_ONLY = TCP_STATE.synOnly << TCP_STATE_SHIFT;
const ENOUGH_ONE_WAY = ONE_WAY_PACKETS;
const TCP = 6;
/** A flow with this many packets, or this old, is announced though its dissectors are still at work. */
const OPEN_PACKETS = 8;
const OPEN_MICROS = 1e6;
const CLOSED_BY_NOTHING = 0;

/** Transports whose payload a reader is offered: until it was, a flow of theirs is not settled. */
const HAS_PAYLOAD = new Uint8Array(256);
HAS_PAYLOAD.fill(1, 6, 7).fill(1, 17, 18).fill(1, 132, 133);
/** Transports of which every packet is looked at: ICMP, for the types. */
const IS_RESTLESS = new Uint8Array(256);
IS_RESTLESS.fill(1, 1, 2).fill(1, 58, 59);

/**
 * What a packet means to its flow beyond being counted: directions, handshakes, states, payload, early reports. Packets
 * of a flow that is steady do not come here.
 */
export interface Notice {
  /** Takes note of the packet at hand, which has been counted already. `bytes` is what its row points into. */
  packet(slot: number, row: number, bytes: Buffer): void;
  /** Announces a flow that has two directions and has waited long enough. */
  openIfWaiting(slot: number, micros: number): void;
}

export function createNotice(
  store: FlowStore,
  { rows }: DecodedBatch,
  halfOpen: HalfOpenList,
  feed: PayloadFeed,
  reader: PayloadReader,
  reporter: FlowReporter,
  streams: StreamWatch,
  isEarly: boolean,
): Notice {
  const { hot, cold, coldDoubles, now } = store;

  function packet(slot: number, row: number, bytes: Buffer): void {
    const at = slot * HOT_WORDS + STATUS_AT;
    const bits = rows[row + flags];
    const transport = rows[row + tags] >>> 24;
    const side = (bits & FROM_GREATER) !== 0 ? 1 : 0;
    hot[at] |= SEEN << side;
    if (transport === TCP) {
      hot[at] = afterSegment(hot[at], bits, side);
      if ((bits & SYN) !== 0) synchronize(slot, side, bits, rows[row + sequence]);
      if (isSampled(slot)) streams.segment(slot, side, row, bytes);
    } else if ((bits & SCTP_HANDSHAKE) !== 0) believe(slot, side, handshakeSays(bits));
    else if ((bits & ICMP) !== 0) noteIcmp(slot, rows[row + sequence] + 1);
    if ((hot[at] & HALF_OPEN) !== 0 && isAnswered(slot, transport)) halfOpen.remove(slot);
    const isWhole = (bits & FRAGMENT) === 0 || (bits & REASSEMBLED) !== 0;
    const hasPayload = isWhole && rows[row + payloadEnd] - rows[row + payloadStart] + rows[row + missing] > 0;
    if (hasPayload && isWanted(at, side) && feed.offer(slot, rows, row, bytes)) learn(slot);
    else if (isEarly && (hot[at] & OPENED) === 0) openIfDue(slot);
    settle(slot, transport);
  }

  function isWanted(at: number, side: number): boolean {
    return (hot[at] & BEGUN) === 0 || (hot[at] & (WATCHED << side)) !== 0;
  }

  function openIfWaiting(slot: number, micros: number): void {
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    if ((status & OPENED) === 0 && (status & SEEN_BOTH) === SEEN_BOTH) open(slot, micros);
  }

  function synchronize(slot: number, side: number, bits: number, number: number): void {
    const at = slot * HOT_WORDS + STATUS_AT;
    const c = slot * COLD_WORDS;
    const handshake = (c >> 1) + HANDSHAKE;
    believe(slot, side, handshakeSays(bits));
    // Answered more than once: as long as nobody has read of the flow, the later word on where its stream begins counts.
    if ((hot[at] & (STREAM_KNOWN << side)) === 0 || ((bits & ACK) !== 0 && (hot[at] & BEGUN) === 0)) {
      hot[at] |= STREAM_KNOWN << side;
      cold[c + STREAM_START + side] = (number + 1) | 0;
    }
    if ((bits & ACK) === 0) {
      if ((hot[at] & SYN_SEEN) === 0) {
        hot[at] |= SYN_SEEN | AWAITS_SYN_ACK;
        cold[c + SYN_SEQUENCE] = number;
        coldDoubles[handshake] = now[0];
        // Which of two SYNs an answer belongs to cannot be known (RFC 6298 §3): then there is no round-trip time.
      } else hot[at] &= ~AWAITS_SYN_ACK;
    } else if ((hot[at] & AWAITS_SYN_ACK) !== 0) {
      hot[at] &= ~AWAITS_SYN_ACK;
      const rtt = now[0] - coldDoubles[handshake];
      if (rtt < 0) return;
      hot[at] |= HAS_RTT;
      coldDoubles[handshake] = rtt;
    }
  }

  /** What a handshake says of the initiator outranks all else; a flow is turned once. */
  function believe(slot: number, side: number, said: number): void {
    const at = slot * HOT_WORDS + STATUS_AT;
    const status = hot[at];
    if (said === 0 || (status & BY_MASK) === BY_SYN) return;
    const wanted = said > 0 ? side : side ^ 1;
    if (wanted !== ((status & FLIPPED) !== 0 ? 1 : 0)) {
      if ((status & TURNED) !== 0) return;
      hot[at] ^= FLIPPED | TURNED;
      if ((status & BEGUN) !== 0) reader.turned(slot);
    }
    hot[at] = (hot[at] & ~BY_MASK) | BY_SYN;
  }

  function noteIcmp(slot: number, message: number): void {
    const base = slot * COLD_WORDS + ICMP_AT;
    for (let n = 0; n < 4; n += 1) {
      if (cold[base + n] === message) return;
      if (cold[base + n] === 0) {
        cold[base + n] = message;
        return;
      }
    }
  }

  function isAnswered(slot: number, transport: number): boolean {
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    if (transport === TCP && (status & STATE_MASK) === SYN_ONLY) return false;
    return (status & SEEN_BOTH) === SEEN_BOTH || packetsOf(slot) >= ENOUGH_ONE_WAY;
  }

  function packetsOf(slot: number): number {
    const at = slot * HOT_WORDS + PACKETS;
    return (hot[at] >>> 0) + (hot[at + 1] >>> 0);
  }

  function openIfDue(slot: number): void {
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    const isSettled = (status & BEGUN) !== 0 && (status & WATCHED_BOTH) === 0;
    const age = now[0] - coldDoubles[slot * (COLD_WORDS / 2) + START];
    const isEstablished = (status & SEEN_BOTH) === SEEN_BOTH;
    if ((isEstablished && (isSettled || age >= OPEN_MICROS)) || packetsOf(slot) >= OPEN_PACKETS) open(slot, now[0]);
  }

  function open(slot: number, micros: number): void {
    hot[slot * HOT_WORDS + STATUS_AT] |= OPENED;
    reporter.report(slot, KIND.opened, CLOSED_BY_NOTHING, micros);
  }

  function learn(slot: number): void {
    if (isEarly && (hot[slot * HOT_WORDS + STATUS_AT] & OPENED) === 0) open(slot, now[0]);
    else reporter.report(slot, KIND.learned, CLOSED_BY_NOTHING, now[0]);
  }

  /** Works out which packets need only be counted from now on. */
  function settle(slot: number, transport: number): void {
    const at = slot * HOT_WORDS + STATUS_AT;
    const status = hot[at] & ~STEADY_BOTH;
    const isSettled =
      (status & HALF_OPEN) === 0 &&
      !(isEarly && (status & OPENED) === 0) &&
      ((status & BEGUN) !== 0 || HAS_PAYLOAD[transport] === 0) &&
      !(transport === TCP && ((status & STATE_MASK) === SYN_ONLY || isSampled(slot))) &&
      IS_RESTLESS[transport] === 0;
    // Of each side that was seen and is not watched: three pairs of bits, moved to the place of the second.
    hot[at] = isSettled ? status | (((status & SEEN_BOTH) << 2) & ~((status & WATCHED_BOTH) >> 2)) : status;
  }

  return { packet, openIfWaiting };
}
