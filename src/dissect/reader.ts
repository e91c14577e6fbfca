import type { FlowFacts } from "../model/facts.ts";
import { type PayloadReader, type PayloadSlice, REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import { Losses } from "../obs/losses.ts";
import { Candidates } from "./candidates.ts";
import type { Dissector } from "./dissector.ts";
import { FlowReading, type Layer } from "./flow-reading.ts";
import { DISSECTORS } from "./index.ts";
import { RestingFlows } from "./resting-flows.ts";
import { SharedFacts } from "./shared-facts.ts";
import { Stream } from "./stream.ts";
import { Direction, StreamPrefixes } from "./stream-prefix.ts";
import { found, MALFORMED_CODES, type MalformedCode, malformedIndex, needMore, notMine, passOn, type Verdict } from "./verdict.ts";

const TCP = 6;
const UDP = 17;
const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;
/** Protocols inside protocols that are followed. */
const MAX_LAYERS = 4;
/** Datagrams a direction that may remain unrecognised before nobody looks any more. */
const UNKNOWN_DATAGRAMS = 2;
/** In place of their number: nobody looks at the flow any more. */
const SETTLED = 255;

export interface DissectionOptions {
  /** Most bytes kept of one direction of a stream, bytes; default 16 KiB. */
  prefixBytes?: number;
  /** Most bytes kept of all streams, bytes; default 64 MiB. */
  prefixTotalBytes?: number;
  /** False: only DNS answers ask for a report; names and protocols wait for the flow's own events. Default true. */
  isEarly?: boolean;
  /** "names": only what naming and detections need is made of the traffic; no TLS, no DNS section. Default "all". */
  detail?: "all" | "names";
  losses?: Losses;
  dissectors?: readonly Dissector[];
}

/** Cumulative. A packet is settled when its flow is recognised, given up or forgotten. */
export interface DissectCounters {
  recognised: number;
  unrecognised: number;
  malformed: Partial<Record<MalformedCode, number>>;
  outOfOrder: number;
  turnedAway: number;
  bytesKept: number;
}

/** The reader of payloads, with what it counts. */
export interface Dissection extends PayloadReader {
  readonly losses: Losses;
  counters(): DissectCounters;
}

export function createDissection(options: DissectionOptions = {}): Dissection {
  return new Reader(options);
}

class Reader implements Dissection {
  readonly losses: Losses;
  private readonly isEarly: boolean;
  private readonly tcp: Candidates;
  private readonly udp: Candidates;
  private readonly prefixes: StreamPrefixes;
  private readonly stream: Stream;
  /** Flows in reading, by slot. */
  private readonly flows: (FlowReading | undefined)[] = [];
  /** What was learned of flows that are settled or at rest. */
  private readonly facts: (FlowFacts | undefined)[] = [];
  private readonly shared = new SharedFacts();
  private readonly resting = new RestingFlows();
  /** The slot last read. */
  private slot = 0;
  /** By slot, while nobody recognised the flow: datagrams seen without success, initiator's in the low half. */
  private unknown = new Uint8Array(0);
  private recognised = 0;
  private unrecognised = 0;
  private readonly malformed = new Float64Array(MALFORMED_CODES.length);

  constructor(options: DissectionOptions) {
    const dissectors = options.dissectors ?? DISSECTORS;
    this.losses = options.losses ?? new Losses();
    this.isEarly = options.isEarly ?? true;
    this.tcp = new Candidates(dissectors, "tcp");
    this.udp = new Candidates(dissectors, "udp");
    this.stream = new Stream(this.losses, options.detail !== "names");
    this.prefixes = new StreamPrefixes(
      { limitBytes: options.prefixBytes ?? 16_384, totalBytes: options.prefixTotalBytes ?? 67_108_864 },
      this.losses,
      (direction, bytes, start, end, isCut) => this.present(direction, bytes, start, end, isCut),
    );
  }

  begin(transport: number): number {
    return transport === TCP || transport === UDP ? WATCH_BOTH : 0;
  }

  read(payload: PayloadSlice): number {
    if (payload.transport !== TCP && payload.transport !== UDP) return 0;
    const { slot } = payload;
    if (slot >= this.unknown.length) this.growTo(slot);
    this.slot = slot;
    const stream = this.stream;
    stream.isFromInitiator = payload.isFromInitiator;
    stream.initiatorPort = payload.initiatorPort;
    stream.responderPort = payload.responderPort;
    stream.timeMicros = payload.timeMicros;
    stream.wantsTurn = false;
    stream.wantsReport = false;
    stream.resolved = undefined;
    stream.isDatagram = payload.transport === UDP;
    const flow = this.flows[slot];
    return stream.isDatagram ? this.readDatagram(payload, flow) : this.readSegment(payload, flow);
  }

  turned(slot: number): void {
    const flow = this.flows[slot];
    if (flow) flow.isTurned = !flow.isTurned;
    else if (this.resting.has(slot)) this.resting.turn(slot);
    else if (slot < this.unknown.length) this.unknown[slot] = (this.unknown[slot] >>> 4) | ((this.unknown[slot] & 15) << 4);
  }

  factsOf(slot: number): FlowFacts | undefined {
    const facts = this.flows[slot]?.facts ?? this.facts[slot];
    const { resolved } = this.stream;
    if (resolved === undefined || facts === undefined || slot !== this.slot) return facts;
    return this.stream.isDetailed ? { ...facts, resolved } : { protocols: facts.protocols, resolved };
  }

  gapsOf(slot: number): number {
    const flow = this.flows[slot];
    if (!flow) return 0;
    const waiting = flow.directions ? (flow.directions[0].held?.length ?? 0) + (flow.directions[1].held?.length ?? 0) : 0;
    return flow.gaps + waiting;
  }

  forget(slot: number): void {
    const flow = this.flows[slot];
    if (slot >= this.flows.length) return;
    this.unknown[slot] = 0;
    if (slot === this.slot) this.stream.resolved = undefined;
    this.facts[slot] = undefined;
    this.resting.drop(slot);
    if (!flow) return;
    for (const direction of flow.directions ?? []) {
      if (direction.held) this.losses.add("gap", direction.held.length);
      this.prefixes.release(direction);
      direction.isDone = true;
    }
    this.unrecognised += flow.unsettledPackets;
    this.flows[slot] = undefined;
  }

  counters(): DissectCounters {
    const malformed: Partial<Record<MalformedCode, number>> = {};
    for (const [index, code] of MALFORMED_CODES.entries()) if (this.malformed[index] > 0) malformed[code] = this.malformed[index];
    return { recognised: this.recognised, unrecognised: this.unrecognised, malformed, ...this.prefixes.counters };
  }

  private readDatagram(payload: PayloadSlice, known: FlowReading | undefined): number {
    const stream = this.stream;
    this.show(payload.bytes, payload.start, payload.end, payload.missing > 0);
    let flow = known ?? this.wake(payload.slot);
    if (!flow) {
      if (this.unknown[payload.slot] === SETTLED) return 0;
      const dissector = stream.start < stream.end ? this.recognise(this.udp) : undefined;
      if (!dissector) {
        this.unrecognised += 1;
        return this.countUnknown(payload);
      }
      flow = new FlowReading();
      this.flows[payload.slot] = flow;
      stream.flow = flow;
      stream.side = payload.isFromInitiator ? 0 : 1;
      this.claim(flow, undefined, dissector);
    }
    this.recognised += 1;
    stream.flow = flow;
    stream.side = payload.isFromInitiator !== flow.isTurned ? 0 : 1;
    const { dissector, state } = flow.layer!;
    const verdict = dissector.read(stream, state);
    this.countMalformed(verdict);
    if (verdict === found) this.settle(payload.slot, flow);
    else {
      const word = dissector.rest?.(state) ?? 0;
      if (word !== 0) this.rest(payload.slot, flow, dissector, word);
    }
    return this.withWishes(verdict === found ? 0 : WATCH_BOTH);
  }

  /** Lets go of a flow on which nothing is awaited, but for what it takes to go on. */
  private rest(slot: number, { facts, isTurned }: FlowReading, dissector: Dissector, word: number): void {
    this.resting.put(slot, this.udp.list.indexOf(dissector), word, isTurned);
    this.facts[slot] = facts && this.shareable(facts);
    this.flows[slot] = undefined;
  }

  /** The flow as it was when it came to rest; undefined when it does not rest. */
  private wake(slot: number): FlowReading | undefined {
    const { resting } = this;
    if (!resting.has(slot)) return undefined;
    const flow = new FlowReading();
    const dissector = this.udp.list[resting.readerOf(slot)];
    const facts = this.facts[slot];
    flow.layer = { dissector, state: dissector.begin(resting.wordOf(slot)), inner: undefined };
    // Facts at rest may be those of other flows too, or stand in a report.
    if (facts !== undefined) flow.facts = { ...facts, protocols: [...facts.protocols] };
    flow.hasRoles = true;
    flow.isTurned = resting.isTurned(slot);
    resting.drop(slot);
    this.facts[slot] = undefined;
    this.flows[slot] = flow;
    return flow;
  }

  private shareable(facts: FlowFacts): FlowFacts {
    return this.stream.isDetailed ? facts : this.shared.of(facts);
  }

  /** Remembers a datagram that nobody knows; enough of them, and the flow is settled. */
  private countUnknown({ slot, isFromInitiator }: PayloadSlice): number {
    const counts = this.unknown[slot];
    const initiator = Math.min(UNKNOWN_DATAGRAMS, (counts & 15) + (isFromInitiator ? 1 : 0));
    const responder = Math.min(UNKNOWN_DATAGRAMS, (counts >>> 4) + (isFromInitiator ? 0 : 1));
    this.unknown[slot] = initiator | (responder << 4);
    return (initiator < UNKNOWN_DATAGRAMS ? WATCH_INITIATOR : 0) | (responder < UNKNOWN_DATAGRAMS ? WATCH_RESPONDER : 0);
  }

  private readSegment(payload: PayloadSlice, known: FlowReading | undefined): number {
    let flow = known;
    if (!flow) {
      const { slot, bytes, start, end } = payload;
      if (this.unknown[slot] === SETTLED) return 0;
      if (isPadding(payload)) return WATCH_BOTH & ~this.doneBits(slot);
      this.show(bytes, start, end, payload.missing > 0);
      if (payload.streamOffset === 0 && start < end) {
        this.opener = this.recognise(this.tcp);
        if (this.opener === undefined && (this.remaining === 0 || this.stream.isCut)) {
          this.unrecognised += 1;
          this.unknown[slot] |= payload.isFromInitiator ? 15 : 240;
          return WATCH_BOTH & ~this.doneBits(slot);
        }
      }
      flow = new FlowReading();
      flow.directions = [new Direction(flow, 0), new Direction(flow, 1)];
      flow.directions[0].isDone = (this.unknown[slot] & 15) !== 0;
      flow.directions[1].isDone = (this.unknown[slot] & 240) !== 0;
      this.flows[slot] = flow;
    }
    const directions = flow.directions;
    // Settled, and kept for the gaps in it.
    if (!directions) return 0;
    const side = payload.isFromInitiator !== flow.isTurned ? 0 : 1;
    if (directions[side].candidates === -1 && directions[side].outer === undefined && isPadding(payload)) return this.watchBits(flow);
    this.stream.side = side;
    this.stream.flow = flow;
    flow.unsettledPackets += 1;
    this.prefixes.feed(directions[side], payload.bytes, payload.start, payload.end, payload.missing, payload.streamOffset);
    this.opener = undefined;
    if (flow.layer) {
      this.recognised += flow.unsettledPackets;
      flow.unsettledPackets = 0;
    }
    const watch = this.watchBits(flow);
    if (watch === 0) this.settle(payload.slot, flow);
    return this.withWishes(watch);
  }

  private watchBits({ directions, isTurned }: FlowReading): number {
    if (!directions) return 0;
    const [initiator, responder] = isTurned ? [directions[1], directions[0]] : directions;
    return (initiator.isDone ? 0 : WATCH_INITIATOR) | (responder.isDone ? 0 : WATCH_RESPONDER);
  }

  /** Directions of an unrecognised stream that nobody looks at any more. */
  private doneBits(slot: number): number {
    return (this.unknown[slot] & 15 ? WATCH_INITIATOR : 0) | (this.unknown[slot] & 240 ? WATCH_RESPONDER : 0);
  }

  /** Keeps what was learned, lets go of the rest. */
  private settle(slot: number, flow: FlowReading): void {
    for (const direction of flow.directions ?? []) this.prefixes.release(direction);
    flow.directions = undefined;
    flow.layer = undefined;
    this.unrecognised += flow.unsettledPackets;
    flow.unsettledPackets = 0;
    if (flow.gaps > 0) return;
    if (flow.facts !== undefined) this.facts[slot] = this.shareable(flow.facts);
    this.flows[slot] = undefined;
    this.unknown[slot] = SETTLED;
  }

  private withWishes(watch: number): number {
    const { wantsTurn, wantsReport } = this.stream;
    let bits = watch;
    // Until the flow is turned (or not) the sides of the bits are not settled: ask for both.
    if (wantsTurn) bits = TURN | (watch === 0 ? 0 : WATCH_BOTH);
    if (this.stream.resolved !== undefined || (wantsReport && this.isEarly)) bits |= REPORT;
    return bits;
  }

  private show(bytes: Buffer, start: number, end: number, isCut: boolean): void {
    const stream = this.stream;
    stream.bytes = bytes;
    stream.start = start;
    stream.end = end;
    stream.isCut = isCut;
  }

  /** Shows a direction's bytes to who reads it, or finds who does. See `Present`. */
  private present(direction: Direction, bytes: Buffer, start: number, end: number, isCut: boolean): number {
    const stream = this.stream;
    this.show(bytes, start, end, isCut);
    for (let depth = 0; ; depth += 1) {
      if (!direction.layer && !this.findLayer(direction)) return stream.start;
      const layer = direction.layer!;
      const verdict = layer.dissector.read(stream, layer.state);
      if (verdict === needMore) return stream.start;
      if (verdict !== passOn || depth >= MAX_LAYERS) {
        this.countMalformed(verdict);
        direction.isDone = true;
        return stream.start;
      }
      direction.outer = layer;
      direction.layer = undefined;
      direction.candidates = -1;
      if (stream.start >= stream.end) return stream.start;
    }
  }

  /** True when somebody reads the direction from `stream.start` on. Else it is done, or wants more. */
  private findLayer(direction: Direction): boolean {
    const stream = this.stream;
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
    const dissector = this.opener ?? this.recognise(this.tcp, direction.candidates);
    this.opener = undefined;
    direction.candidates = this.remaining;
    if (dissector) direction.layer = this.claim(flow, outer, dissector);
    else if (this.remaining === 0 || stream.isCut) direction.isDone = true;
    return dissector !== undefined;
  }

  /** Who recognised the stream in the payload that is about to be fed: not to be asked twice. */
  private opener: Dissector | undefined = undefined;

  /** Candidates that asked for more in the last `recognise`. */
  private remaining = 0;

  /** Who says that what the stream shows is its own; `among` narrows the question. */
  private recognise(candidates: Candidates, among = -1): Dissector | undefined {
    const stream = this.stream;
    this.remaining = among & candidates.opening(stream.bytes[stream.start], stream.initiatorPort, stream.responderPort);
    for (let left = this.remaining; left !== 0; ) {
      const index = candidates.first(left, stream.initiatorPort, stream.responderPort);
      const dissector = candidates.list[index];
      left &= ~(1 << index);
      const verdict = dissector.recognise(stream);
      if (verdict === found) return dissector;
      if (verdict === notMine) this.remaining &= ~(1 << index);
    }
    return undefined;
  }

  private claim(flow: FlowReading, outer: Layer | undefined, dissector: Dissector): Layer {
    const layer: Layer = { dissector, state: dissector.begin(), inner: undefined };
    if (outer) outer.inner = layer;
    else flow.layer = layer;
    const word = dissector.wordOf?.(this.stream) ?? dissector.name;
    // Made with its first word: an empty list that grows takes room for many.
    if (flow.facts === undefined) flow.facts = { protocols: [word] };
    else this.stream.add(flow.facts.protocols, word);
    return layer;
  }

  private countMalformed(verdict: Verdict): void {
    const index = malformedIndex(verdict);
    if (index < 0) return;
    this.malformed[index] += 1;
    this.losses.add("dissect_malformed");
  }

  private growTo(slot: number): void {
    const larger = new Uint8Array(Math.max(slot + 1, this.unknown.length * 2, 1024));
    larger.set(this.unknown);
    this.unknown = larger;
    // Made as long at once: an array that is written far beyond its end becomes a hash table.
    this.flows.length = larger.length;
    this.facts.length = larger.length;
  }
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
