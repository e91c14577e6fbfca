import type { PacketBlock } from "../model/packet.ts";
import { type DecodedBatch, FLAG, FRAGMENT, ROW, ROW_WORDS, SPARE_ROW } from "../model/row.ts";
import { FRAGMENT_MICROS, FragmentTable } from "./fragments.ts";
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

  constructor(store: FlowStore, batch: DecodedBatch, keys: FlowKeys, owner: FragmentOwner) {
    this.store = store;
    this.batch = batch;
    this.keys = keys;
    this.owner = owner;
  }

  /** A first fragment, which was counted on this flow. */
  first(slot: number, row: number, block: PacketBlock): void {
    const { table, batch } = this;
    const hash = this.hashOf(row);
    const side = (batch.rows[row + ROW.flags] & FLAG.fromGreater) !== 0 ? 1 : 0;
    let entry = table.find(batch.fragments, row, hash);
    if (entry !== 0 && table.slot[entry] === 0) {
      this.owner.charge(slot, side, table.heldPackets[entry], table.heldBytes[entry], table.firstMicros[entry], table.lastMicros[entry]);
    } else {
      // The identification is in use again: what comes from now on belongs to the new datagram.
      if (entry !== 0) this.forget(entry);
      entry = this.add(row, hash, block);
    }
    table.slot[entry] = slot;
    table.flowId[entry] = this.store.idOf(slot);
    table.side[entry] = side;
  }

  later(row: number, block: PacketBlock): void {
    const { table, store, batch } = this;
    const micros = store.now[0];
    const bytes = batch.rows[row + ROW.wire];
    const hash = this.hashOf(row);
    let entry = table.find(batch.fragments, row, hash);
    const slot = entry === 0 ? 0 : table.slot[entry];
    if (slot !== 0) {
      if (store.isUsed(slot) && store.idOf(slot) === table.flowId[entry]) {
        this.owner.charge(slot, table.side[entry], 1, bytes, micros, micros);
        return;
      }
      this.forget(entry);
      entry = 0;
    }
    if (entry === 0) entry = this.add(row, hash, block);
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

  private add(row: number, hash: number, block: PacketBlock): number {
    const { table, batch } = this;
    if (table.isFull) {
      const oldest = table.oldest();
      if (oldest !== 0 && table.isFull) {
        this.owner.overflow();
        this.giveUp(oldest);
        table.oldest();
      }
    }
    const entry = table.add(batch.fragments, row, hash, this.store.now[0]);
    batch.encapsulations.retain(batch.fragments[row + FRAGMENT.path]);
    this.noteMacs(entry, row, block);
    return entry;
  }

  private forget(entry: number): void {
    const { table, batch } = this;
    batch.encapsulations.release(table.words[table.at(entry) + FRAGMENT.path]);
    table.forget(entry);
  }

  private giveUp(entry: number): void {
    const { table, batch } = this;
    const at = table.at(entry);
    const { words } = table;
    if (table.slot[entry] === 0) {
      const { rows, addresses } = batch;
      rows.fill(0, SPARE_ROW, SPARE_ROW + ROW_WORDS);
      for (let n = 0; n < 8; n += 1) addresses[(SPARE_ROW >> 1) + n] = words[at + n];
      rows[SPARE_ROW + ROW.source] = words[at + FRAGMENT.source + 3];
      rows[SPARE_ROW + ROW.destination] = words[at + FRAGMENT.destination + 3];
      rows[SPARE_ROW + ROW.tags] = words[at + FRAGMENT.tags];
      rows[SPARE_ROW + ROW.space] = words[at + FRAGMENT.space];
      batch.paths[SPARE_ROW / ROW_WORDS] = words[at + FRAGMENT.path];
      this.keys.prepare(SPARE_ROW, SPARE_ROW + ROW_WORDS);
      const macs = table.macs.slice(entry * 4, entry * 4 + 4);
      this.owner.orphan(table.heldPackets[entry], table.heldBytes[entry], table.firstMicros[entry], table.lastMicros[entry], macs);
    }
    this.forget(entry);
  }

  private noteMacs(entry: number, row: number, { view }: PacketBlock): void {
    const { macs } = this.table;
    const { rows } = this.batch;
    const flags = rows[row + ROW.flags];
    macs.fill(0, entry * 4, entry * 4 + 4);
    if ((flags & FLAG.mac) === 0) return;
    const at = rows[row + ROW.mac];
    macs[entry * 4] = view.getInt32(at + 6);
    macs[entry * 4 + 1] = view.getUint16(at + 10) | MAC_KNOWN;
    if ((flags & FLAG.macSourceOnly) !== 0) return;
    macs[entry * 4 + 2] = view.getInt32(at);
    macs[entry * 4 + 3] = view.getUint16(at + 4) | MAC_KNOWN;
  }

  private hashOf(row: number): number {
    const words = this.batch.fragments;
    const identification = words[row + FRAGMENT.identification] ^ (words[row + FRAGMENT.transport] << 24);
    return this.keys.hashOf(words, row, identification, words[row + FRAGMENT.space]);
  }
}
