import type { FlowFacts } from "../model/facts.ts";
import { type JudgedFlow, type Judgement, NAME_SOURCES, PARTY_BY } from "../model/judgement.ts";
import type { Location } from "../model/location.ts";
import type { Asset, Party, Zone } from "../model/site.ts";
import {
  DIRECTIONS,
  type FactsText,
  FLAG_ESTABLISHED,
  FLAG_INSIDE_INITIATOR,
  type HistoryBatch,
  NAME_SOURCE_SHIFT,
  PARTY_BY_SHIFT,
  R,
  RD,
  ROW_BYTES,
  ROW_DOUBLES,
  ROW_WORDS,
} from "./row.ts";

/** Numbers things by identity, from 1; 0 is "none". */
class Numbering<T> {
  readonly list: T[] = [];
  private readonly numbers = new Map<T, number>();
  private latest: T | undefined;
  private latestNumber = 0;

  of(thing: T | undefined): number {
    if (thing === undefined) return 0;
    if (thing === this.latest) return this.latestNumber;
    let number = this.numbers.get(thing);
    if (number === undefined) {
      this.list.push(thing);
      number = this.list.length;
      this.numbers.set(thing, number);
    }
    this.latest = thing;
    this.latestNumber = number;
    return number;
  }

  clear(): void {
    this.list.length = 0;
    this.numbers.clear();
    this.latest = undefined;
    this.latestNumber = 0;
  }
}

/** Gathers judged flow events into one buffer; no object per event, and JSON only where there are facts. */
export class BatchBuilder {
  count = 0;
  firstSequence = 0;
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly capacity: number;
  private readonly zones = new Numbering<Zone>();
  private readonly assets = new Numbering<Asset>();
  private readonly parties = new Numbering<Party>();
  private readonly names = new Numbering<string>();
  private readonly partiesAlso = new Numbering<readonly string[]>();
  private readonly proxied = new Numbering<string>();
  private readonly forwarded = new Numbering<string>();
  private readonly judgements = new Numbering<Judgement>();
  private readonly locations = new Numbering<Location>();
  private readonly epochs = new Numbering<string>();
  private facts: FactsText[] = [];
  private factsBytes = 0;
  private alerts: string[] = [];

  constructor(capacity: number) {
    this.capacity = capacity;
    const buffer = new ArrayBuffer(capacity * ROW_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Long texts close a batch early, so that its size stays bounded. */
  get isFull(): boolean {
    return this.count === this.capacity || this.factsBytes > 4_000_000;
  }
  get isEmpty(): boolean {
    return this.count === 0 && this.alerts.length === 0;
  }

  add(judged: JudgedFlow, epoch: string): void {
    const { flow } = judged;
    const i = this.count * ROW_WORDS;
    const d = this.count * ROW_DOUBLES;
    const { ints, doubles } = this;
    flow.copyTo(ints, i);
    ints[i + R.flags] =
      (judged.isInsideInitiator ? FLAG_INSIDE_INITIATOR : 0) |
      (judged.isEstablished ? FLAG_ESTABLISHED : 0) |
      (judged.partyBy === undefined ? 0 : (PARTY_BY.indexOf(judged.partyBy) + 1) << PARTY_BY_SHIFT) |
      (judged.nameSource === undefined ? 0 : (NAME_SOURCES.indexOf(judged.nameSource) + 1) << NAME_SOURCE_SHIFT);
    ints[i + R.zone] = this.zones.of(judged.zone);
    ints[i + R.asset] = this.assets.of(judged.asset);
    ints[i + R.party] = this.parties.of(judged.party);
    ints[i + R.name] = this.names.of(judged.name);
    ints[i + R.partyAlso] = this.partiesAlso.of(judged.partyAlso);
    ints[i + R.proxiedTo] = this.proxied.of(judged.proxiedTo);
    ints[i + R.forwardedFor] = this.forwarded.of(judged.forwardedFor);
    ints[i + R.judgement] = this.judgements.of(judged.judgement);
    ints[i + R.location] = this.locations.of(judged.location);
    ints[i + R.facts] = flow.facts === undefined ? 0 : this.addFacts(flow.facts, flow.factsText, judged.forwardedFor !== undefined);
    ints[i + R.epoch] = this.epochs.of(epoch);
    ints[i + R.direction] = DIRECTIONS.indexOf(judged.direction);
    doubles[d + RD.bytesOut] = judged.bytesOut;
    doubles[d + RD.bytesIn] = judged.bytesIn;
    doubles[d + RD.newBytesOut] = judged.newBytesOut;
    doubles[d + RD.newBytesIn] = judged.newBytesIn;
    this.count += 1;
  }

  addAlert(document: string): void {
    this.alerts.push(document);
    this.factsBytes += document.length;
  }

  /** Hands over what was gathered and starts anew. */
  finish(number: number, lastSequence: number, context: { policyRevision: string; builds: string }): HistoryBatch {
    const bytes = this.bytes.slice(0, this.count * ROW_BYTES);
    const batch: HistoryBatch = {
      number,
      firstSequence: this.firstSequence,
      lastSequence,
      count: this.count,
      bytes,
      zones: this.zones.list.map((zone) => zone.name),
      assets: this.assets.list.map((asset) => asset.name),
      parties: this.parties.list.map((party) => party.name),
      names: [...this.names.list],
      partiesAlso: this.partiesAlso.list.map((names) => names.join(" ")),
      proxied: [...this.proxied.list],
      forwarded: [...this.forwarded.list],
      judgements: this.judgements.list.map((j) => ({ word: j.word, rule: j.rule, because: j.because, wouldAllow: j.wouldAllow ?? "" })),
      locations: this.locations.list.map(({ place, verdict, list, confidence }) => ({
        countries: place.countries.join(" "),
        // The same that alerts tell: of the verdict, not of the country.
        confidence: confidence ?? place.confidence,
        verdict,
        list,
        asn: place.asn ?? Number.NaN,
        organization: place.organization ?? "",
        special: place.special ?? "",
      })),
      facts: this.facts,
      epochs: [...this.epochs.list],
      ...context,
      alerts: this.alerts,
      weight: bytes.length + this.factsBytes * 2 + 1000,
    };
    this.count = 0;
    this.facts = [];
    this.factsBytes = 0;
    this.alerts = [];
    const { zones, assets, parties, names, partiesAlso, proxied, forwarded, judgements, locations, epochs } = this;
    for (const numbering of [zones, assets, parties, names, partiesAlso, proxied, forwarded, judgements, locations, epochs])
      numbering.clear();
    return batch;
  }

  /** `isForwarded`: the sender's word on its clients counts; anybody else's may be of patients at home, and is not kept. */
  private addFacts(facts: FlowFacts, text: string | undefined, isForwarded: boolean): number {
    const isWhole = isForwarded || facts.forwarded === undefined;
    const json = isWhole ? (text ?? JSON.stringify(facts)) : JSON.stringify({ ...facts, forwarded: undefined });
    this.factsBytes += json.length;
    return this.facts.push({ json, protocols: facts.protocols.join(" ") });
  }
}
