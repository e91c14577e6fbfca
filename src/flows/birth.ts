import { type DecodedBatch, FLAG, ROW, SPACE } from "../model/row.ts";
import { type InitiatorRules, isGroup } from "./initiator.ts";
import { BY, COLD, COLD_D, COLD_WORDS, HOT, HOT_D, HOT_WORDS, INITIATOR_BY_SHIFT, STATUS, TCP_STATE_SHIFT } from "./layout.ts";
import type { FlowStore } from "./store.ts";
import { firstTcpState } from "./tcp.ts";

const TCP = 6;
const MAC_BYTES = 6;
const MAC_KNOWN = 1 << 16;
const RECEIVER_BEGAN = 4;
const V4_MAPPED = 0xffff;

/** Writes the records of a flow whose first packet is this row. Its counters begin at zero: the caller counts the packet. */
export function writeNewFlow(
  store: FlowStore,
  rules: InitiatorRules,
  slot: number,
  id: number,
  batch: DecodedBatch,
  row: number,
  micros: number,
): void {
  const rows = batch.rows;
  const { hot, hotDoubles, cold, coldDoubles } = store;
  const h = slot * HOT_WORDS;
  const d = slot * (HOT_WORDS / 2);
  const c = slot * COLD_WORDS;
  const cd = slot * (COLD_WORDS / 2);
  const tags = rows[row + ROW.tags];
  const space = rows[row + ROW.space];
  hot[h + HOT.low] = rows[row + ROW.source];
  hot[h + HOT.high] = rows[row + ROW.destination];
  hot[h + HOT.ports] = rows[row + ROW.ports];
  hot[h + HOT.tags] = tags;
  hot[h + HOT.tags + 1] = tags;
  hot[h + HOT.status] = firstStatus(rules, batch, row);
  hot[h + HOT.packets] = 0;
  hot[h + HOT.packets + 1] = 0;
  hot[h + HOT.space] = space;
  hotDoubles[d + HOT_D.bytes] = 0;
  hotDoubles[d + HOT_D.bytes + 1] = 0;
  hotDoubles[d + HOT_D.last] = micros;
  coldDoubles[cd + COLD_D.id] = id;
  coldDoubles[cd + COLD_D.start] = micros;
  coldDoubles[cd + COLD_D.intervalStart] = micros;
  for (let n = 0; n < 4; n += 1) coldDoubles[cd + COLD_D.totals + n] = 0;
  for (let word = COLD.mac; word <= COLD.lostOrphan; word += 1) cold[c + word] = 0;
  cold[c + COLD.hash] = rows[row + ROW.hash];
  if ((space & SPACE.ipv6) !== 0) writeAddresses(cold, c, batch, row);
}

/** Notes the MAC addresses of a packet's frame as those of the flow's ends. */
export function writeMacs(store: FlowStore, slot: number, view: DataView, rows: Int32Array, row: number): void {
  const flags = rows[row + ROW.flags];
  if ((flags & FLAG.mac) === 0) return;
  const at = rows[row + ROW.mac];
  const side = (flags & FLAG.fromGreater) !== 0 ? 1 : 0;
  const base = slot * COLD_WORDS + COLD.mac;
  writeMac(store.cold, base + side * 2, view, at + MAC_BYTES);
  if ((flags & FLAG.macSourceOnly) === 0) writeMac(store.cold, base + (side ^ 1) * 2, view, at);
}

function writeMac(cold: Int32Array, word: number, view: DataView, at: number): void {
  cold[word] = view.getInt32(at);
  cold[word + 1] = view.getUint16(at + 4) | MAC_KNOWN;
}

function writeAddresses(cold: Int32Array, c: number, batch: DecodedBatch, row: number): void {
  const sender = (batch.rows[row + ROW.flags] & FLAG.fromGreater) !== 0 ? 4 : 0;
  for (let n = 0; n < 4; n += 1) {
    cold[c + COLD.addresses + sender + n] = batch.addresses[(row >> 1) + n];
    cold[c + COLD.addresses + (sender ^ 4) + n] = batch.addresses[(row >> 1) + 4 + n];
  }
}

function firstStatus(rules: InitiatorRules, batch: DecodedBatch, row: number): number {
  const rows = batch.rows;
  const flags = rows[row + ROW.flags];
  const transport = rows[row + ROW.tags] >>> 24;
  const space = rows[row + ROW.space];
  const side = (flags & FLAG.fromGreater) !== 0 ? 1 : 0;
  const ports = rows[row + ROW.ports];
  const fromPort = side === 0 ? ports >>> 16 : ports & 0xffff;
  const toPort = side === 0 ? ports & 0xffff : ports >>> 16;
  const said =
    (space & SPACE.portless) !== 0 ? BY.firstPacket : rules.first(flags, transport, fromPort, toPort, isToGroup(batch, row, side));
  const initiator = said >= RECEIVER_BEGAN ? side ^ 1 : side;
  const state = transport === TCP ? firstTcpState(flags) : 0;
  return (
    STATUS.inUse |
    (initiator === 1 ? STATUS.flipped : 0) |
    ((said & (RECEIVER_BEGAN - 1)) << INITIATOR_BY_SHIFT) |
    (state << TCP_STATE_SHIFT)
  );
}

function isToGroup(batch: DecodedBatch, row: number, side: number): boolean {
  const { rows, addresses } = batch;
  if ((rows[row + ROW.space] & SPACE.ipv6) === 0) return isGroup(0, 0, V4_MAPPED, rows[row + (side === 0 ? ROW.destination : ROW.source)]);
  const to = (row >> 1) + 4;
  return isGroup(addresses[to], addresses[to + 1], addresses[to + 2], addresses[to + 3]);
}
