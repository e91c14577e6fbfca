import type { FlowFacts } from "../model/facts.ts";
import { REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Losses } from "../obs/losses.ts";
import { briefFacts } from "./brief-facts.ts";
import type { Candidates } from "./candidates.ts";
import type { Dissector } from "./dissector.ts";
import type { FlowReading, Layer } from "./flow-reading.ts";
import type { ReadingBudget } from "./reading-budget.ts";
import { ReportTimes } from "./report-times.ts";
import { SharedFacts } from "./shared-facts.ts";
import type { Stream } from "./stream.ts";
import { found, MALFORMED_CODES, malformedIndex, needMore, notMine, type Verdict } from "./verdict.ts";

const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;
/** What being read takes, a flow: its object, the states of its readers, two directions. */
const READING_BYTES = 1536;

/** In place of their number: nobody looks at the flow any more. */
export const SETTLED = 255;

/** What the readers of segments and of datagrams share: flows in reading, what was learned of them, and who recognises what. */
export class Readings {
  readonly stream: Stream;
  readonly losses: Losses;
  readonly budget: ReadingBudget;
  readonly reports = new ReportTimes();
  /** Flows in reading, by slot. */
  readonly flows: (FlowReading | undefined)[] = [];
  /** What was learned of flows that are settled or at rest. */
  readonly facts: (FlowFacts | undefined)[] = [];
  /** By slot, while nobody recognised the flow: datagrams seen without success, initiator's in the low half. */
  unknown = new Uint8Array(0);
  recognised = 0;
  unrecognised = 0;
  readonly malformed = new Float64Array(MALFORMED_CODES.length);
  /** Candidates that asked for more in the last `recognise`. */
  remaining = 0;
  private readonly shared = new SharedFacts();
  private readonly isEarly: boolean;

  constructor(stream: Stream, losses: Losses, isEarly: boolean) {
    this.stream = stream;
    this.losses = losses;
    this.budget = stream.budget;
    this.isEarly = isEarly;
  }

  show(bytes: Buffer, start: number, end: number, isCut: boolean): void {
    const stream = this.stream;
    stream.bytes = bytes;
    stream.start = start;
    stream.end = end;
    stream.isCut = isCut;
  }

  /** Who says that what the stream shows is its own; `among` narrows the question. */
  recognise(candidates: Candidates, among = -1): Dissector | undefined {
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

  /** What all but one of the candidates say of what the stream shows. */
  recogniseBut(candidates: Candidates, but: Dissector): Verdict {
    if (this.recognise(candidates, ~(1 << candidates.list.indexOf(but)))) return found;
    return this.remaining !== 0 && !this.stream.isCut ? needMore : notMine;
  }

  claim(flow: FlowReading, outer: Layer | undefined, dissector: Dissector): Layer {
    const layer: Layer = { dissector, state: dissector.begin(), inner: undefined };
    if (outer) outer.inner = layer;
    else flow.layer = layer;
    const word = dissector.wordOf?.(this.stream) ?? dissector.name;
    // Made with its first word: an empty list that grows takes room for many.
    if (flow.facts === undefined) flow.facts = { protocols: [word] };
    else this.stream.add(flow.facts.protocols, word);
    return layer;
  }

  countMalformed(verdict: Verdict): void {
    const index = malformedIndex(verdict);
    if (index < 0) return;
    this.malformed[index] += 1;
    this.losses.add("dissect_malformed");
  }

  withWishes(watch: number): number {
    const { stream, reports, isEarly } = this;
    const { wantsTurn, slot } = stream;
    let bits = watch;
    // Until the flow is turned (or not) the sides of the bits are not settled: ask for both.
    if (wantsTurn) bits = TURN | (watch === 0 ? 0 : WATCH_BOTH);
    const isNews = isEarly && (stream.wantsReport || reports.isOwed(slot));
    if (!isNews && stream.resolved === undefined) return bits;
    const isDue = reports.isDue(slot, stream.timeMicros, watch === 0);
    // Answers are awaited for their names: they go out each time, with what is due to go with them.
    stream.isBrief = !isDue;
    return isDue || stream.resolved !== undefined ? bits | REPORT : bits;
  }

  /** The flow is read from now on. */
  open(slot: number, flow: FlowReading): void {
    this.flows[slot] = flow;
    this.budget.open(slot, READING_BYTES);
  }

  /** The flow is read no more, or rests: its facts are kept, once for all flows that have the same. */
  close(slot: number, learned: FlowFacts | undefined): void {
    this.flows[slot] = undefined;
    if (learned === undefined) {
      this.budget.free(slot);
      return;
    }
    const common = this.stream.isDetailed ? undefined : this.shared.of(learned);
    this.facts[slot] = common ?? learned;
    if (common) this.budget.free(slot);
    else this.budget.keepFacts(slot);
  }

  /** For want of room: of the facts no more is left than what the flow is. */
  shorten(facts: FlowFacts): FlowFacts {
    this.losses.add("facts_dropped");
    return briefFacts(facts);
  }

  growTo(slot: number): void {
    const larger = new Uint8Array(Math.max(slot + 1, this.unknown.length * 2, 1024));
    larger.set(this.unknown);
    this.unknown = larger;
    this.budget.growTo(larger.length);
    this.reports.growTo(larger.length);
    // Made as long at once: an array that is written far beyond its end becomes a hash table.
    this.flows.length = larger.length;
    this.facts.length = larger.length;
  }
}
