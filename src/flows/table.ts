import { CLOSED_BY, type ClosedBy, type FlowBatch, KIND } from "../model/flow.ts";
import { LOSS_INDEX } from "../model/loss.ts";
import type { PacketBlock } from "../model/packet.ts";
import type { PayloadReader } from "../model/payload.ts";
import { type DecodedBatch, FLAG, ROW, ROW_WORDS, SPACE } from "../model/row.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";
import { writeMacs, writeNewFlow } from "./birth.ts";
import { FlowCounters } from "./counters.ts";
import { Eviction } from "./eviction.ts";
import { Expiry, endOf } from "./expiry.ts";
import { FragmentCharges } from "./fragment-charges.ts";
import { HalfOpenList } from "./half-open.ts";
import { InitiatorRules } from "./initiator.ts";
import { FlowKeys } from "./key.ts";
import { COLD, COLD_D, COLD_WORDS, HOT, HOT_D, HOT_WORDS, STATUS } from "./layout.ts";
import { Notice } from "./notice.ts";
import { FLOW_TABLE_DEFAULTS, type FlowTableOptions } from "./options.ts";
import { PayloadFeed } from "./payload-feed.ts";
import { PendingOpens } from "./pending-opens.ts";
import { FlowReporter } from "./reporter.ts";
import { MOST_PROBES, SlotIndex } from "./slot-index.ts";
import { FlowStore } from "./store.ts";
import { isOver, REUSE_SILENCE_MICROS, SHORTEST_SILENCE_MICROS, silenceMicros } from "./timeouts.ts";

const { source, destination, ports, tags, space, flags, sequence, wire, packet, hash, entry } = ROW;
const { low: LOW, high: HIGH, ports: PORTS, tags: TAGS, status: STATUS_AT, packets: PACKETS, space: SPACE_AT } = HOT;
const { bytes: BYTES, last: LAST } = HOT_D;
const STEADY = STATUS.steady;
const IPV6 = SPACE.ipv6;
const SIDE_SHIFT = 16;
const LATER_FRAGMENT = FLAG.laterFragment;
const ANY_FRAGMENT = FLAG.firstFragment | FLAG.laterFragment;
const TCP_BITS = 0xff;
/** Flags that always mean something: FIN, SYN, RST. */
const EVENTFUL = FLAG.fin | FLAG.syn | FLAG.rst;
const SECOND = 1e6;
const OPEN_AFTER_MICROS = 1e6;

/**
 * The flow table. Rows go in; flow events come out through `onBatch`, in an order that depends on the packets alone.
 * Time is packet time. The clock is the lesser of the last two packet times, so that one wild timestamp moves nothing.
 */
export class FlowTable {
  readonly losses = new Losses();
  readonly counters = new FlowCounters();
  private readonly options: FlowTableOptions;
  private readonly reader: PayloadReader;
  private readonly store: FlowStore;
  private readonly index = new SlotIndex();
  private readonly keys: FlowKeys;
  private readonly rules: InitiatorRules;
  private readonly reporter: FlowReporter;
  private readonly halfOpen: HalfOpenList;
  private readonly eviction: Eviction;
  private readonly notice: Notice;
  private readonly expiry: Expiry;
  private readonly fragments: FragmentCharges;
  private readonly pending = new PendingOpens();
  private nextId = 1;
  private baseMicros = Number.NaN;
  private previousMicros = 0;
  private clockMicros = 0;
  private tickMicros = Number.POSITIVE_INFINITY;
  /** Kept so that the reads which warm the caches are not optimised away. */
  touched = 0;

  constructor(
    options: Partial<FlowTableOptions>,
    reader: PayloadReader,
    onBatch: (batch: FlowBatch) => void,
    random: (words: Int32Array) => void,
  ) {
    this.options = { ...FLOW_TABLE_DEFAULTS, ...options };
    this.reader = reader;
    this.store = new FlowStore(this.options.limit);
    this.keys = new FlowKeys(random);
    this.rules = new InitiatorRules(this.options.servicePorts);
    this.reporter = new FlowReporter(this.store, reader, onBatch, this.options.thread, this.options.batchRecords);
    this.halfOpen = new HalfOpenList(this.store);
    this.eviction = new Eviction(this.store, this.halfOpen);
    const feed = new PayloadFeed(this.store, reader, this.losses);
    this.notice = new Notice(this.store, this.halfOpen, feed, reader, this.reporter, this.options.isEarly);
    this.expiry = new Expiry(
      this.store,
      (slot, closedBy) => this.close(slot, closedBy, this.clockMicros),
      (slot) => this.countActive(slot),
    );
    this.fragments = new FragmentCharges(this.store, this.keys, {
      charge: (slot, side, packets, bytes, first, last) => this.charge(slot, side, packets, bytes, first, last),
      orphan: (batch, packets, bytes, first, last, macs) => this.orphan(batch, packets, bytes, first, last, macs),
      overflow: () => this.losses.add("reassembly_limit"),
    });
  }

  /**
   * Takes the rows of one batch; `block` is what they were decoded from. Three passes, so that the processor waits for
   * many index places, then for many records, at once instead of for one after the other.
   */
  add(batch: DecodedBatch, block: PacketBlock): void {
    this.keys.prepare(batch);
    this.touch(batch);
    const { hot, hotDoubles } = this.store;
    const { rows } = batch;
    const times = block.timeMicros;
    const bytes = block.bytes;
    const end = batch.count * ROW_WORDS;
    if (end > 0 && Number.isNaN(this.baseMicros)) this.startClock(times[rows[packet]]);
    let previous = this.previousMicros;
    for (let row = 0; row < end; row += ROW_WORDS) {
      const micros = times[rows[row + packet]];
      if ((micros >= this.tickMicros && previous >= this.tickMicros) || micros < previous - SECOND) this.pace(micros, previous);
      previous = micros;
      const bits = rows[row + flags];
      if ((bits & LATER_FRAGMENT) !== 0) {
        this.fragments.later(batch, row, block, micros);
        continue;
      }
      const side = (bits >>> SIDE_SHIFT) & 1;
      let slot = this.find(batch, row, side);
      if (slot === 0) slot = this.begin(batch, row, side, block, micros);
      let d = slot * (HOT_WORDS / 2);
      let gap = micros - hotDoubles[d + LAST];
      if (gap > SHORTEST_SILENCE_MICROS || (bits & EVENTFUL) === FLAG.syn) {
        slot = this.orAnother(slot, batch, row, side, block, micros);
        d = slot * (HOT_WORDS / 2);
        gap = micros - hotDoubles[d + LAST];
      }
      if (gap >= 0) hotDoubles[d + LAST] = micros;
      else this.wasEarlier(slot, micros);
      const h = slot * HOT_WORDS;
      hot[h + PACKETS + side] = (hot[h + PACKETS + side] + 1) | 0;
      hotDoubles[d + BYTES + side] += rows[row + wire];
      const status = hot[h + STATUS_AT];
      if ((status & (STEADY << side)) === 0 || (bits & EVENTFUL) !== 0 || (bits & ~status & TCP_BITS) !== 0) {
        this.notice.packet(slot, rows, row, bytes, micros);
      }
      if ((bits & ANY_FRAGMENT) !== 0) this.fragments.first(slot, batch, row, block, micros);
    }
    this.previousMicros = previous;
  }

  /** Moves the clock on though no packet came: what fell silent until then is over. */
  advance(micros: number): void {
    if (Number.isNaN(this.baseMicros) || micros <= this.clockMicros) return;
    this.tick(micros);
  }

  /** Hands over what was reported so far. */
  flush(): void {
    this.reporter.deliver();
  }

  /** There will be no more packets: closes every flow, in order of first packets. */
  closeAll(): void {
    this.fragments.expire(Number.POSITIVE_INFINITY);
    const now = this.previousMicros;
    for (const slot of this.store.slotsById()) this.close(slot, indexOf("end-of-input"), now);
    this.reporter.deliver();
  }

  status(): SensorStatus["flows"] {
    return this.counters.toStatus(this.store.active, this.store.limit);
  }

  /** Reads ahead: where each row's hash points to, then the record there. */
  private touch(batch: DecodedBatch): void {
    const { rows } = batch;
    const { pairs, mask } = this.index;
    const hot = this.store.hot;
    const end = batch.count * ROW_WORDS;
    for (let row = 0; row < end; row += ROW_WORDS) rows[row + entry] = pairs[((rows[row + hash] & mask) << 1) + 1];
    let sum = 0;
    for (let row = 0; row < end; row += ROW_WORDS) sum ^= hot[rows[row + entry] * HOT_WORDS + STATUS_AT];
    this.touched = sum;
  }

  /** The flow of a row, or 0. */
  private find(batch: DecodedBatch, row: number, side: number): number {
    const { rows } = batch;
    const { pairs, mask } = this.index;
    const hot = this.store.hot;
    const h = rows[row + hash];
    for (let place = h & mask; ; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      if (slot === 0) return 0;
      if (pairs[place << 1] !== h) continue;
      const at = slot * HOT_WORDS;
      if (
        hot[at + LOW] === rows[row + source] &&
        hot[at + HIGH] === rows[row + destination] &&
        hot[at + PORTS] === rows[row + ports] &&
        hot[at + TAGS + side] === rows[row + tags] &&
        hot[at + SPACE_AT] === rows[row + space] &&
        ((rows[row + space] & IPV6) === 0 || this.isSameIpv6(slot, batch, row, side))
      )
        return slot;
    }
  }

  private isSameIpv6(slot: number, batch: DecodedBatch, row: number, side: number): boolean {
    const cold = this.store.cold;
    const kept = slot * COLD_WORDS + COLD.addresses;
    const seen = row >> 1;
    const turn = side << 2;
    for (let n = 0; n < 8; n += 1) if (cold[kept + n] !== batch.addresses[seen + (n ^ turn)]) return false;
    return true;
  }

  /** A flow whose other direction has this key but for the VLAN ids, and which was not seen in this one yet. */
  private findOtherwiseTagged(batch: DecodedBatch, row: number, side: number): number {
    const { rows } = batch;
    const { pairs, mask } = this.index;
    const hot = this.store.hot;
    const own = rows[row + tags];
    for (let place = rows[row + hash] & mask; pairs[(place << 1) + 1] !== 0; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      const at = slot * HOT_WORDS;
      if (pairs[place << 1] !== rows[row + hash] || (hot[at + STATUS_AT] & (STATUS.seen << side)) !== 0) continue;
      if (hot[at + TAGS + side] >>> 24 !== own >>> 24) continue;
      rows[row + tags] = hot[at + TAGS + side];
      const isMatch = this.find(batch, row, side) === slot;
      rows[row + tags] = own;
      if (isMatch) return slot;
    }
    return 0;
  }

  /** The slot for a row that belongs to no flow: of a new one, or of the one whose answer this is on another VLAN. */
  private begin(batch: DecodedBatch, row: number, side: number, block: PacketBlock, micros: number): number {
    const tagged = this.findOtherwiseTagged(batch, row, side);
    if (tagged !== 0) {
      this.store.hot[tagged * HOT_WORDS + TAGS + side] = batch.rows[row + tags];
      return tagged;
    }
    const slot = this.create(batch, row, micros);
    writeMacs(this.store, slot, block.view, batch.rows, row);
    return slot;
  }

  private create(batch: DecodedBatch, row: number, micros: number): number {
    const { store } = this;
    let slot = store.take();
    if (slot === 0) {
      this.evict(this.eviction.choose());
      slot = store.take();
    }
    const id = this.nextId;
    this.nextId += 1;
    writeNewFlow(store, this.rules, slot, id, batch, row, micros);
    store.hot[slot * HOT_WORDS + HOT.due] = this.secondOf(micros) + this.options.activeSeconds;
    this.halfOpen.append(slot);
    if (this.options.isEarly) this.pending.add(slot, id, micros);
    this.counters.opened += 1;
    this.counters.byTransport[batch.rows[row + tags] >>> 24] += 1;
    if (this.index.insert(batch.rows[row + hash], slot) > MOST_PROBES) this.thin(batch.rows[row + hash], slot);
    return slot;
  }

  /** Too many keys share a place: the first with the very same hash gives way. */
  private thin(crowdedHash: number, newest: number): void {
    const { pairs, mask } = this.index;
    for (let place = crowdedHash & mask; pairs[(place << 1) + 1] !== 0; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      if (slot === newest || pairs[place << 1] !== crowdedHash) continue;
      this.counters.crowded += 1;
      this.evict(slot);
      return;
    }
  }

  private evict(slot: number): void {
    this.counters.evicted += 1;
    this.losses.counts[LOSS_INDEX.flow_evicted] += 1;
    this.close(slot, indexOf("evicted"), this.clockMicros);
  }

  /** The flow was silent, or this is a SYN: another flow with the same key may begin. */
  private orAnother(slot: number, batch: DecodedBatch, row: number, side: number, block: PacketBlock, micros: number): number {
    const { hot, hotDoubles, cold } = this.store;
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    const transport = batch.rows[row + tags] >>> 24;
    const gap = micros - hotDoubles[slot * (HOT_WORDS / 2) + LAST];
    if (gap > silenceMicros(transport, status)) this.close(slot, endOf(transport, status), micros);
    else {
      if (transport !== 6 || (batch.rows[row + flags] & (FLAG.syn | FLAG.ack)) !== FLAG.syn) return slot;
      const isRepeated = (status & STATUS.synSeen) !== 0 && cold[slot * COLD_WORDS + COLD.synSequence] === batch.rows[row + sequence];
      if (isRepeated || !(isOver(transport, status) || gap > REUSE_SILENCE_MICROS)) return slot;
      this.close(slot, indexOf("reused"), micros);
    }
    return this.begin(batch, row, side, block, micros);
  }

  private wasEarlier(slot: number, micros: number): void {
    const start = slot * (COLD_WORDS / 2) + COLD_D.start;
    if (micros < this.store.coldDoubles[start]) this.store.coldDoubles[start] = micros;
  }

  private charge(slot: number, side: number, packets: number, bytes: number, firstMicros: number, lastMicros: number): void {
    const { hot, hotDoubles } = this.store;
    const d = slot * (HOT_WORDS / 2);
    hot[slot * HOT_WORDS + PACKETS + side] += packets;
    hotDoubles[d + BYTES + side] += bytes;
    this.wasEarlier(slot, firstMicros);
    if (lastMicros > hotDoubles[d + LAST]) hotDoubles[d + LAST] = lastMicros;
  }

  private orphan(batch: DecodedBatch, packets: number, bytes: number, firstMicros: number, lastMicros: number, macs: Int32Array): void {
    const { hot, cold } = this.store;
    const side = (batch.rows[flags] >>> SIDE_SHIFT) & 1;
    let slot = this.find(batch, 0, side);
    if (slot === 0) {
      slot = this.create(batch, 0, firstMicros);
      for (let n = 0; n < 4; n += 1) cold[slot * COLD_WORDS + COLD.mac + (n ^ (side << 1))] = macs[n];
    }
    hot[slot * HOT_WORDS + STATUS_AT] |= STATUS.seen << side;
    cold[slot * COLD_WORDS + COLD.lostOrphan] += packets;
    this.losses.counts[LOSS_INDEX.fragment_orphan] += packets;
    this.charge(slot, side, packets, bytes, firstMicros, lastMicros);
  }

  private countActive(slot: number): void {
    const hot = this.store.hot;
    const at = slot * HOT_WORDS;
    hot[at + HOT.due] = this.secondOf(this.clockMicros) + this.options.activeSeconds;
    if (hot[at + PACKETS] !== 0 || hot[at + PACKETS + 1] !== 0) this.reporter.report(slot, KIND.counted, 0, this.clockMicros);
  }

  private close(slot: number, closedBy: number, micros: number): void {
    const { store, counters } = this;
    const status = store.hot[slot * HOT_WORDS + STATUS_AT];
    this.reporter.report(slot, KIND.closed, closedBy, micros);
    counters.noteClosed(store, slot);
    if ((status & STATUS.begun) !== 0) this.reader.forget(slot);
    this.halfOpen.remove(slot);
    this.index.remove(store.cold[slot * COLD_WORDS + COLD.hash], slot);
    store.give(slot);
  }

  private startClock(micros: number): void {
    this.baseMicros = micros;
    this.previousMicros = micros;
    this.clockMicros = micros;
    this.tickMicros = micros + SECOND;
  }

  /** The clock reached its next second, or a packet lies more than a second before the one ahead of it. */
  private pace(micros: number, previous: number): void {
    if (micros >= this.tickMicros && previous >= this.tickMicros) this.tick(Math.min(micros, previous));
    else {
      this.losses.counts[LOSS_INDEX.clock_backwards] += 1;
      // Time may go on from here: the clock follows when the next packet agrees.
      this.tickMicros = Math.min(this.tickMicros, micros + SECOND);
    }
  }

  private tick(now: number): void {
    const seconds = Math.abs(now - this.clockMicros) / SECOND;
    this.clockMicros = now;
    this.tickMicros = now + SECOND;
    this.fragments.expire(now);
    if (this.options.isEarly) this.pending.takeBefore(now - OPEN_AFTER_MICROS, (slot, id) => this.openWaiting(slot, id, now));
    this.expiry.sweep(now, seconds, this.secondOf(now));
  }

  private openWaiting(slot: number, id: number, now: number): void {
    if (this.store.isUsed(slot) && this.store.idOf(slot) === id) this.notice.openIfWaiting(slot, now);
  }

  private secondOf(micros: number): number {
    return Math.floor((micros - this.baseMicros) / SECOND) | 0;
  }
}

function indexOf(closedBy: ClosedBy): number {
  return CLOSED_BY.indexOf(closedBy);
}
