import { type FlowFacts, MAX_VALUES, type Resolution } from "../model/facts.ts";
import type { LossReason } from "../model/loss.ts";
import { LOSS_INDEX } from "../model/loss.ts";
import type { Losses } from "../obs/losses.ts";
import type { Classes } from "./classing/classes.ts";
import { type ContentForm, ContentScan } from "./classing/scan.ts";
import type { Dissector } from "./dissector.ts";
import type { FlowReading } from "./flow-reading.ts";
import { FlowHints } from "./hints.ts";
import type { IdentifierHashes } from "./identifier-hashes.ts";
import type { ReadingBudget } from "./reading-budget.ts";
import { notMine, type Verdict } from "./verdict.ts";

/** So many of one label make a difference to detections: told at once. */
const MANY = 3;

/** Messages of one payload that are told of. More come together where somebody wants to make work. */
const MOST_TOLD = 32;

const NOTHING = Buffer.alloc(0);

/**
 * What a dissector sees: bytes of one direction that are in order and not read yet, or one datagram. One object serves all:
 * never keep it, nor `bytes`. Inside `[start, end)` every byte may be read; `start` moves by `skip` only.
 */
export class Stream {
  bytes: Buffer = NOTHING;
  start = 0;
  end = 0;
  /** After `end` comes a hole, the limit or the end of what was captured: what is here is all there will be. */
  isCut = false;
  isDatagram = false;
  isFromInitiator = true;
  /** 0 or 1: the same end of the flow always, also when the flow is turned. */
  side: 0 | 1 = 0;
  initiatorPort = 0;
  responderPort = 0;
  timeMicros = 0;
  /** Messages of this payload that were told of. */
  told = 0;
  /** SCTP: what the chunk says it carries (RFC 9260 §3.3.1); 0: nothing. */
  payloadProtocol = 0;
  /** The two addresses as one number, see `PayloadSlice`. */
  peers = 0;
  /** What flows tell of each other. */
  readonly hints: FlowHints;
  /** False: what only documents show (fingerprints, answers, user agents …) need not be made. */
  readonly isDetailed: boolean;
  /** What content is classed by; undefined: it is not. */
  readonly classes: Classes | undefined;
  /** What makes hashes of identifiers; undefined: none are kept. */
  readonly identifiers: IdentifierHashes | undefined;

  /** For the reader: whose bytes these are, and what was said of them. */
  slot = 0;
  readonly budget: ReadingBudget;
  flow: FlowReading | undefined = undefined;
  resolved: Resolution[] | undefined = undefined;
  wantsTurn = false;
  wantsReport = false;
  /** The flow had its share of reports: what it was reported for goes out without the rest of its facts. */
  isBrief = false;
  /** What all dissectors but one say of the bytes, as `Dissector.recognise`. */
  askOthers: (but: Dissector) => Verdict = () => notMine;
  private readonly losses: Losses;

  constructor(losses: Losses, budget: ReadingBudget, isDetailed = true, classes?: Classes, identifiers?: IdentifierHashes) {
    this.losses = losses;
    this.budget = budget;
    this.hints = new FlowHints(losses);
    this.isDetailed = isDetailed;
    this.classes = classes;
    this.identifiers = identifiers;
  }

  get length(): number {
    return this.end - this.start;
  }

  /**
   * A message begins. False: this payload had so many that it is not told of, but passed over as its form has it; counted once a
   * payload. So one packet costs no more than a few of the usual ones.
   */
  isTold(): boolean {
    if (this.told > MOST_TOLD) return false;
    this.told += 1;
    if (this.told <= MOST_TOLD) return true;
    this.lose("dissect_limit");
    return false;
  }

  /** True when one end uses this port. */
  isOnPort(port: number): boolean {
    return this.initiatorPort === port || this.responderPort === port;
  }

  /** Done with `n` bytes; more than are here is allowed for streams: the rest is passed over when it comes. */
  skip(n: number): void {
    this.start += n;
  }

  /** True while content of the sender is worth offering: it is classed, and there is budget left. */
  get wantsContent(): boolean {
    return this.classes !== undefined && (this.flow!.scan?.hasBudget(this.side) ?? true);
  }

  /** True while more of the content begun would be looked at. */
  get isContentOpen(): boolean {
    return this.flow!.scan?.isOpen(this.side) === true;
  }

  /** Content of the sender begins; what it is put together of is for `form` to say. Replaces what was begun and not ended. */
  beginContent(form: ContentForm, boundary?: string): void {
    if (!this.wantsContent) return;
    const scan = this.scanOf(this.classes!);
    scan.begin(this.side, form, boundary);
  }

  /** Looks for numbers in bytes[start, end), which the sender sent beside any content. */
  offerAside(bytes: Buffer, start: number, end: number): void {
    if (!this.wantsContent) return;
    const scan = this.scanOf(this.classes!);
    if (scan.readAside(this.side, bytes, start, end)) this.tellContent(scan);
    if (scan.takeEnd()) this.lose("dissect_limit");
  }

  /** Offers bytes[from, to) as the content begun; they need not be skipped. `bytes`: what was made of those on the wire. */
  offer(from: number, to: number, bytes = this.bytes): void {
    const scan = this.flow!.scan;
    if (from >= to || !scan?.isOpen(this.side)) return;
    const kept = scan.keptBytes;
    if (scan.read(this.side, bytes, from, to)) this.tellContent(scan);
    if (scan.takeEnd()) this.lose("dissect_limit");
    if (scan.keptBytes > kept) this.budget.take(this.slot, scan.keptBytes - kept);
  }

  /** The content begun is whole. */
  endContent(): void {
    const scan = this.flow!.scan;
    if (scan?.end(this.side)) this.tellContent(scan);
  }

  /** The flow is over: what is under way on both sides is all there will be. */
  endFlow(): void {
    const { scan } = this.flow!;
    if (scan === undefined) return;
    const isNews = scan.end(0);
    if (scan.end(1) || isNews) this.tellContent(scan);
  }

  /**
   * Done with `n` bytes of content, of which some may be still to come. What is here is offered. Returns how many bytes the
   * caller has to pass over at its next turn: none when nobody wants to see the rest, which is then skipped as a whole.
   * `isLast`: these are the last bytes of the content.
   */
  passOver(n: number, isLast = true): number {
    const here = Math.min(n, Math.max(0, this.length));
    this.offer(this.start, this.start + here);
    const isOver = here === n || this.isCut || !this.isContentOpen;
    this.skip(isOver ? n : here);
    if (isOver && isLast) this.endContent();
    return isOver ? 0 : n - here;
  }

  /** The flow's facts; made at the first call. */
  get facts(): FlowFacts {
    const flow = this.flow!;
    flow.facts ??= { protocols: [] };
    return flow.facts;
  }

  /** Who sends these bytes is the initiator. Only the first word on it counts. */
  senderAsks(): void {
    this.settleRoles(true);
  }

  /** Who sends these bytes is the responder. */
  senderAnswers(): void {
    this.settleRoles(false);
  }

  /** A name, a protocol: somebody may wait for it. */
  report(): void {
    this.wantsReport = true;
  }

  /** An answer that names addresses. The flow is reported at once with those of this payload; they are no fact that stays. */
  resolve(resolution: Resolution): void {
    if (this.resolved === undefined) this.resolved = [resolution];
    else if (this.resolved.length < MAX_VALUES) this.resolved.push(resolution);
    else this.dropFact();
  }

  /** Adds a distinct value to a list of facts, within its cap. */
  add(values: string[], value: string): void {
    if (value === "" || values.includes(value)) return;
    if (values.length >= MAX_VALUES) this.dropFact();
    else if (this.hasRoomFor(value)) values.push(value);
  }

  /** True when the flow's facts may hold this text too; if not, it counts as dropped. */
  hasRoomFor(text: string): boolean {
    if (this.budget.takeText(this.slot, text)) return true;
    this.dropFact();
    return false;
  }

  /** A value beyond the cap of its list. */
  dropFact(): void {
    this.facts.factsDropped = (this.facts.factsDropped ?? 0) + 1;
    this.losses.counts[LOSS_INDEX.facts_dropped] += 1;
  }

  lose(reason: LossReason): void {
    this.losses.counts[LOSS_INDEX[reason]] += 1;
  }

  private scanOf(classes: Classes): ContentScan {
    const flow = this.flow!;
    if (flow.scan === undefined) {
      flow.scan = new ContentScan(classes);
      this.budget.take(this.slot, flow.scan.keptBytes);
    }
    return flow.scan;
  }

  /** What the flow's content is classed as has changed. */
  tellContent(scan: ContentScan): void {
    const responder = this.flow!.isTurned !== this.wantsTurn ? 0 : 1;
    const content = scan.content(responder);
    if (content.length === 0 && this.flow!.facts === undefined) return;
    const { facts } = this;
    const told = facts.content?.length ?? 0;
    if (content.length > 0) facts.content = content;
    else delete facts.content;
    if (content.length > told || content.some(({ count }) => count === MANY)) this.report();
  }

  private settleRoles(isSenderInitiator: boolean): void {
    const flow = this.flow!;
    if (flow.hasRoles) return;
    flow.hasRoles = true;
    if (isSenderInitiator !== this.isFromInitiator) this.wantsTurn = true;
  }
}
