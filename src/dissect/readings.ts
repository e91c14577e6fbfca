import type { FlowFacts } from "../model/facts.ts";
import { REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../model/payload.ts";
import type { Losses } from "../obs/losses.ts";
import type { Candidates } from "./candidates.ts";
import type { Dissector } from "./dissector.ts";
import type { FlowReading, Layer } from "./flow-reading.ts";
import { SharedFacts } from "./shared-facts.ts";
import type { Stream } from "./stream.ts";
import { found, MALFORMED_CODES, malformedIndex, notMine, type Verdict } from "./verdict.ts";

const WATCH_BOTH = WATCH_INITIATOR | WATCH_RESPONDER;

/** In place of their number: nobody looks at the flow any more. */
export const SETTLED = 255;

/** What the readers of segments and of datagrams share: flows in reading, what was learned of them, and who recognises what. */
export class Readings {
  readonly stream: Stream;
  readonly losses: Losses;
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
    const { wantsTurn, wantsReport } = this.stream;
    let bits = watch;
    // Until the flow is turned (or not) the sides of the bits are not settled: ask for both.
    if (wantsTurn) bits = TURN | (watch === 0 ? 0 : WATCH_BOTH);
    if (this.stream.resolved !== undefined || (wantsReport && this.isEarly)) bits |= REPORT;
    return bits;
  }

  shareable(facts: FlowFacts): FlowFacts {
    return this.stream.isDetailed ? facts : this.shared.of(facts);
  }

  growTo(slot: number): void {
    const larger = new Uint8Array(Math.max(slot + 1, this.unknown.length * 2, 1024));
    larger.set(this.unknown);
    this.unknown = larger;
    // Made as long at once: an array that is written far beyond its end becomes a hash table.
    this.flows.length = larger.length;
    this.facts.length = larger.length;
  }
}
