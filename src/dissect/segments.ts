import { type PayloadSlice, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Candidates } from "./candidates.ts";
import { couldBeText } from "./clear-text.ts";
import type { Dissector } from "./dissector.ts";
import { FlowReading } from "./flow-reading.ts";
import { type Readings, SETTLED } from "./readings.ts";
import type { Stream } from "./stream.ts";
import { Direction, StreamPrefixes } from "./stream-prefix.ts";
import { found, needMore, notMine, passOn } from "./verdict.ts";

const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;
const NOTHING = Buffer.alloc(0);
const TCP = 6;
/** Protocols inside protocols that are followed, a direction. */
const MAX_LAYERS = 4;

/** Reads streams: puts each direction in order as far as somebody reads it, and finds who reads what it passes on to. */
export class Segments {
  readonly prefixes: StreamPrefixes;
  private readonly readings: Readings;
  private readonly ofTcp: Candidates;
  private readonly ofSctp: Candidates;
  /** Who may be asked about what is being fed. */
  private candidates: Candidates;
  /** Who recognised the stream in the payload that is about to be fed: not to be asked twice. */
  private opener: Dissector | undefined = undefined;

  /** Most bytes kept of one direction, and of all. */
  constructor(readings: Readings, ofTcp: Candidates, ofSctp: Candidates, limitBytes: number, totalBytes: number) {
    this.readings = readings;
    this.ofTcp = ofTcp;
    this.ofSctp = ofSctp;
    this.candidates = ofTcp;
    readings.stream.askOthers = (but) => readings.recogniseBut(this.candidates, but);
    this.prefixes = new StreamPrefixes({ limitBytes, totalBytes }, readings.losses, (direction, bytes, start, end, isCut) =>
      this.present(direction, bytes, start, end, isCut),
    );
  }

  /** Watch bits from now on, as `PayloadReader.read`. */
  read(payload: PayloadSlice, known: FlowReading | undefined): number {
    return this.readings.withWishes(this.take(payload, known));
  }

  /** The same without what the readers wish beside it. */
  take(payload: PayloadSlice, known: FlowReading | undefined): number {
    const { readings } = this;
    const { stream, unknown } = readings;
    this.candidates = payload.transport === TCP ? this.ofTcp : this.ofSctp;
    let flow = known;
    if (!flow) {
      const { slot, bytes, start, end } = payload;
      if (unknown[slot] === SETTLED) return 0;
      if (isPadding(payload)) return WATCH_BOTH & ~this.doneBits(slot);
      readings.show(bytes, start, end, payload.missing > 0);
      if (payload.streamOffset === 0 && start < end) {
        this.opener = readings.recognise(this.candidates);
        if (this.opener === undefined && (readings.remaining === 0 || stream.isCut) && !isText(stream)) {
          readings.unrecognised += 1;
          unknown[slot] |= payload.isFromInitiator ? 15 : 240;
          return WATCH_BOTH & ~this.doneBits(slot);
        }
      }
      flow = new FlowReading();
      flow.directions = [new Direction(flow, 0), new Direction(flow, 1)];
      flow.directions[0].isDone = (unknown[slot] & 15) !== 0;
      flow.directions[1].isDone = (unknown[slot] & 240) !== 0;
      readings.open(slot, flow);
    }
    const directions = flow.directions;
    // Settled, and kept for the gaps in it.
    if (!directions) return 0;
    const side = payload.isFromInitiator !== flow.isTurned ? 0 : 1;
    if (directions[side].candidates === -1 && directions[side].outer === undefined && isPadding(payload)) return this.watchBits(flow);
    stream.side = side;
    stream.flow = flow;
    flow.unsettledPackets += 1;
    this.prefixes.feed(directions[side], payload.bytes, payload.start, payload.end, payload.missing, payload.streamOffset);
    this.opener = undefined;
    if (flow.layer) {
      readings.recognised += flow.unsettledPackets;
      flow.unsettledPackets = 0;
    }
    const watch = this.watchBits(flow);
    if (watch === 0) this.settle(payload.slot, flow);
    return watch;
  }

  /** Watch bits of a flow about which nothing new is known. */
  watchOf(slot: number, flow: FlowReading | undefined): number {
    return flow ? this.watchBits(flow) : WATCH_BOTH & ~this.doneBits(slot);
  }

  /** SCTP: the next byte of a direction is missing. */
  miss(flow: FlowReading, side: 0 | 1, offset: number): void {
    const { stream } = this.readings;
    const direction = flow.directions?.[side];
    if (direction === undefined) return;
    this.candidates = this.ofSctp;
    stream.side = side;
    stream.flow = flow;
    this.prefixes.feed(direction, NOTHING, 0, 0, 1, offset);
  }

  /** Shows a last time what was kept for want of more: there will be none. */
  finish(flow: FlowReading): void {
    const { stream } = this.readings;
    this.candidates = flow.association === undefined ? this.ofTcp : this.ofSctp;
    for (const direction of flow.directions ?? []) {
      const { buffer, layer, outer, side } = direction;
      if (direction.isDone || buffer === undefined) continue;
      stream.side = side;
      stream.isFromInitiator = (side === 0) !== flow.isTurned;
      if (layer !== undefined) this.present(direction, buffer, 0, direction.length, true);
      else if ((outer ? outer.inner : flow.layer) === undefined) {
        // Half of what a protocol begins with makes none, but may be text.
        this.readings.show(buffer, 0, direction.length, true);
        this.giveUp(direction);
        if (direction.isText) this.passText(direction);
      }
      direction.isDone = true;
    }
  }

  gapsOf({ gaps, directions }: FlowReading): number {
    return directions ? gaps + (directions[0].held?.length ?? 0) + (directions[1].held?.length ?? 0) : gaps;
  }

  forget(flow: FlowReading): void {
    for (const direction of flow.directions ?? []) {
      if (direction.held) this.readings.losses.add("gap", direction.held.length);
      this.prefixes.release(direction);
      direction.isDone = true;
    }
    this.readings.unrecognised += flow.unsettledPackets;
  }

  /** Reads the flow no more, for want of room. */
  abandon(slot: number, flow: FlowReading): void {
    for (const direction of flow.directions ?? []) {
      const held = direction.held?.length ?? 0;
      flow.gaps += held;
      this.readings.losses.add("gap", held);
    }
    this.settle(slot, flow);
  }

  private watchBits({ directions, isTurned }: FlowReading): number {
    if (!directions) return 0;
    const [initiator, responder] = isTurned ? [directions[1], directions[0]] : directions;
    return (initiator.isDone ? 0 : WATCH_INITIATOR) | (responder.isDone ? 0 : WATCH_RESPONDER);
  }

  /** Directions of an unrecognised stream that nobody looks at any more. */
  private doneBits(slot: number): number {
    const { unknown } = this.readings;
    return (unknown[slot] & 15 ? WATCH_INITIATOR : 0) | (unknown[slot] & 240 ? WATCH_RESPONDER : 0);
  }

  /** Keeps what was learned, lets go of the rest. */
  private settle(slot: number, flow: FlowReading): void {
    const { readings } = this;
    for (const direction of flow.directions ?? []) this.prefixes.release(direction);
    flow.directions = undefined;
    flow.layer = undefined;
    readings.unrecognised += flow.unsettledPackets;
    flow.unsettledPackets = 0;
    readings.close(slot, flow.facts);
    readings.unknown[slot] = SETTLED;
    if (flow.gaps === 0) return;
    // Kept for the count of them.
    flow.facts = undefined;
    flow.scan = undefined;
    readings.flows[slot] = flow;
  }

  /** Shows a direction's bytes to who reads it, or finds who does. See `Present`. */
  private present(direction: Direction, bytes: Buffer, start: number, end: number, isCut: boolean): number {
    const { readings } = this;
    const { stream } = readings;
    readings.show(bytes, start, end, isCut);
    for (;;) {
      if (direction.isText) return this.passText(direction);
      if (!direction.layer && !this.findLayer(direction)) {
        if (direction.isText) continue;
        return stream.start;
      }
      const layer = direction.layer!;
      const verdict = layer.dissector.read(stream, layer.state);
      if (verdict === needMore) return stream.start;
      const isTooDeep = verdict === passOn && direction.depth >= MAX_LAYERS;
      if (isTooDeep) readings.losses.add("dissect_limit");
      if (verdict !== passOn || isTooDeep) {
        readings.countMalformed(verdict);
        direction.isDone = true;
        return stream.start;
      }
      direction.depth += 1;
      direction.outer = layer;
      direction.layer = undefined;
      direction.candidates = -1;
      if (stream.start >= stream.end) return stream.start;
    }
  }

  /** True when somebody reads the direction from `stream.start` on. Else it is done, or wants more. */
  private findLayer(direction: Direction): boolean {
    const { readings } = this;
    const { stream } = readings;
    if (stream.start >= stream.end) return false;
    const { flow, outer } = direction;
    const expected = outer ? outer.inner : flow.layer;
    if (expected) {
      // The other direction has been recognised: this one is the same, or nobody's.
      const verdict = expected.dissector.recognise(stream);
      if (verdict === found) direction.layer = expected;
      else if (verdict === notMine || stream.isCut) direction.isDone = true;
      return direction.layer !== undefined;
    }
    const dissector = this.opener ?? readings.recognise(this.candidates, direction.candidates);
    this.opener = undefined;
    direction.candidates = readings.remaining;
    if (dissector) direction.layer = readings.claim(flow, outer, dissector);
    else if (readings.remaining === 0 || stream.isCut) this.giveUp(direction);
    return dissector !== undefined;
  }

  /** Nobody recognises the direction: it is content, or nothing. */
  private giveUp(direction: Direction): void {
    const { stream } = this.readings;
    direction.isText = isText(stream) && stream.wantsContent;
    direction.isDone = !direction.isText;
    if (direction.isText) stream.beginContent("plain");
  }

  /** Reads on in text that nobody recognised, as far as it is looked at. */
  private passText(direction: Direction): number {
    const { stream } = this.readings;
    direction.isDone = stream.passOver(Number.MAX_SAFE_INTEGER) === 0;
    return stream.start;
  }
}

/** What the stream shows is text, and content is classed. */
function isText({ classes, bytes, start, end }: Stream): boolean {
  return classes !== undefined && couldBeText(bytes, start, end);
}

/**
 * Some middleboxes let the padding of a short Ethernet frame pass for payload of a bare ACK: a few zeros where the stream
 * begins, which the receiver never got. No protocol here begins like that, and read as data they would hide what follows.
 */
function isPadding({ bytes, start, end, streamOffset }: PayloadSlice): boolean {
  if (streamOffset !== 0 || end - start < 2 || end - start > 6) return false;
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0) return false;
  return true;
}
