import { type DecodedBatch, FLAG, ROW, ROW_WORDS, SHAPE_SHIFT, SPACE } from "../model/row.ts";
import { type InitiatorRules, isGroup } from "./initiator.ts";
import { BY, COLD, COLD_D, HOT, HOT_D, INITIATOR_BY_SHIFT, STATUS, TCP_STATE_SHIFT } from "./layout.ts";
import type { FlowStore } from "./store.ts";
import { firstTcpState } from "./tcp.ts";

const { source, destination, ports, tags, space, flags, hash, mac } = ROW;
const { words: HOT_WORDS, low: LOW, high: HIGH, ports: PORTS, tags: TAGS, status: STATUS_AT, packets: PACKETS, space: SPACE_AT } = HOT;
const { bytes: BYTES, last: LAST } = HOT_D;
const { words: COLD_WORDS, mac: MAC, lostOrphan: LAST_CLEARED, hash: HASH, path: PATH, addresses: ADDRESSES } = COLD;
const { id: ID, start: START, intervalStart: INTERVAL_START, totals: TOTALS } = COLD_D;
const { ipv6: IPV6, portless: PORTLESS } = SPACE;
const { mac: HAS_MAC, macSourceOnly: HAS_SOURCE_ONLY, fromGreater: FROM_GREATER } = FLAG;
const { inUse: IN_USE, flipped: FLIPPED } = STATUS;
const FIRST_PACKET = BY.firstPacket;
const BY_SHIFT = INITIATOR_BY_SHIFT;
const STATE_SHIFT = TCP_STATE_SHIFT;
const SHAPE = SHAPE_SHIFT;
const WORDS_SHIFT = Math.log2(ROW_WORDS);
const TCP = 6;
const MAC_BYTES = 6;
const MAC_KNOWN = 1 << 16;
const RECEIVER_BEGAN = 4;
const V4_MAPPED = 0xffff;

export interface Birth {
  /** Writes the records of a flow whose first packet is this row. Its counters begin at zero: the caller counts the packet. */
  write(slot: number, id: number, row: number): void;
  /** Notes the MAC addresses of a packet's frame as those of the flow's ends. */
  writeMacs(slot: number, view: DataView, row: number): void;
}

export function createBirth(store: FlowStore, { rows, addresses, paths, encapsulations }: DecodedBatch, rules: InitiatorRules): Birth {
  const { hot, hotDoubles, cold, coldDoubles, now } = store;

  function write(slot: number, id: number, row: number): void {
    const h = slot * HOT_WORDS;
    const d = h >> 1;
    const c = slot * COLD_WORDS;
    const cd = c >> 1;
    hot[h + LOW] = rows[row + source];
    hot[h + HIGH] = rows[row + destination];
    hot[h + PORTS] = rows[row + ports];
    hot[h + TAGS] = rows[row + tags];
    hot[h + TAGS + 1] = rows[row + tags];
    hot[h + STATUS_AT] = firstStatus(row);
    hot[h + PACKETS] = 0;
    hot[h + PACKETS + 1] = 0;
    hot[h + SPACE_AT] = rows[row + space];
    hotDoubles[d + BYTES] = 0;
    hotDoubles[d + BYTES + 1] = 0;
    hotDoubles[d + LAST] = now[0];
    coldDoubles[cd + ID] = id;
    coldDoubles[cd + START] = now[0];
    coldDoubles[cd + INTERVAL_START] = now[0];
    for (let n = 0; n < 4; n += 1) coldDoubles[cd + TOTALS + n] = 0;
    for (let word = MAC; word <= LAST_CLEARED; word += 1) cold[c + word] = 0;
    cold[c + HASH] = rows[row + hash];
    const path = rows[row + space] >>> SHAPE === 0 ? 0 : paths[row >> WORDS_SHIFT];
    cold[c + PATH] = path;
    cold[c + PATH + 1] = path;
    if (path !== 0) encapsulations.retain(path);
    if ((rows[row + space] & IPV6) !== 0) writeAddresses(c, row);
  }

  function writeMacs(slot: number, view: DataView, row: number): void {
    const bits = rows[row + flags];
    if ((bits & HAS_MAC) === 0) return;
    const at = rows[row + mac];
    const side = (bits & FROM_GREATER) !== 0 ? 1 : 0;
    const base = slot * COLD_WORDS + MAC;
    writeMac(base + side * 2, view, at + MAC_BYTES);
    if ((bits & HAS_SOURCE_ONLY) === 0) writeMac(base + (side ^ 1) * 2, view, at);
  }

  function writeMac(word: number, view: DataView, at: number): void {
    cold[word] = view.getInt32(at);
    cold[word + 1] = view.getUint16(at + 4) | MAC_KNOWN;
  }

  function writeAddresses(c: number, row: number): void {
    const sender = (rows[row + flags] & FROM_GREATER) !== 0 ? 4 : 0;
    for (let n = 0; n < 4; n += 1) {
      cold[c + ADDRESSES + sender + n] = addresses[(row >> 1) + n];
      cold[c + ADDRESSES + (sender ^ 4) + n] = addresses[(row >> 1) + 4 + n];
    }
  }

  function firstStatus(row: number): number {
    const bits = rows[row + flags];
    const transport = rows[row + tags] >>> 24;
    const side = (bits & FROM_GREATER) !== 0 ? 1 : 0;
    const pair = rows[row + ports];
    const fromPort = side === 0 ? pair >>> 16 : pair & 0xffff;
    const toPort = side === 0 ? pair & 0xffff : pair >>> 16;
    const hasPorts = (rows[row + space] & PORTLESS) === 0;
    const said = hasPorts ? rules.first(bits, transport, fromPort, toPort, isToGroup(row, side)) : FIRST_PACKET;
    const initiator = said >= RECEIVER_BEGAN ? side ^ 1 : side;
    const state = transport === TCP ? firstTcpState(bits) : 0;
    return IN_USE | (initiator === 1 ? FLIPPED : 0) | ((said & (RECEIVER_BEGAN - 1)) << BY_SHIFT) | (state << STATE_SHIFT);
  }

  function isToGroup(row: number, side: number): boolean {
    if ((rows[row + space] & IPV6) === 0) return isGroup(0, 0, V4_MAPPED, rows[row + (side === 0 ? destination : source)]);
    const to = (row >> 1) + 4;
    return isGroup(addresses[to], addresses[to + 1], addresses[to + 2], addresses[to + 3]);
  }

  return { write, writeMacs };
}
