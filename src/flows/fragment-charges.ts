import { V4_MAPPED } from "../lib/ip.ts";
import type { PacketBlock } from "../model/packet.ts";
import { type DecodedBatch, FLAG, ROW, ROW_WORDS, SPACE, SPARE_ROW } from "../model/row.ts";
import { FRAGMENT, FRAGMENT_MICROS, FragmentTable } from "./fragments.ts";
import type { FlowKeys } from "./key.ts";
import type { FlowStore } from "./store.ts";
import { FAR_AHEAD_MICROS } from "./timeouts.ts";

const MAC_KNOWN = 1 << 16;

/** What the flow table does for fragments. */
export interface FragmentOwner {
  /** Adds packets to a side of a flow. */
  charge(slot: number, side: number, packets: number, bytes: number, firstMicros: number, lastMicros: number): void;
  /** Counts fragments whose first one never came on a flow without ports; the batch's spare row has its key. `macs`: two words of the sender, two of the receiver. */
  orphan(packets: number, bytes: number, firstMicros: number, lastMicros: number, macs: Int32Array): void;
  /** The table of fragments was full. */
  overflow(): void;
}

/** Charges later fragments to the flow of their first one, in whatever order they come. */
export class FragmentCharges {
  private readonly table = new FragmentTable();
  private readonly store: FlowStore;
  private readonly batch: DecodedBatch;
  private readonly keys: FlowKeys;
  private readonly owner: FragmentOwner;
  private readonly key = new Int32Array(16);

  constructor(store: FlowStore, batch: DecodedBatch, keys: FlowKeys, owner: FragmentOwner) {
    this.store = store;
    this.batch = batch;
    this.keys = keys;
    this.owner = owner;
  }

  /** A first fragment, which was counted on this flow. */
  first(slot: number, row: number, block: PacketBlock): void {
    const { table, batch } = this;
    const hash = this.readKey(row, block);
    const side = (batch.rows[row + ROW.flags] & FLAG.fromGreater) !== 0 ? 1 : 0;
    let entry = table.find(this.key, hash);
    if (entry !== 0 && table.slot[entry] === 0) {
      this.owner.charge(slot, side, table.heldPackets[entry], table.heldBytes[entry], table.firstMicros[entry], table.lastMicros[entry]);
    } else {
      // The identification is in use again: what comes from now on belongs to the new datagram.
      if (entry !== 0) table.forget(entry);
      entry = this.add(hash);
    }
    table.slot[entry] = slot;
    table.flowId[entry] = this.store.idOf(slot);
    table.side[entry] = side;
  }

  later(row: number, block: PacketBlock): void {
    const { table, store, batch } = this;
    const micros = store.now[0];
    const bytes = batch.rows[row + ROW.wire];
    const hash = this.readKey(row, block);
    let entry = table.find(this.key, hash);
    const slot = entry === 0 ? 0 : table.slot[entry];
    if (slot !== 0) {
      if (store.isUsed(slot) && store.idOf(slot) === table.flowId[entry]) {
        this.owner.charge(slot, table.side[entry], 1, bytes, micros, micros);
        return;
      }
      table.forget(entry);
      entry = 0;
    }
    if (entry === 0) entry = this.add(hash);
    table.heldPackets[entry] += 1;
    table.heldBytes[entry] += bytes;
    if (micros > table.lastMicros[entry]) table.lastMicros[entry] = micros;
    if (micros < table.firstMicros[entry]) table.firstMicros[entry] = micros;
  }

  /** Gives up on datagrams that are too old at `now`; on all of them when it is infinite. */
  expire(now: number): void {
    const { table } = this;
    while (!table.isEmpty) {
      const entry = table.oldest();
      if (entry === 0) return;
      const age = now - table.firstMicros[entry];
      if (age <= FRAGMENT_MICROS && age > -FAR_AHEAD_MICROS) return;
      this.giveUp(entry);
    }
  }

  private add(hash: number): number {
    const micros = this.store.now[0];
    const { table } = this;
    if (table.isFull) {
      const oldest = table.oldest();
      if (oldest !== 0 && table.isFull) {
        this.owner.overflow();
        this.giveUp(oldest);
        table.oldest();
      }
    }
    return table.add(this.key, hash, micros);
  }

  private giveUp(entry: number): void {
    const { table } = this;
    table.forget(entry);
    if (table.slot[entry] !== 0) return;
    const words = table.words.subarray(table.at(entry), table.at(entry) + 16);
    const { rows, addresses } = this.batch;
    rows.fill(0, SPARE_ROW, SPARE_ROW + ROW_WORDS);
    addresses.set(words.subarray(0, 8), SPARE_ROW >> 1);
    rows[SPARE_ROW + ROW.source] = words[3];
    rows[SPARE_ROW + ROW.destination] = words[7];
    rows[SPARE_ROW + ROW.tags] = words[FRAGMENT.tags];
    rows[SPARE_ROW + ROW.space] = words[FRAGMENT.space];
    this.keys.prepare(SPARE_ROW, SPARE_ROW + ROW_WORDS);
    const macs = words.slice(FRAGMENT.mac);
    this.owner.orphan(table.heldPackets[entry], table.heldBytes[entry], table.firstMicros[entry], table.lastMicros[entry], macs);
  }

  /** Fills `key` from a prepared row; returns its hash. */
  private readKey(row: number, block: PacketBlock): number {
    const { key, batch } = this;
    const rows = batch.rows;
    const flags = rows[row + ROW.flags];
    const space = rows[row + ROW.space];
    if ((space & SPACE.ipv6) !== 0) for (let n = 0; n < 8; n += 1) key[n] = batch.addresses[(row >> 1) + n];
    else {
      const isFromGreater = (flags & FLAG.fromGreater) !== 0;
      key.fill(0, 0, 8);
      key[2] = V4_MAPPED;
      key[6] = V4_MAPPED;
      key[3] = rows[row + (isFromGreater ? ROW.destination : ROW.source)];
      key[7] = rows[row + (isFromGreater ? ROW.source : ROW.destination)];
    }
    key[FRAGMENT.identification] = rows[row + ROW.fragmentId];
    key[FRAGMENT.transport] = rows[row + ROW.tags] >>> 24;
    key[FRAGMENT.tags] = rows[row + ROW.tags];
    key[FRAGMENT.space] = (space & ~(SPACE.oneWay | SPACE.fromGreater)) | SPACE.portless;
    key.fill(0, FRAGMENT.mac);
    if ((flags & FLAG.mac) !== 0) {
      const at = rows[row + ROW.mac];
      key[FRAGMENT.mac] = block.view.getInt32(at + 6);
      key[FRAGMENT.mac + 1] = block.view.getUint16(at + 10) | MAC_KNOWN;
      if ((flags & FLAG.macSourceOnly) === 0) {
        key[FRAGMENT.mac + 2] = block.view.getInt32(at);
        key[FRAGMENT.mac + 3] = block.view.getUint16(at + 4) | MAC_KNOWN;
      }
    }
    return this.keys.hashOf(key, 0, key[FRAGMENT.identification] ^ (key[FRAGMENT.transport] << 24));
  }
}
