import { type PayloadSlice, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Candidates } from "./candidates.ts";
import type { Dissector } from "./dissector.ts";
import { FlowReading } from "./flow-reading.ts";
import { type Readings, SETTLED } from "./readings.ts";
import { RestingFlows } from "./resting-flows.ts";
import { found } from "./verdict.ts";

const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;
/** Datagrams a direction that may remain unrecognised before nobody looks any more. */
const UNKNOWN_DATAGRAMS = 2;
/** The same while one that is asked says that the next may tell. */
const UNDECIDED_DATAGRAMS = 6;

/** Reads datagrams: each by itself, with one state a flow, and a rest between them where the dissector allows it. */
export class Datagrams {
  private readonly readings: Readings;
  private readonly candidates: Candidates;
  private readonly resting = new RestingFlows();

  constructor(readings: Readings, candidates: Candidates) {
    this.readings = readings;
    this.candidates = candidates;
  }

  /** Watch bits from now on, as `PayloadReader.read`. */
  read(payload: PayloadSlice, known: FlowReading | undefined): number {
    const { readings } = this;
    const { stream } = readings;
    const { slot } = payload;
    readings.show(payload.bytes, payload.start, payload.end, payload.missing > 0);
    let flow = known ?? this.wake(slot);
    if (!flow) {
      if (readings.unknown[slot] === SETTLED) return 0;
      const dissector = stream.start < stream.end ? readings.recognise(this.candidates) : undefined;
      if (!dissector) {
        readings.unrecognised += 1;
        return this.countUnknown(payload);
      }
      flow = new FlowReading();
      // It gave way once, and goes on.
      flow.facts = readings.facts[slot];
      readings.facts[slot] = undefined;
      readings.open(slot, flow);
      stream.flow = flow;
      stream.side = payload.isFromInitiator ? 0 : 1;
      readings.claim(flow, undefined, dissector);
    }
    readings.recognised += 1;
    stream.flow = flow;
    stream.side = payload.isFromInitiator !== flow.isTurned ? 0 : 1;
    const { dissector, state } = flow.layer!;
    const verdict = dissector.read(stream, state);
    readings.countMalformed(verdict);
    if (verdict === found) this.settle(slot, flow);
    else {
      const word = dissector.rest?.(state) ?? 0;
      if (word !== 0) this.rest(slot, flow, dissector, word);
    }
    return readings.withWishes(verdict === found ? 0 : WATCH_BOTH);
  }

  turned(slot: number): void {
    const { unknown } = this.readings;
    if (this.resting.has(slot)) this.resting.turn(slot);
    else if (slot < unknown.length) unknown[slot] = (unknown[slot] >>> 4) | ((unknown[slot] & 15) << 4);
  }

  forget(slot: number): void {
    this.resting.drop(slot);
  }

  private settle(slot: number, flow: FlowReading): void {
    const { readings } = this;
    flow.layer = undefined;
    readings.close(slot, flow.facts);
    readings.unknown[slot] = SETTLED;
  }

  /** Lets go of a flow on which nothing is awaited, but for what it takes to go on. */
  private rest(slot: number, { facts, isTurned }: FlowReading, dissector: Dissector, word: number): void {
    const { readings } = this;
    this.resting.put(slot, this.candidates.list.indexOf(dissector), word, isTurned);
    readings.close(slot, facts);
  }

  /** The flow as it was when it came to rest; undefined when it does not rest. */
  private wake(slot: number): FlowReading | undefined {
    const { readings, resting } = this;
    if (!resting.has(slot)) return undefined;
    const flow = new FlowReading();
    const dissector = this.candidates.list[resting.readerOf(slot)];
    const facts = readings.facts[slot];
    flow.layer = { dissector, state: dissector.begin(resting.wordOf(slot)), inner: undefined };
    // Facts at rest may be those of other flows too, or stand in a report.
    if (facts !== undefined) flow.facts = { ...facts, protocols: [...facts.protocols] };
    flow.hasRoles = true;
    flow.isTurned = resting.isTurned(slot);
    resting.drop(slot);
    readings.facts[slot] = undefined;
    readings.open(slot, flow);
    return flow;
  }

  /** Remembers a datagram that nobody knows; enough of them, and the flow is settled. */
  private countUnknown({ slot, isFromInitiator }: PayloadSlice): number {
    const { unknown, remaining } = this.readings;
    const counts = unknown[slot];
    const most = remaining === 0 ? UNKNOWN_DATAGRAMS : UNDECIDED_DATAGRAMS;
    const initiator = Math.min(UNDECIDED_DATAGRAMS, (counts & 15) + (isFromInitiator ? 1 : 0));
    const responder = Math.min(UNDECIDED_DATAGRAMS, (counts >>> 4) + (isFromInitiator ? 0 : 1));
    unknown[slot] = initiator | (responder << 4);
    return (initiator < most ? WATCH_INITIATOR : 0) | (responder < most ? WATCH_RESPONDER : 0);
  }
}
