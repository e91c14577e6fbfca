import { V4_MAPPED } from "../lib/ip.ts";
import type { Encapsulations } from "../model/encapsulation.ts";
import type { FlowFacts } from "../model/facts.ts";
import { D, FLOW_RECORD_BYTES, FlowBatch, I, KIND, NO_PORT } from "../model/flow.ts";
import type { PayloadReader } from "../model/payload.ts";
import { SHAPE_SHIFT, SPACE } from "../model/row.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { COLD, COLD_D, HOT, HOT_D, INITIATOR_BY_MASK, INITIATOR_BY_SHIFT, STATUS, TCP_STATE_MASK, TCP_STATE_SHIFT } from "./layout.ts";
import { NameVisibility } from "./name-visibility.ts";
import type { FlowStore } from "./store.ts";

// The compiler takes constants of this module for what they are, but not those it imports.
const { words: HOT_WORDS, low: LOW, ports: PORTS, tags: TAGS, status: STATUS_AT, packets: PACKETS, space: SPACE_AT } = HOT;
const { bytes: BYTES, last: LAST } = HOT_D;
const { words: COLD_WORDS, mac: MAC, icmp: ICMP_AT, lostSnaplen: SNAPLEN, lostOrphan: ORPHAN, path: PATH, addresses: ADDRESSES } = COLD;
const { id: ID, start: START, intervalStart: INTERVAL_START, handshake: HANDSHAKE, totals: TOTALS } = COLD_D;
const { ipv6: IPV6, portless: PORTLESS } = SPACE;
const SHAPE = SHAPE_SHIFT;
const STATE_MASK = TCP_STATE_MASK;
const STATE_SHIFT = TCP_STATE_SHIFT;
const BY_MASK = INITIATOR_BY_MASK;
const BY_SHIFT = INITIATOR_BY_SHIFT;
const WORD_2_OF_V4 = V4_MAPPED;
const WITHOUT_PORT = NO_PORT;
const RECORD_DOUBLES = FLOW_RECORD_BYTES / 8;
const RECORD_INTS = FLOW_RECORD_BYTES / 4;
const TCP = 6;
const CLOSED = KIND.closed;
const ICMP = 1;
const ICMPV6 = 58;
const VLAN_BITS = 0xffffff;
const { flipped: FLIPPED, hasRtt: HAS_RTT, begun: BEGUN } = STATUS;
const { id, startMicros, endMicros, packetsUp, bytesUp, newPacketsUp, newBytesUp, intervalStartMicros, rttMicros, eventMicros } = D;
const { initiatorAddress, responderAddress, initiatorMac, responderMac, initiatorPort, responderPort } = I;
const { kind, transport, ipVersion, vlanCount, vlanOuter, vlanInner, vlanMore, vlanDown, tcpFlags, tcpState, initiatorBy } = I;
const { closedBy, icmp, thread, lostSnaplen, lostGap, lostOrphan } = I;

/** Writes flow events. Hands a batch on when it is full, or when `deliver` is called. */
export interface FlowReporter {
  /** Reports a flow as it is now, and begins its next interval. `kindIndex` and `closedByIndex` are indexes into the model's lists. */
  report(slot: number, kindIndex: number, closedByIndex: number, micros: number): void;
  deliver(): void;
  names(): NonNullable<SensorStatus["names"]>;
}

export function createReporter(
  store: FlowStore,
  encapsulations: Encapsulations,
  reader: PayloadReader,
  onBatch: (batch: FlowBatch) => void,
  threadNumber: number,
  capacity: number,
): FlowReporter {
  const { hot, hotDoubles, cold, coldDoubles } = store;
  const batch = new FlowBatch(capacity);
  const { doubles, ints, facts } = batch;
  const visibility = new NameVisibility();

  function deliver(): void {
    if (batch.count === 0) return;
    onBatch(batch);
    batch.clear();
  }

  function report(slot: number, kindIndex: number, closedByIndex: number, micros: number): void {
    if (batch.count === capacity) deliver();
    const index = batch.count;
    const out = index * RECORD_INTS;
    batch.count = index + 1;
    writeCounters(slot, index * RECORD_DOUBLES, micros);
    writeEnds(slot, out);
    writeState(slot, out);
    ints[out + kind] = kindIndex;
    ints[out + closedBy] = closedByIndex;
    const hasReader = (hot[slot * HOT_WORDS + STATUS_AT] & BEGUN) !== 0;
    if (hasReader && kindIndex === CLOSED) reader.ended?.(slot, ints[out + initiatorPort], ints[out + responderPort]);
    ints[out + lostGap] = hasReader ? reader.gapsOf(slot) : 0;
    const read = hasReader ? reader.factsOf(slot) : undefined;
    if (kindIndex === CLOSED && read !== undefined) visibility.note(read, ints, out + responderAddress);
    facts[index] = hot[slot * HOT_WORDS + SPACE_AT] >>> SHAPE === 0 ? read : withWrapping(slot, read);
  }

  /** The facts, and what the flow came in: of the initiator's packets first, then what only the responder's have. */
  function withWrapping(slot: number, read: FlowFacts | undefined): FlowFacts {
    const up = (hot[slot * HOT_WORDS + STATUS_AT] & FLIPPED) !== 0 ? 1 : 0;
    const upPath = cold[slot * COLD_WORDS + PATH + up];
    const downPath = cold[slot * COLD_WORDS + PATH + (up ^ 1)];
    const tunnel = encapsulations.tunnelsOf(upPath);
    const vlanIds = encapsulations.vlanIdsOf(upPath);
    if (downPath !== upPath) {
      for (const more of encapsulations.tunnelsOf(downPath)) {
        if (!tunnel.some(({ type, id }) => type === more.type && id === more.id)) tunnel.push(more);
      }
      vlanIds.push(...encapsulations.vlanIdsOf(downPath));
    }
    const facts: FlowFacts = read === undefined ? { protocols: [] } : { ...read };
    if (tunnel.length > 0) facts.tunnel = tunnel;
    if (vlanIds.length > 0) facts.vlanIds = [...new Set(vlanIds)];
    return facts;
  }

  function writeCounters(slot: number, out: number, micros: number): void {
    const d = slot * (HOT_WORDS / 2);
    const c = slot * (COLD_WORDS / 2);
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    doubles[out + id] = coldDoubles[c + ID];
    doubles[out + startMicros] = coldDoubles[c + START];
    doubles[out + endMicros] = hotDoubles[d + LAST];
    doubles[out + intervalStartMicros] = coldDoubles[c + INTERVAL_START];
    doubles[out + rttMicros] = (status & HAS_RTT) !== 0 ? coldDoubles[c + HANDSHAKE] : Number.NaN;
    doubles[out + eventMicros] = micros;
    const up = (status & FLIPPED) !== 0 ? 1 : 0;
    writeSide(slot, 0, out + up);
    writeSide(slot, 1, out + (up ^ 1));
    coldDoubles[c + INTERVAL_START] = micros;
  }

  function writeSide(slot: number, side: number, to: number): void {
    const h = slot * HOT_WORDS + PACKETS + side;
    const d = slot * (HOT_WORDS / 2) + BYTES + side;
    const total = slot * (COLD_WORDS / 2) + TOTALS + side;
    const packets = hot[h] >>> 0;
    const bytes = hotDoubles[d];
    const allPackets = coldDoubles[total] + packets;
    const allBytes = coldDoubles[total + 2] + bytes;
    coldDoubles[total] = allPackets;
    coldDoubles[total + 2] = allBytes;
    doubles[to + newPacketsUp] = packets;
    doubles[to + newBytesUp] = bytes;
    doubles[to + packetsUp] = allPackets;
    doubles[to + bytesUp] = allBytes;
    hot[h] = 0;
    hotDoubles[d] = 0;
  }

  function writeEnds(slot: number, out: number): void {
    const h = slot * HOT_WORDS;
    const up = (hot[h + STATUS_AT] & FLIPPED) !== 0 ? 1 : 0;
    const isIpv6 = (hot[h + SPACE_AT] & IPV6) !== 0;
    const pair = hot[h + PORTS];
    const hasPorts = (hot[h + SPACE_AT] & PORTLESS) === 0;
    ints[out + ipVersion] = isIpv6 ? 6 : 4;
    ints[out + initiatorPort] = hasPorts ? (pair >>> (up === 0 ? 16 : 0)) & 0xffff : WITHOUT_PORT;
    ints[out + responderPort] = hasPorts ? (pair >>> (up === 0 ? 0 : 16)) & 0xffff : WITHOUT_PORT;
    writeEnd(slot, up, isIpv6, out + initiatorAddress, out + initiatorMac);
    writeEnd(slot, up ^ 1, isIpv6, out + responderAddress, out + responderMac);
  }

  function writeEnd(slot: number, side: number, isIpv6: boolean, address: number, mac: number): void {
    const c = slot * COLD_WORDS;
    if (isIpv6) {
      const words = c + ADDRESSES + side * 4;
      ints[address] = cold[words];
      ints[address + 1] = cold[words + 1];
      ints[address + 2] = cold[words + 2];
      ints[address + 3] = cold[words + 3];
    } else {
      ints[address] = 0;
      ints[address + 1] = 0;
      ints[address + 2] = WORD_2_OF_V4;
      ints[address + 3] = hot[slot * HOT_WORDS + LOW + side];
    }
    ints[mac] = cold[c + MAC + side * 2];
    ints[mac + 1] = cold[c + MAC + side * 2 + 1];
  }

  function writeState(slot: number, out: number): void {
    const h = slot * HOT_WORDS;
    const c = slot * COLD_WORDS;
    const status = hot[h + STATUS_AT];
    const protocol = hot[h + TAGS] >>> 24;
    const up = (status & FLIPPED) !== 0 ? 1 : 0;
    const isIcmp = protocol === ICMP || protocol === ICMPV6;
    ints[out + transport] = protocol;
    ints[out + tcpFlags] = protocol === TCP ? status & 0xff : 0;
    ints[out + tcpState] = (status & STATE_MASK) >> STATE_SHIFT;
    ints[out + initiatorBy] = (status & BY_MASK) >> BY_SHIFT;
    ints[out + icmp] = isIcmp ? cold[c + ICMP_AT] : 0;
    ints[out + icmp + 1] = isIcmp ? cold[c + ICMP_AT + 1] : 0;
    ints[out + icmp + 2] = isIcmp ? cold[c + ICMP_AT + 2] : 0;
    ints[out + icmp + 3] = isIcmp ? cold[c + ICMP_AT + 3] : 0;
    ints[out + lostSnaplen] = cold[c + SNAPLEN];
    ints[out + lostOrphan] = cold[c + ORPHAN];
    ints[out + thread] = threadNumber;
    const path = hot[h + SPACE_AT] >>> SHAPE === 0 ? 0 : cold[c + PATH + up];
    writeVlans(out, hot[h + TAGS + up] & VLAN_BITS, hot[h + TAGS + (up ^ 1)] & VLAN_BITS, path);
  }

  function writeVlans(out: number, up: number, down: number, path: number): void {
    const outer = up >>> 12;
    const inner = up & 0xfff;
    ints[out + vlanCount] = (outer > 0 ? 1 : 0) + (inner > 0 ? 1 : 0);
    ints[out + vlanOuter] = outer;
    ints[out + vlanInner] = inner;
    ints[out + vlanMore] = 0;
    ints[out + vlanDown] = down === up ? 0 : ((down >>> 12) << 16) | (down & 0xfff);
    if (path !== 0 && inner > 0) writeMoreVlans(out, encapsulations.vlanIdsOf(path));
  }

  function writeMoreVlans(out: number, ids: readonly number[]): void {
    ints[out + vlanCount] += Math.min(ids.length, 2);
    ints[out + vlanMore] = ((ids[0] ?? 0) << 16) | (ids[1] ?? 0);
  }

  return { report, deliver, names: () => visibility.status() };
}
