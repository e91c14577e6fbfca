import { LOSS_INDEX } from "../model/loss.ts";
import { type PayloadReader, PayloadSlice, REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import { FLAG, ROW } from "../model/row.ts";
import type { Losses } from "../obs/losses.ts";
import { BY, COLD, COLD_WORDS, HOT, HOT_WORDS, INITIATOR_BY_MASK, INITIATOR_BY_SHIFT, STATUS } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const TCP = 6;
const WATCHED_BOTH = STATUS.watched | (STATUS.watched << 1);
/** A segment that begins this far or less before what was taken for the stream's start came out of order, or is a keep-alive. */
const BEFORE_START = -(1 << 20);

/** Gives the payload of flows under watch to the reader, and keeps what the reader wants to see next. */
export class PayloadFeed {
  private readonly store: FlowStore;
  private readonly reader: PayloadReader;
  private readonly losses: Losses;
  private readonly slice = new PayloadSlice();

  constructor(store: FlowStore, reader: PayloadReader, losses: Losses) {
    this.store = store;
    this.reader = reader;
    this.losses = losses;
  }

  /** Offers the payload of a row, which has some. Returns whether the reader wants the flow reported now. */
  offer(slot: number, rows: Int32Array, row: number, bytes: Buffer): boolean {
    const { hot, cold } = this.store;
    const at = slot * HOT_WORDS + HOT.status;
    const transport = rows[row + ROW.tags] >>> 24;
    const flags = rows[row + ROW.flags];
    const side = (flags & FLAG.fromGreater) !== 0 ? 1 : 0;
    if ((hot[at] & STATUS.begun) === 0) {
      hot[at] |= STATUS.begun;
      this.watch(at, this.reader.begin(transport));
    }
    if ((hot[at] & (STATUS.watched << side)) === 0) return false;
    const slice = this.slice;
    slice.start = rows[row + ROW.payloadStart];
    slice.end = rows[row + ROW.payloadEnd];
    slice.missing = rows[row + ROW.missing];
    slice.streamOffset = 0;
    if (transport === TCP && !this.place(slot, side, rows[row + ROW.sequence] + (flags & FLAG.syn ? 1 : 0))) return false;
    if (slice.missing > 0) {
      cold[slot * COLD_WORDS + COLD.lostSnaplen] += 1;
      this.losses.counts[LOSS_INDEX.snaplen] += 1;
    }
    const initiator = (hot[at] & STATUS.flipped) !== 0 ? 1 : 0;
    const ports = hot[slot * HOT_WORDS + HOT.ports];
    slice.slot = slot;
    slice.transport = transport;
    slice.initiatorPort = initiator === 0 ? ports >>> 16 : ports & 0xffff;
    slice.responderPort = initiator === 0 ? ports & 0xffff : ports >>> 16;
    slice.isFromInitiator = side === initiator;
    slice.bytes = bytes;
    slice.timeMicros = this.store.now[0];
    const wants = this.reader.read(slice);
    if ((wants & TURN) !== 0 && this.turn(slot)) {
      // Whichever orientation the bits were meant in: watch both sides, the next answer says which.
      this.watch(at, (wants & (WATCH_INITIATOR | WATCH_RESPONDER)) === 0 ? 0 : WATCH_INITIATOR | WATCH_RESPONDER);
    } else this.watch(at, wants);
    return (wants & REPORT) !== 0;
  }

  /** Turns a flow on a dissector's word: once, and never against the handshake. */
  private turn(slot: number): boolean {
    const hot = this.store.hot;
    const at = slot * HOT_WORDS + HOT.status;
    const status = hot[at];
    if ((status & STATUS.turned) !== 0 || (status & INITIATOR_BY_MASK) >> INITIATOR_BY_SHIFT === BY.syn) return false;
    hot[at] = ((status ^ STATUS.flipped) & ~INITIATOR_BY_MASK) | STATUS.turned | (BY.dissector << INITIATOR_BY_SHIFT);
    this.reader.turned(slot);
    return true;
  }

  /** Finds where a TCP segment lies in its stream; false when all of it lies before the start. */
  private place(slot: number, side: number, sequence: number): boolean {
    const { hot, cold } = this.store;
    const slice = this.slice;
    const startAt = slot * COLD_WORDS + COLD.streamStart + side;
    const known = STATUS.streamKnown << side;
    if ((hot[slot * HOT_WORDS + HOT.status] & known) === 0) {
      hot[slot * HOT_WORDS + HOT.status] |= known;
      cold[startAt] = sequence;
    }
    const offset = (sequence - cold[startAt]) | 0;
    if (offset >= 0 || offset < BEFORE_START) {
      slice.streamOffset = offset >>> 0;
      return true;
    }
    slice.streamOffset = 0;
    slice.start -= offset;
    if (slice.start > slice.end) {
      slice.missing -= slice.start - slice.end;
      slice.start = slice.end;
    }
    return slice.start < slice.end || slice.missing > 0;
  }

  private watch(at: number, wants: number): void {
    const hot = this.store.hot;
    const initiator = (hot[at] & STATUS.flipped) !== 0 ? 1 : 0;
    let status = hot[at] & ~WATCHED_BOTH;
    if ((wants & WATCH_INITIATOR) !== 0) status |= STATUS.watched << initiator;
    if ((wants & WATCH_RESPONDER) !== 0) status |= STATUS.watched << (initiator ^ 1);
    hot[at] = status;
  }
}
