import { LOSS_INDEX } from "../model/loss.ts";
import { type PayloadReader, PayloadSlice, REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import { type DecodedBatch, FLAG, ROW } from "../model/row.ts";
import type { Losses } from "../obs/losses.ts";
import { BY, COLD, COLD_WORDS, HOT, HOT_WORDS, INITIATOR_BY_MASK, INITIATOR_BY_SHIFT, STATUS } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const TCP = 6;
// The compiler takes constants of this module for what they are, but not those it imports.
const { source: SOURCE, destination: DESTINATION } = ROW;
const { tags: TAGS, flags: FLAGS, payloadStart: PAYLOAD_START, payloadEnd: PAYLOAD_END, missing: MISSING, sequence: SEQUENCE } = ROW;
const { status: STATUS_AT, ports: PORTS } = HOT;
const { lostSnaplen: LOST_SNAPLEN, streamStart: STREAM_START } = COLD;
const { begun: BEGUN, watched: WATCHED, flipped: FLIPPED, turned: TURNED, streamKnown: STREAM_KNOWN } = STATUS;
const { fromGreater: FROM_GREATER, syn: SYN, reassembled: REASSEMBLED } = FLAG;
const { snaplen: SNAPLEN } = LOSS_INDEX;
const { syn: BY_SYN, dissector: BY_DISSECTOR } = BY;
const HOT_RECORD = HOT_WORDS;
const COLD_RECORD = COLD_WORDS;
const BY_MASK = INITIATOR_BY_MASK;
const BY_SHIFT = INITIATOR_BY_SHIFT;
const WANTS_TURN = TURN;
const WANTS_REPORT = REPORT;
const EITHER_SIDE = WATCH_INITIATOR | WATCH_RESPONDER;
const WATCHED_BOTH = WATCHED | (WATCHED << 1);
/** The rows' ends stand in order: an odd factor keeps their sum from being that of any other two neighbours. */
const PAIRING = 0x9e3779b1;
/** A segment that begins this far or less before what was taken for the stream's start came out of order, or is a keep-alive. */
const BEFORE_START = -(1 << 20);

/** Gives the payload of flows under watch to the reader, and keeps what the reader wants to see next. */
export class PayloadFeed {
  private readonly store: FlowStore;
  private readonly reader: PayloadReader;
  private readonly losses: Losses;
  private readonly batch: DecodedBatch;
  private readonly slice = new PayloadSlice();

  constructor(store: FlowStore, reader: PayloadReader, losses: Losses, batch: DecodedBatch) {
    this.batch = batch;
    this.store = store;
    this.reader = reader;
    this.losses = losses;
  }

  /** Offers the payload of a row, which has some. Returns whether the reader wants the flow reported now. */
  offer(slot: number, rows: Int32Array, row: number, bytes: Buffer): boolean {
    const { hot, cold } = this.store;
    const at = slot * HOT_RECORD + STATUS_AT;
    const transport = rows[row + TAGS] >>> 24;
    const flags = rows[row + FLAGS];
    const side = (flags & FROM_GREATER) !== 0 ? 1 : 0;
    if ((hot[at] & BEGUN) === 0) {
      hot[at] |= BEGUN;
      this.watch(at, this.reader.begin(transport));
    }
    if ((hot[at] & (WATCHED << side)) === 0) return false;
    const slice = this.slice;
    slice.start = rows[row + PAYLOAD_START];
    slice.end = rows[row + PAYLOAD_END];
    slice.missing = rows[row + MISSING];
    slice.streamOffset = 0;
    if (transport === TCP && !this.place(slot, side, rows[row + SEQUENCE] + (flags & SYN ? 1 : 0))) return false;
    if (slice.missing > 0) {
      cold[slot * COLD_RECORD + LOST_SNAPLEN] += 1;
      this.losses.counts[SNAPLEN] += 1;
    }
    const initiator = (hot[at] & FLIPPED) !== 0 ? 1 : 0;
    const ports = hot[slot * HOT_RECORD + PORTS];
    slice.slot = slot;
    slice.transport = transport;
    slice.initiatorPort = initiator === 0 ? ports >>> 16 : ports & 0xffff;
    slice.responderPort = initiator === 0 ? ports & 0xffff : ports >>> 16;
    slice.isFromInitiator = side === initiator;
    slice.bytes = (flags & REASSEMBLED) === 0 ? bytes : this.batch.datagrams;
    slice.timeMicros = this.store.now[0];
    slice.peers = Math.imul(rows[row + SOURCE], PAIRING) ^ rows[row + DESTINATION];
    const wants = this.reader.read(slice);
    if ((wants & WANTS_TURN) !== 0 && this.turn(slot)) {
      // Whichever orientation the bits were meant in: watch both sides, the next answer says which.
      this.watch(at, (wants & EITHER_SIDE) === 0 ? 0 : EITHER_SIDE);
    } else this.watch(at, wants);
    return (wants & WANTS_REPORT) !== 0;
  }

  /** Turns a flow on a dissector's word: once, and never against the handshake. */
  private turn(slot: number): boolean {
    const hot = this.store.hot;
    const at = slot * HOT_RECORD + STATUS_AT;
    const status = hot[at];
    if ((status & TURNED) !== 0 || (status & BY_MASK) >> BY_SHIFT === BY_SYN) return false;
    hot[at] = ((status ^ FLIPPED) & ~BY_MASK) | TURNED | (BY_DISSECTOR << BY_SHIFT);
    this.reader.turned(slot);
    return true;
  }

  /** Finds where a TCP segment lies in its stream; false when all of it lies before the start. */
  private place(slot: number, side: number, sequence: number): boolean {
    const { hot, cold } = this.store;
    const slice = this.slice;
    const startAt = slot * COLD_RECORD + STREAM_START + side;
    const known = STREAM_KNOWN << side;
    if ((hot[slot * HOT_RECORD + STATUS_AT] & known) === 0) {
      hot[slot * HOT_RECORD + STATUS_AT] |= known;
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
    const initiator = (hot[at] & FLIPPED) !== 0 ? 1 : 0;
    let status = hot[at] & ~WATCHED_BOTH;
    if ((wants & WATCH_INITIATOR) !== 0) status |= WATCHED << initiator;
    if ((wants & WATCH_RESPONDER) !== 0) status |= WATCHED << (initiator ^ 1);
    hot[at] = status;
  }
}
