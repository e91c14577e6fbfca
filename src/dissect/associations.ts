import { PayloadSlice, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Association, FlowReading } from "./flow-reading.ts";
import type { Readings } from "./readings.ts";
import type { Segments } from "./segments.ts";

const DATA = 0;
const CHUNK_HEADER_BYTES = 4;
const DATA_HEADER_BYTES = 16;
const BEGINS = 2;
/** Chunks of one packet that are looked at, the most that chunks of a telephone's signalling come together by far. */
const MOST_CHUNKS = 32;
/** What is kept of an association, bytes. */
const ASSOCIATION_BYTES = 512;

/**
 * Reads SCTP (RFC 9260): the user data of DATA chunks (§3.3.1), in order of their transmission numbers, as one stream a
 * direction, whatever streams of SCTP it is spread over: the pieces of a message follow each other (§6.9), and so do the
 * messages of a protocol that takes SCTP for TCP. A message that was sent again is passed over; one that is missing is a hole.
 * Interleaved pieces (I-DATA, RFC 8260) are not read.
 */
export class Associations {
  private readonly readings: Readings;
  private readonly segments: Segments;
  /** The chunk at hand, as a segment of its direction's stream. */
  private readonly chunk = new PayloadSlice();

  constructor(readings: Readings, segments: Segments) {
    this.readings = readings;
    this.segments = segments;
  }

  /** Watch bits from now on, as `PayloadReader.read`. The payload is the chunks of one packet. */
  read(payload: PayloadSlice, known: FlowReading | undefined): number {
    const { readings, segments, chunk } = this;
    const { slot, bytes, end, missing, isFromInitiator } = payload;
    const mine = isFromInitiator ? WATCH_INITIATOR : WATCH_RESPONDER;
    chunk.slot = slot;
    chunk.transport = payload.transport;
    chunk.bytes = bytes;
    chunk.isFromInitiator = isFromInitiator;
    let watch = segments.watchOf(slot, known);
    let chunks = 0;
    for (let at = payload.start; at + CHUNK_HEADER_BYTES <= end && (watch & mine) !== 0; chunks += 1) {
      const length = bytes.readUInt16BE(at + 2);
      if (length < CHUNK_HEADER_BYTES || at + length > end + missing) break;
      if (chunks === MOST_CHUNKS) {
        readings.losses.add("dissect_limit");
        break;
      }
      if (bytes[at] === DATA && length > DATA_HEADER_BYTES && at + DATA_HEADER_BYTES <= end) {
        chunk.start = at + DATA_HEADER_BYTES;
        chunk.end = Math.min(end, at + length);
        chunk.missing = at + length - chunk.end;
        readings.stream.payloadProtocol = bytes.readUInt32BE(at + 12);
        watch = this.data(bytes.readInt32BE(at + 4), (bytes[at + 1] & BEGINS) !== 0, watch);
      }
      at += (length + 3) & ~3;
    }
    return readings.withWishes(watch);
  }

  /** Reads the chunk, of transmission number `tsn`, where it goes on from what was read. */
  private data(tsn: number, begins: boolean, watch: number): number {
    const { readings, segments, chunk } = this;
    const { slot } = chunk;
    const length = chunk.end - chunk.start + chunk.missing;
    let flow = readings.flows[slot];
    const side = chunk.isFromInitiator !== (flow?.isTurned ?? false) ? 0 : 1;
    let association = flow?.association;
    if (association === undefined || Number.isNaN(association.position[side])) {
      // What was not seen from the beginning of a message says nothing.
      if (!begins) return watch;
      chunk.streamOffset = 0;
    } else {
      const ahead = (tsn - association.next[side]) | 0;
      if (ahead < 0) return watch;
      chunk.streamOffset = association.position[side];
      if (ahead > 0) this.hole(flow!, association, side);
    }
    const bits = segments.take(chunk, flow);
    flow = readings.flows[slot];
    // Nobody reads it, or nobody did yet.
    if (flow?.directions === undefined) return bits;
    association = flow.association ??= this.begun(slot);
    association.next[side] = (tsn + 1) | 0;
    association.position[side] = chunk.streamOffset + length;
    return bits;
  }

  /** Of how many bytes there is no telling: one stands for them, which nobody captured. */
  private hole(flow: FlowReading, association: Association, side: 0 | 1): void {
    const { readings, segments, chunk } = this;
    flow.gaps += 1;
    readings.losses.add("gap");
    segments.miss(flow, side, chunk.streamOffset);
    chunk.streamOffset = association.position[side] += 1;
  }

  private begun(slot: number): Association {
    this.readings.budget.take(slot, ASSOCIATION_BYTES);
    return { next: new Int32Array(2), position: new Float64Array(2).fill(Number.NaN) };
  }
}
