import type { FlowFacts } from "./facts.ts";

/**
 * Flow events, the only thing that goes from sensor to core: fixed records of 256 bytes in one buffer, so that a million
 * of them cost no object. Each record tells the whole flow so far (totals) and what is new since the last report of it
 * (`new…`), so the core needs no memory of the flow, and either side may die and come back.
 */
export const FLOW_RECORD_BYTES = 256;
const DOUBLES = 32;
const INTS = 64;

/** The port of a flow without ports: a transport that has none, or fragments whose first one never came. */
export const NO_PORT = -1;

/** Indexes into the doubles of a record. */
export const D = {
  /** Number of the flow in this run of the sensor, in order of first packets. */
  id: 0,
  startMicros: 1,
  /** Time of the latest packet. */
  endMicros: 2,
  packetsUp: 3,
  packetsDown: 4,
  bytesUp: 5,
  bytesDown: 6,
  newPacketsUp: 7,
  newPacketsDown: 8,
  newBytesUp: 9,
  newBytesDown: 10,
  /** From when the `new…` counters count. */
  intervalStartMicros: 11,
  /** Handshake round-trip time seen from the tap toward the responder (SYN to SYN+ACK); NaN when not measured. */
  rttMicros: 12,
  /** Packet time at which this event was made. */
  eventMicros: 13,
} as const;

/** Indexes into the 32-bit integers of a record (the first 28 are the doubles' place). */
export const I = {
  /** Third VLAN id << 16 | fourth, 0 = none. */
  vlanMore: 28,
  /** Outer VLAN id << 16 | inner of the packets from the responder, where it is tagged otherwise than the initiator; else 0. */
  vlanDown: 29,
  kind: 32,
  transport: 33,
  ipVersion: 34,
  /** NO_PORT where the transport has none. ICMP: type and type of the reply, or type and code (CONTRACT "ICMP"). */
  initiatorPort: 35,
  responderPort: 36,
  /** Four words each, network order read big-endian; IPv4 as ::ffff:a.b.c.d. */
  initiatorAddress: 37,
  responderAddress: 41,
  vlanCount: 45,
  vlanOuter: 46,
  vlanInner: 47,
  tcpFlags: 48,
  tcpState: 49,
  initiatorBy: 50,
  closedBy: 51,
  /** First four bytes, then the last two; bit 16 of the second word says that there is one. */
  initiatorMac: 52,
  responderMac: 54,
  /** Up to four distinct (type << 8 | code) + 1 of ICMP messages, 0 = none. */
  icmp: 56,
  /** Which sensor thread reports. */
  thread: 60,
  lostSnaplen: 61,
  lostGap: 62,
  lostOrphan: 63,
} as const;

/** "Up" is initiator to responder, "down" the other way. */
export const FLOW_KINDS = ["opened", "learned", "counted", "closed"] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];
export const KIND = { opened: 0, learned: 1, counted: 2, closed: 3 } as const;

export const TCP_STATES = ["syn-only", "established", "closed", "reset", "midstream"] as const;
export type TcpState = (typeof TCP_STATES)[number];

/** Who the initiator is, by what: see CONTRACT "Initiator". */
export const INITIATOR_BY = ["syn", "dissector", "first-packet", "service-port"] as const;
export type InitiatorBy = (typeof INITIATOR_BY)[number];

export const CLOSED_BY = ["still-open", "fin", "reset", "idle", "evicted", "end-of-input", "reused"] as const;
export type ClosedBy = (typeof CLOSED_BY)[number];

/** A run of flow events. `facts[i]` goes with record i. */
export class FlowBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly doubles: Float64Array;
  readonly ints: Int32Array;
  readonly facts: (FlowFacts | undefined)[];
  /** JSON of the facts, of batches that came over the link: whoever keeps it as text need not write it again. */
  readonly factsTexts: (string | undefined)[] = [];
  readonly capacity: number;
  count = 0;

  constructor(capacity = 1024, buffer = new ArrayBuffer(capacity * FLOW_RECORD_BYTES)) {
    this.capacity = capacity;
    this.bytes = new Uint8Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.ints = new Int32Array(buffer);
    this.facts = new Array(capacity).fill(undefined);
  }

  clear(): void {
    this.facts.fill(undefined, 0, this.count);
    this.factsTexts.length = 0;
    this.count = 0;
  }
}

/** A window on one record of a batch. One object serves all records: never keep it, copy what you need. */
export class FlowView {
  private batch: FlowBatch = new FlowBatch(1);
  private d = 0;
  private i = 0;
  private index = 0;

  at(batch: FlowBatch, index: number): this {
    this.batch = batch;
    this.index = index;
    this.d = index * DOUBLES;
    this.i = index * INTS;
    return this;
  }

  get id(): number {
    return this.batch.doubles[this.d + D.id];
  }
  get kind(): FlowKind {
    return FLOW_KINDS[this.batch.ints[this.i + I.kind]];
  }
  get isClosed(): boolean {
    return this.batch.ints[this.i + I.kind] === KIND.closed;
  }
  get startMicros(): number {
    return this.batch.doubles[this.d + D.startMicros];
  }
  get endMicros(): number {
    return this.batch.doubles[this.d + D.endMicros];
  }
  get eventMicros(): number {
    return this.batch.doubles[this.d + D.eventMicros];
  }
  get intervalStartMicros(): number {
    return this.batch.doubles[this.d + D.intervalStartMicros];
  }
  get packetsUp(): number {
    return this.batch.doubles[this.d + D.packetsUp];
  }
  get packetsDown(): number {
    return this.batch.doubles[this.d + D.packetsDown];
  }
  get bytesUp(): number {
    return this.batch.doubles[this.d + D.bytesUp];
  }
  get bytesDown(): number {
    return this.batch.doubles[this.d + D.bytesDown];
  }
  get newPacketsUp(): number {
    return this.batch.doubles[this.d + D.newPacketsUp];
  }
  get newPacketsDown(): number {
    return this.batch.doubles[this.d + D.newPacketsDown];
  }
  get newBytesUp(): number {
    return this.batch.doubles[this.d + D.newBytesUp];
  }
  get newBytesDown(): number {
    return this.batch.doubles[this.d + D.newBytesDown];
  }
  /** NaN when not measured. */
  get rttMicros(): number {
    return this.batch.doubles[this.d + D.rttMicros];
  }
  /** IANA protocol number. */
  get transport(): number {
    return this.batch.ints[this.i + I.transport];
  }
  /** 4 or 6. */
  get ipVersion(): number {
    return this.batch.ints[this.i + I.ipVersion];
  }
  /** NO_PORT (-1) when the flow has none. */
  get initiatorPort(): number {
    return this.batch.ints[this.i + I.initiatorPort];
  }
  get responderPort(): number {
    return this.batch.ints[this.i + I.responderPort];
  }
  /** Word 0–3 of the initiator's address, as a signed 32-bit integer. */
  initiatorWord(n: number): number {
    return this.batch.ints[this.i + I.initiatorAddress + n];
  }
  responderWord(n: number): number {
    return this.batch.ints[this.i + I.responderAddress + n];
  }
  get vlanCount(): number {
    return this.batch.ints[this.i + I.vlanCount];
  }
  get vlanOuter(): number {
    return this.batch.ints[this.i + I.vlanOuter];
  }
  get vlanInner(): number {
    return this.batch.ints[this.i + I.vlanInner];
  }
  get vlanMore(): number {
    return this.batch.ints[this.i + I.vlanMore];
  }
  get vlanDown(): number {
    return this.batch.ints[this.i + I.vlanDown];
  }
  get tcpFlags(): number {
    return this.batch.ints[this.i + I.tcpFlags];
  }
  get tcpState(): TcpState {
    return TCP_STATES[this.batch.ints[this.i + I.tcpState]];
  }
  get initiatorBy(): InitiatorBy {
    return INITIATOR_BY[this.batch.ints[this.i + I.initiatorBy]];
  }
  get closedBy(): ClosedBy {
    return CLOSED_BY[this.batch.ints[this.i + I.closedBy]];
  }
  /** Word 0 or 1 of a MAC address; word 1 has bit 16 set when the address is known. */
  initiatorMacWord(n: number): number {
    return this.batch.ints[this.i + I.initiatorMac + n];
  }
  responderMacWord(n: number): number {
    return this.batch.ints[this.i + I.responderMac + n];
  }
  /** (type << 8 | code) + 1, or 0; n from 0 to 3. */
  icmp(n: number): number {
    return this.batch.ints[this.i + I.icmp + n];
  }
  get thread(): number {
    return this.batch.ints[this.i + I.thread];
  }
  get lostSnaplen(): number {
    return this.batch.ints[this.i + I.lostSnaplen];
  }
  get lostGap(): number {
    return this.batch.ints[this.i + I.lostGap];
  }
  get lostOrphan(): number {
    return this.batch.ints[this.i + I.lostOrphan];
  }
  get facts(): FlowFacts | undefined {
    return this.batch.facts[this.index];
  }
  /** JSON of the facts, where they came as text. */
  get factsText(): string | undefined {
    return this.batch.factsTexts[this.index];
  }
  /** Copies the record's 64 words, bit for bit, to `target` from word `offset` on. */
  copyTo(target: Int32Array, offset: number): void {
    const ints = this.batch.ints;
    for (let n = 0; n < INTS; n += 1) target[offset + n] = ints[this.i + n];
  }
  /** Both directions were seen. */
  get isEstablished(): boolean {
    return this.packetsUp > 0 && this.packetsDown > 0;
  }
}
