import { D, FLOW_RECORD_BYTES, FlowBatch, I, NO_PORT } from "../model/flow.ts";
import type { PayloadReader } from "../model/payload.ts";
import { V4_MAPPED } from "../lib/ip.ts";
import { SPACE } from "../model/row.ts";
import {
  COLD,
  COLD_D,
  COLD_WORDS,
  HOT,
  HOT_D,
  HOT_WORDS,
  INITIATOR_BY_MASK,
  INITIATOR_BY_SHIFT,
  STATUS,
  TCP_STATE_MASK,
  TCP_STATE_SHIFT,
} from "./layout.ts";
import type { FlowStore } from "./store.ts";

const RECORD_DOUBLES = FLOW_RECORD_BYTES / 8;
const RECORD_INTS = FLOW_RECORD_BYTES / 4;
const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;
const VLAN_BITS = 0xffffff;

/** Writes flow events. Hands a batch on when it is full, or when `deliver` is called. */
export class FlowReporter {
  private readonly store: FlowStore;
  private readonly reader: PayloadReader;
  private readonly onBatch: (batch: FlowBatch) => void;
  private readonly thread: number;
  private readonly batch: FlowBatch;

  constructor(store: FlowStore, reader: PayloadReader, onBatch: (batch: FlowBatch) => void, thread: number, capacity: number) {
    this.store = store;
    this.reader = reader;
    this.onBatch = onBatch;
    this.thread = thread;
    this.batch = new FlowBatch(capacity);
  }

  deliver(): void {
    if (this.batch.count === 0) return;
    this.onBatch(this.batch);
    this.batch.clear();
  }

  /** Reports a flow as it is now, and begins its next interval. `kind` and `closedBy` are indexes into the model's lists. */
  report(slot: number, kind: number, closedBy: number, eventMicros: number): void {
    const batch = this.batch;
    if (batch.count === batch.capacity) this.deliver();
    const index = batch.count;
    batch.count = index + 1;
    this.writeCounters(slot, index * RECORD_DOUBLES, eventMicros);
    this.writeIdentity(slot, index * RECORD_INTS);
    const ints = batch.ints;
    const base = index * RECORD_INTS;
    ints[base + I.kind] = kind;
    ints[base + I.closedBy] = closedBy;
    ints[base + I.thread] = this.thread;
    const hasReader = (this.store.hot[slot * HOT_WORDS + HOT.status] & STATUS.begun) !== 0;
    ints[base + I.lostGap] = hasReader ? this.reader.gapsOf(slot) : 0;
    batch.facts[index] = hasReader ? this.reader.factsOf(slot) : undefined;
  }

  private writeCounters(slot: number, out: number, eventMicros: number): void {
    const { hot, hotDoubles, coldDoubles } = this.store;
    const doubles = this.batch.doubles;
    const h = slot * HOT_WORDS;
    const d = slot * (HOT_WORDS / 2);
    const c = slot * (COLD_WORDS / 2);
    const status = hot[h + HOT.status];
    const up = (status & STATUS.flipped) !== 0 ? 1 : 0;
    const last = hotDoubles[d + HOT_D.last];
    doubles[out + D.id] = coldDoubles[c + COLD_D.id];
    doubles[out + D.startMicros] = coldDoubles[c + COLD_D.start];
    doubles[out + D.endMicros] = last;
    doubles[out + D.intervalStartMicros] = coldDoubles[c + COLD_D.intervalStart];
    doubles[out + D.rttMicros] = (status & STATUS.hasRtt) !== 0 ? coldDoubles[c + COLD_D.handshake] : Number.NaN;
    doubles[out + D.eventMicros] = eventMicros;
    for (let side = 0; side < 2; side += 1) {
      const packets = hot[h + HOT.packets + side] >>> 0;
      const bytes = hotDoubles[d + HOT_D.bytes + side];
      const to = out + (side ^ up);
      doubles[to + D.newPacketsUp] = packets;
      doubles[to + D.newBytesUp] = bytes;
      doubles[to + D.packetsUp] = coldDoubles[c + COLD_D.totals + side] += packets;
      doubles[to + D.bytesUp] = coldDoubles[c + COLD_D.totals + 2 + side] += bytes;
      hot[h + HOT.packets + side] = 0;
      hotDoubles[d + HOT_D.bytes + side] = 0;
    }
    coldDoubles[c + COLD_D.intervalStart] = eventMicros;
  }

  private writeIdentity(slot: number, out: number): void {
    const { hot, cold } = this.store;
    const ints = this.batch.ints;
    const h = slot * HOT_WORDS;
    const c = slot * COLD_WORDS;
    const status = hot[h + HOT.status];
    const up = (status & STATUS.flipped) !== 0 ? 1 : 0;
    const space = hot[h + HOT.space];
    const transport = hot[h + HOT.tags] >>> 24;
    const isIpv6 = (space & SPACE.ipv6) !== 0;
    ints[out + I.transport] = transport;
    ints[out + I.ipVersion] = isIpv6 ? 6 : 4;
    const ports = hot[h + HOT.ports];
    const hasPorts = (space & SPACE.portless) === 0;
    ints[out + I.initiatorPort] = hasPorts ? (up === 0 ? ports >>> 16 : ports & 0xffff) : NO_PORT;
    ints[out + I.responderPort] = hasPorts ? (up === 0 ? ports & 0xffff : ports >>> 16) : NO_PORT;
    for (let side = 0; side < 2; side += 1) {
      const address = out + (side === up ? I.initiatorAddress : I.responderAddress);
      if (isIpv6) for (let n = 0; n < 4; n += 1) ints[address + n] = cold[c + COLD.addresses + side * 4 + n];
      else {
        ints[address] = 0;
        ints[address + 1] = 0;
        ints[address + 2] = V4_MAPPED;
        ints[address + 3] = hot[h + HOT.low + side];
      }
      const mac = out + (side === up ? I.initiatorMac : I.responderMac);
      ints[mac] = cold[c + COLD.mac + side * 2];
      ints[mac + 1] = cold[c + COLD.mac + side * 2 + 1];
    }
    this.writeVlans(out, hot[h + HOT.tags + up] & VLAN_BITS, hot[h + HOT.tags + (up ^ 1)] & VLAN_BITS, space);
    ints[out + I.tcpFlags] = transport === TCP ? status & 0xff : 0;
    ints[out + I.tcpState] = (status & TCP_STATE_MASK) >> TCP_STATE_SHIFT;
    ints[out + I.initiatorBy] = (status & INITIATOR_BY_MASK) >> INITIATOR_BY_SHIFT;
    const isIcmp = transport === ICMP || transport === ICMPV6;
    for (let n = 0; n < 4; n += 1) ints[out + I.icmp + n] = isIcmp ? cold[c + COLD.icmp + n] : 0;
    ints[out + I.lostSnaplen] = cold[c + COLD.lostSnaplen];
    ints[out + I.lostOrphan] = cold[c + COLD.lostOrphan];
  }

  private writeVlans(out: number, up: number, down: number, space: number): void {
    const ints = this.batch.ints;
    const outer = up >>> 12;
    const inner = up & 0xfff;
    const third = space >>> 20;
    const fourth = (space >>> 8) & 0xfff;
    ints[out + I.vlanCount] = (outer > 0 ? 1 : 0) + (inner > 0 ? 1 : 0) + (third > 0 ? 1 : 0) + (fourth > 0 ? 1 : 0);
    ints[out + I.vlanOuter] = outer;
    ints[out + I.vlanInner] = inner;
    ints[out + I.vlanMore] = (third << 16) | fourth;
    ints[out + I.vlanDown] = down === up ? 0 : ((down >>> 12) << 16) | (down & 0xfff);
  }
}

