import type { FlowFacts } from "../model/facts.ts";
import { type PayloadReader, type PayloadSlice, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import { Losses } from "../obs/losses.ts";
import { Associations } from "./associations.ts";
import { Candidates } from "./candidates.ts";
import type { Classes } from "./classing/classes.ts";
import { Datagrams } from "./datagrams.ts";
import type { Dissector } from "./dissector.ts";
import type { IdentifierHashes } from "./identifier-hashes.ts";
import { DISSECTORS } from "./index.ts";
import { ReadingBudget } from "./reading-budget.ts";
import { Readings } from "./readings.ts";
import { Segments } from "./segments.ts";
import { Stream } from "./stream.ts";
import { MALFORMED_CODES, type MalformedCode } from "./verdict.ts";

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;

export interface DissectionOptions {
  /** Most bytes kept of one direction of a stream, bytes; default 16 KiB. */
  prefixBytes?: number;
  /** Most bytes kept of all streams, bytes; default 64 MiB. */
  prefixTotalBytes?: number;
  /** Most bytes kept of all flows for their facts and for being read, beside what is kept of streams; default 256 MiB. */
  readingTotalBytes?: number;
  /** False: only DNS answers ask for a report; names and protocols wait for the flow's own events. Default true. */
  isEarly?: boolean;
  /** "names": of what the traffic says, only what names, places, parties and detections rest on; nothing that documents alone show. Default "all". */
  detail?: "all" | "names";
  /** What content in clear text is classed by; left out: it is not. */
  classes?: Classes | undefined;
  /** Makes hashes of the identifiers of patients and studies; left out: they are not looked for. Only with all detail. */
  identifiers?: IdentifierHashes | undefined;
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
  /** Bytes kept for facts and for being read, as `readingTotalBytes` counts them; flows that gave way to others for want of them. */
  readingBytes: number;
  gaveWay: number;
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
  private readonly budget: ReadingBudget;
  private readonly stream: Stream;
  private readonly readings: Readings;
  private readonly segments: Segments;
  private readonly datagrams: Datagrams;
  private readonly associations: Associations;

  constructor(options: DissectionOptions) {
    const { dissectors = DISSECTORS, prefixBytes = 16_384, prefixTotalBytes = 67_108_864, readingTotalBytes = 268_435_456 } = options;
    this.losses = options.losses ?? new Losses();
    this.budget = new ReadingBudget(readingTotalBytes, (slot) => this.giveWay(slot));
    const isDetailed = options.detail !== "names";
    this.stream = new Stream(this.losses, this.budget, isDetailed, options.classes, isDetailed ? options.identifiers : undefined);
    this.readings = new Readings(this.stream, this.losses, options.isEarly ?? true);
    this.segments = new Segments(
      this.readings,
      new Candidates(dissectors, "tcp"),
      new Candidates(dissectors, "sctp"),
      prefixBytes,
      prefixTotalBytes,
    );
    this.associations = new Associations(this.readings, this.segments);
    this.datagrams = new Datagrams(this.readings, new Candidates(dissectors, "udp"));
  }

  begin(transport: number): number {
    return transport === TCP || transport === UDP || transport === SCTP ? WATCH_BOTH : 0;
  }

  read(payload: PayloadSlice): number {
    const { slot, transport } = payload;
    if (transport !== TCP && transport !== UDP && transport !== SCTP) return 0;
    const { readings, stream } = this;
    if (slot >= readings.unknown.length) readings.growTo(slot);
    this.budget.touch(slot);
    stream.slot = slot;
    stream.isFromInitiator = payload.isFromInitiator;
    stream.initiatorPort = payload.initiatorPort;
    stream.responderPort = payload.responderPort;
    stream.timeMicros = payload.timeMicros;
    stream.peers = payload.peers;
    stream.wantsTurn = false;
    stream.wantsReport = false;
    stream.resolved = undefined;
    stream.isBrief = false;
    stream.told = 0;
    stream.isDatagram = transport === UDP;
    const flow = readings.flows[slot];
    stream.flow = flow;
    if (transport === UDP) return this.datagrams.read(payload, flow);
    return transport === TCP ? this.segments.read(payload, flow) : this.associations.read(payload, flow);
  }

  turned(slot: number): void {
    const flow = this.readings.flows[slot];
    if (flow) flow.isTurned = !flow.isTurned;
    else this.datagrams.turned(slot);
  }

  ended(slot: number, initiatorPort: number, responderPort: number): void {
    const { readings, stream } = this;
    const flow = slot < readings.flows.length ? readings.flows[slot] : undefined;
    if (flow?.directions === undefined) return;
    stream.slot = slot;
    stream.flow = flow;
    stream.initiatorPort = initiatorPort;
    stream.responderPort = responderPort;
    // Nobody is left to be told of by others.
    stream.peers = 0;
    stream.wantsTurn = false;
    stream.wantsReport = false;
    stream.resolved = undefined;
    stream.isBrief = false;
    stream.told = 0;
    stream.isDatagram = false;
    // How it is reported is settled: it is not turned any more.
    flow.hasRoles = true;
    this.segments.finish(flow);
    // What is content is all there will be.
    stream.endFlow();
  }

  factsOf(slot: number): FlowFacts | undefined {
    const facts = this.readings.flows[slot]?.facts ?? this.readings.facts[slot];
    const { resolved, isBrief } = this.stream;
    if (resolved === undefined || facts === undefined || slot !== this.stream.slot) return facts;
    return isBrief ? { protocols: facts.protocols, resolved } : { ...facts, resolved };
  }

  gapsOf(slot: number): number {
    const flow = this.readings.flows[slot];
    return flow === undefined ? 0 : this.segments.gapsOf(flow);
  }

  forget(slot: number): void {
    const { readings } = this;
    if (slot >= readings.flows.length) return;
    const flow = readings.flows[slot];
    readings.unknown[slot] = 0;
    if (slot === this.stream.slot) this.stream.resolved = undefined;
    this.budget.free(slot);
    readings.reports.forget(slot);
    readings.facts[slot] = undefined;
    this.datagrams.forget(slot);
    if (!flow) return;
    this.segments.forget(flow);
    readings.flows[slot] = undefined;
  }

  /** Lets go of a flow to make room for others: of its facts what it is and its name stay; a stream is read no more. */
  private giveWay(slot: number): void {
    const { readings } = this;
    const flow = readings.flows[slot];
    this.losses.add("dissect_limit");
    const facts = flow?.facts ?? readings.facts[slot];
    if (flow) {
      flow.facts = undefined;
      flow.scan = undefined;
      if (flow.directions) this.segments.abandon(slot, flow);
      else if (flow.layer || flow.gaps === 0) readings.flows[slot] = undefined;
    }
    readings.facts[slot] = facts && readings.shorten(facts);
    this.budget.free(slot);
  }

  counters(): DissectCounters {
    const { readings } = this;
    const malformed: Partial<Record<MalformedCode, number>> = {};
    for (const [index, code] of MALFORMED_CODES.entries()) if (readings.malformed[index] > 0) malformed[code] = readings.malformed[index];
    return {
      recognised: readings.recognised,
      unrecognised: readings.unrecognised,
      malformed,
      ...this.segments.prefixes.counters,
      ...this.budget.counters,
    };
  }
}
