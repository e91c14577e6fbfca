import { type PayloadSlice, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Candidates } from "./candidates.ts";
import type { Classes } from "./classing/classes.ts";
import { ContentScan } from "./classing/scan.ts";
import { couldBeText } from "./clear-text.ts";
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
/** The same of text, which is looked at as content; below fifteen, so that both counts together are not SETTLED. */
const TEXT_DATAGRAMS = 14;
/** Shorter ones hold nothing by which content is classed. */
const SHORTEST_TEXT = 10;

/** Reads datagrams: each by itself, with one state a flow, and a rest between them where the dissector allows it. */
export class Datagrams {
  private readonly readings: Readings;
  private readonly candidates: Candidates;
  private readonly resting = new RestingFlows();
  /** Looks at text of flows in which nothing was found so far. */
  private spare: ContentScan | undefined = undefined;

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
    if (!flow?.layer) {
      if (readings.unknown[slot] === SETTLED) return 0;
      const dissector = stream.start < stream.end ? readings.recognise(this.candidates) : undefined;
      if (!dissector) {
        readings.unrecognised += 1;
        const isText =
          stream.classes !== undefined && stream.length >= SHORTEST_TEXT && couldBeText(stream.bytes, stream.start, stream.end);
        const watch = this.countUnknown(payload, isText);
        return isText ? readings.withWishes(this.readText(payload, stream.classes!, flow, watch)) : watch;
      }
      flow ??= this.begin(slot);
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

  private begin(slot: number): FlowReading {
    const { readings } = this;
    const flow = new FlowReading();
    // It gave way once, and goes on.
    flow.facts = readings.facts[slot];
    readings.facts[slot] = undefined;
    readings.open(slot, flow);
    return flow;
  }

  /**
   * Text that nobody recognised is content. What looks at it is the flow's own only once something was found: most flows of
   * text have nothing, and cost nothing. Returns the watch bits from now on; `watch`: while nothing was found.
   */
  private readText({ slot, isFromInitiator }: PayloadSlice, classes: Classes, known: FlowReading | undefined, watch: number): number {
    const { readings } = this;
    const { stream, budget } = readings;
    const scan = known?.scan ?? (this.spare ??= new ContentScan(classes));
    const side = isFromInitiator !== (known?.isTurned ?? false) ? 0 : 1;
    const kept = scan.keptBytes;
    scan.begin(side, "plain", undefined);
    scan.read(side, stream.bytes, stream.start, stream.end);
    const isNews = scan.end(side);
    if (known === undefined && !isNews) {
      scan.refill();
      return watch;
    }
    const flow = known ?? this.begin(slot);
    if (known === undefined) {
      flow.scan = scan;
      this.spare = undefined;
      budget.take(slot, scan.keptBytes);
    } else if (scan.keptBytes > kept) budget.take(slot, scan.keptBytes - kept);
    stream.flow = flow;
    stream.side = side;
    if (isNews) stream.tellContent(scan);
    if (scan.takeEnd()) stream.lose("dissect_limit");
    if (scan.hasBudget(0) || scan.hasBudget(1)) return WATCH_BOTH;
    this.settle(slot, flow);
    return 0;
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
  private countUnknown({ slot, isFromInitiator }: PayloadSlice, isText: boolean): number {
    const { unknown, remaining } = this.readings;
    const counts = unknown[slot];
    const most = isText ? TEXT_DATAGRAMS : remaining === 0 ? UNKNOWN_DATAGRAMS : UNDECIDED_DATAGRAMS;
    const initiator = Math.min(TEXT_DATAGRAMS, (counts & 15) + (isFromInitiator ? 1 : 0));
    const responder = Math.min(TEXT_DATAGRAMS, (counts >>> 4) + (isFromInitiator ? 0 : 1));
    unknown[slot] = initiator | (responder << 4);
    return (initiator < most ? WATCH_INITIATOR : 0) | (responder < most ? WATCH_RESPONDER : 0);
  }
}
