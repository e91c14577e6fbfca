import { KIND } from "../model/flow.ts";
import type { PayloadReader } from "../model/payload.ts";
import { FLAG, ROW } from "../model/row.ts";
import { type HalfOpenList, ONE_WAY_PACKETS } from "./half-open.ts";
import { handshakeSays } from "./initiator.ts";
import {
  BY,
  COLD,
  COLD_D,
  COLD_WORDS,
  HOT,
  HOT_WORDS,
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
import { afterSegment } from "./tcp.ts";

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const FRAGMENT = FLAG.firstFragment | FLAG.laterFragment;
const SCTP_HANDSHAKE = FLAG.sctpInit | FLAG.sctpInitAck;
const SEEN_BOTH = STATUS.seen | (STATUS.seen << 1);
const STEADY_BOTH = STATUS.steady | (STATUS.steady << 1);
const WATCHED_BOTH = STATUS.watched | (STATUS.watched << 1);
/** A flow with this many packets, or this old, is announced though its dissectors are still at work. */
const OPEN_PACKETS = 8;
const OPEN_MICROS = 1e6;
const CLOSED_BY_NOTHING = 0;

/**
 * What a packet means to its flow beyond being counted: directions, handshakes, states, payload, early reports. Packets
 * of a flow that is steady do not come here.
 */
export interface Notice {
  /** Takes note of a packet that has been counted already. */
  packet(slot: number, rows: Int32Array, row: number, bytes: Buffer, micros: number): void;
  /** Announces a flow that has two directions and has waited long enough. */
  openIfWaiting(slot: number, micros: number): void;
}

export function createNotice(
  store: FlowStore,
  halfOpen: HalfOpenList,
  feed: PayloadFeed,
  reader: PayloadReader,
  reporter: FlowReporter,
  isEarly: boolean,
): Notice {
  const { hot, cold, coldDoubles } = store;

  function packet(slot: number, rows: Int32Array, row: number, bytes: Buffer, micros: number): void {
    const at = slot * HOT_WORDS + HOT.status;
    const flags = rows[row + ROW.flags];
    const transport = rows[row + ROW.tags] >>> 24;
    const side = (flags & FLAG.fromGreater) !== 0 ? 1 : 0;
    hot[at] |= STATUS.seen << side;
    if (transport === TCP) {
      hot[at] = afterSegment(hot[at], flags, side);
      if ((flags & FLAG.syn) !== 0) synchronize(slot, side, flags, rows[row + ROW.sequence], micros);
    } else if ((flags & SCTP_HANDSHAKE) !== 0) believe(slot, side, handshakeSays(flags));
    else if ((flags & FLAG.icmp) !== 0) noteIcmp(slot, rows[row + ROW.sequence] + 1);
    if ((hot[at] & STATUS.halfOpen) !== 0 && isAnswered(slot, transport)) halfOpen.remove(slot);
    const hasPayload = (flags & FRAGMENT) === 0 && rows[row + ROW.payloadEnd] - rows[row + ROW.payloadStart] + rows[row + ROW.missing] > 0;
    if (hasPayload && feed.offer(slot, rows, row, bytes, micros)) learn(slot, micros);
    else if (isEarly && (hot[at] & STATUS.opened) === 0) openIfDue(slot, micros);
    settle(at, transport);
  }

  function openIfWaiting(slot: number, micros: number): void {
    const status = hot[slot * HOT_WORDS + HOT.status];
    if ((status & STATUS.opened) === 0 && (status & SEEN_BOTH) === SEEN_BOTH) open(slot, micros);
  }

  function synchronize(slot: number, side: number, flags: number, sequence: number, micros: number): void {
    const at = slot * HOT_WORDS + HOT.status;
    const c = slot * COLD_WORDS;
    const handshake = slot * (COLD_WORDS / 2) + COLD_D.handshake;
    believe(slot, side, handshakeSays(flags));
    if ((hot[at] & (STATUS.streamKnown << side)) === 0) {
      hot[at] |= STATUS.streamKnown << side;
      cold[c + COLD.streamStart + side] = (sequence + 1) | 0;
    }
    if ((flags & FLAG.ack) === 0) {
      if ((hot[at] & STATUS.synSeen) === 0) {
        hot[at] |= STATUS.synSeen | STATUS.awaitsSynAck;
        cold[c + COLD.synSequence] = sequence;
        coldDoubles[handshake] = micros;
        // Which of two SYNs an answer belongs to cannot be known (RFC 6298 §3): then there is no round-trip time.
      } else hot[at] &= ~STATUS.awaitsSynAck;
    } else if ((hot[at] & STATUS.awaitsSynAck) !== 0) {
      hot[at] &= ~STATUS.awaitsSynAck;
      const rtt = micros - coldDoubles[handshake];
      if (rtt < 0) return;
      hot[at] |= STATUS.hasRtt;
      coldDoubles[handshake] = rtt;
    }
  }

  /** What a handshake says of the initiator outranks all else; a flow is turned once. */
  function believe(slot: number, side: number, said: number): void {
    const at = slot * HOT_WORDS + HOT.status;
    const status = hot[at];
    if (said === 0 || (status & INITIATOR_BY_MASK) >> INITIATOR_BY_SHIFT === BY.syn) return;
    const wanted = said > 0 ? side : side ^ 1;
    if (wanted !== ((status & STATUS.flipped) !== 0 ? 1 : 0)) {
      if ((status & STATUS.turned) !== 0) return;
      hot[at] ^= STATUS.flipped | STATUS.turned;
      if ((status & STATUS.begun) !== 0) reader.turned(slot);
    }
    hot[at] = (hot[at] & ~INITIATOR_BY_MASK) | (BY.syn << INITIATOR_BY_SHIFT);
  }

  function noteIcmp(slot: number, message: number): void {
    const base = slot * COLD_WORDS + COLD.icmp;
    for (let n = 0; n < 4; n += 1) {
      if (cold[base + n] === message) return;
      if (cold[base + n] === 0) {
        cold[base + n] = message;
        return;
      }
    }
  }

  function isAnswered(slot: number, transport: number): boolean {
    const status = hot[slot * HOT_WORDS + HOT.status];
    if (transport === TCP && (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT === TCP_STATE.synOnly) return false;
    return (status & SEEN_BOTH) === SEEN_BOTH || packetsOf(slot) >= ONE_WAY_PACKETS;
  }

  function packetsOf(slot: number): number {
    return (hot[slot * HOT_WORDS + HOT.packets] >>> 0) + (hot[slot * HOT_WORDS + HOT.packets + 1] >>> 0);
  }

  function openIfDue(slot: number, micros: number): void {
    const status = hot[slot * HOT_WORDS + HOT.status];
    const isSettled = (status & STATUS.begun) !== 0 && (status & WATCHED_BOTH) === 0;
    const start = coldDoubles[slot * (COLD_WORDS / 2) + COLD_D.start];
    const isEstablished = (status & SEEN_BOTH) === SEEN_BOTH;
    if ((isEstablished && (isSettled || micros - start >= OPEN_MICROS)) || packetsOf(slot) >= OPEN_PACKETS) open(slot, micros);
  }

  function open(slot: number, micros: number): void {
    hot[slot * HOT_WORDS + HOT.status] |= STATUS.opened;
    reporter.report(slot, KIND.opened, CLOSED_BY_NOTHING, micros);
  }

  function learn(slot: number, micros: number): void {
    if (isEarly && (hot[slot * HOT_WORDS + HOT.status] & STATUS.opened) === 0) open(slot, micros);
    else reporter.report(slot, KIND.learned, CLOSED_BY_NOTHING, micros);
  }

  /** Works out which packets need only be counted from now on. */
  function settle(at: number, transport: number): void {
    const status = hot[at] & ~STEADY_BOTH;
    const state = (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT;
    let steady = 0;
    if (
      (status & STATUS.halfOpen) === 0 &&
      transport !== 1 &&
      transport !== 58 &&
      !(transport === TCP && state === TCP_STATE.synOnly) &&
      !(isEarly && (status & STATUS.opened) === 0) &&
      ((status & STATUS.begun) !== 0 || (transport !== TCP && transport !== UDP && transport !== SCTP))
    ) {
      const seen = (status & SEEN_BOTH) / STATUS.seen;
      const watched = (status & WATCHED_BOTH) / STATUS.watched;
      steady = (seen & ~watched) * STATUS.steady;
    }
    hot[at] = status | steady;
  }

  return { packet, openIfWaiting };
}
