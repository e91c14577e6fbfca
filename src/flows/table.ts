import { CLOSED_BY, type FlowBatch, KIND } from "../model/flow.ts";
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
import { createHalfOpenList } from "./half-open.ts";
import { InitiatorRules } from "./initiator.ts";
import { createFlowKeys } from "./key.ts";
import { COLD, COLD_D, COLD_WORDS, HOT, HOT_D, HOT_WORDS, STATUS } from "./layout.ts";
import { createNotice } from "./notice.ts";
import { FLOW_TABLE_DEFAULTS, type FlowTableOptions } from "./options.ts";
import { PayloadFeed } from "./payload-feed.ts";
import { PendingOpens } from "./pending-opens.ts";
import { createReporter } from "./reporter.ts";
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
const FLAG_SYN = FLAG.syn;
const EVENTFUL = FLAG.fin | FLAG.syn | FLAG.rst;
const SECOND = 1e6;
const OPEN_AFTER_MICROS = 1e6;
const EVICTED = CLOSED_BY.indexOf("evicted");
const REUSED = CLOSED_BY.indexOf("reused");
const END_OF_INPUT = CLOSED_BY.indexOf("end-of-input");

/**
 * The flow table. Rows go in; flow events come out through `onBatch`, in an order that depends on the packets alone.
 * Time is packet time. The clock is the lesser of the last two packet times, so that one wild timestamp moves nothing.
 */
export interface FlowTable {
  readonly losses: Losses;
  readonly counters: FlowCounters;
  /** Takes the rows of one batch; `block` is what they were decoded from. */
  add(batch: DecodedBatch, block: PacketBlock): void;
  /** Moves the clock on though no packet came: what fell silent until then is over. */
  advance(micros: number): void;
  /** Hands over what was reported so far. */
  flush(): void;
  /** There will be no more packets: closes every flow, in order of first packets. */
  closeAll(): void;
  status(): SensorStatus["flows"];
}

/**
 * A function with captured state rather than a class: a process has one table, so the compiler takes its arrays for
 * constants. `random` fills words with random bits; it has no say in what comes out, nor in which order.
 */
export function createFlowTable(
  given: Partial<FlowTableOptions>,
  reader: PayloadReader,
  onBatch: (batch: FlowBatch) => void,
  random: (words: Int32Array) => void,
): FlowTable {
  const options = { ...FLOW_TABLE_DEFAULTS, ...given };
  const { activeSeconds, isEarly } = options;
  const losses = new Losses();
  const counters = new FlowCounters();
  const store = new FlowStore(options.limit);
  const { hot, hotDoubles, cold, coldDoubles } = store;
  const index = new SlotIndex();
  const keys = createFlowKeys(random);
  const rules = new InitiatorRules(options.servicePorts);
  const reporter = createReporter(store, reader, onBatch, options.thread, options.batchRecords);
  const halfOpen = createHalfOpenList(store);
  const eviction = new Eviction(store, halfOpen);
  const notice = createNotice(store, halfOpen, new PayloadFeed(store, reader, losses), reader, reporter, isEarly);
  const expiry = new Expiry(store, (slot, closedBy) => close(slot, closedBy, clockMicros), countActive);
  const fragments = new FragmentCharges(store, keys, { charge, orphan, overflow: () => losses.add("reassembly_limit") });
  const pending = new PendingOpens();
  let nextId = 1;
  let baseMicros = Number.NaN;
  let previousMicros = 0;
  let clockMicros = 0;
  let tickMicros = Number.POSITIVE_INFINITY;

  /**
   * Three passes, so that the processor waits for many index places, then for many records, at once instead of for one
   * after the other.
   */
  function add(batch: DecodedBatch, block: PacketBlock): void {
    keys.prepare(batch);
    const { rows } = batch;
    const times = block.timeMicros;
    const bytes = block.bytes;
    const end = batch.count * ROW_WORDS;
    if (end > 0 && Number.isNaN(baseMicros)) startClock(times[rows[packet]]);
    // The sum means nothing, but an unused read would be optimised away.
    rows[entry] = touch(rows, end);
    let previous = previousMicros;
    for (let row = 0; row < end; row += ROW_WORDS) {
      const micros = times[rows[row + packet]];
      if ((micros >= tickMicros && previous >= tickMicros) || micros < previous - SECOND) pace(micros, previous);
      previous = micros;
      const bits = rows[row + flags];
      if ((bits & LATER_FRAGMENT) !== 0) {
        fragments.later(batch, row, block, micros);
        continue;
      }
      const side = (bits >>> SIDE_SHIFT) & 1;
      let slot = find(batch, row, side);
      if (slot === 0) slot = begin(batch, row, side, block, micros);
      else if (micros - hotDoubles[slot * (HOT_WORDS / 2) + LAST] > SHORTEST_SILENCE_MICROS || (bits & EVENTFUL) === FLAG_SYN) {
        slot = orAnother(slot, batch, row, side, block, micros);
      }
      const d = slot * (HOT_WORDS / 2);
      const gap = micros - hotDoubles[d + LAST];
      if (gap >= 0) hotDoubles[d + LAST] = micros;
      else wasEarlier(slot, micros);
      const h = slot * HOT_WORDS;
      hot[h + PACKETS + side] += 1;
      hotDoubles[d + BYTES + side] += rows[row + wire];
      const status = hot[h + STATUS_AT];
      if ((status & (STEADY << side)) === 0 || (bits & EVENTFUL) !== 0 || (bits & ~status & TCP_BITS) !== 0) {
        notice.packet(slot, rows, row, bytes, micros);
      }
      if ((bits & ANY_FRAGMENT) !== 0) fragments.first(slot, batch, row, block, micros);
    }
    previousMicros = previous;
  }

  /** Reads ahead: where each row's hash points to, then the record there. */
  function touch(rows: Int32Array, end: number): number {
    const { pairs, mask } = index;
    for (let row = 0; row < end; row += ROW_WORDS) rows[row + entry] = pairs[((rows[row + hash] & mask) << 1) + 1];
    let sum = 0;
    for (let row = 0; row < end; row += ROW_WORDS) sum ^= hot[rows[row + entry] * HOT_WORDS + STATUS_AT];
    return sum;
  }

  /** The flow of a row, or 0. */
  function find(batch: DecodedBatch, row: number, side: number): number {
    const { rows } = batch;
    const { pairs, mask } = index;
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
        ((rows[row + space] & IPV6) === 0 || isSameIpv6(slot, batch, row, side))
      )
        return slot;
    }
  }

  function isSameIpv6(slot: number, batch: DecodedBatch, row: number, side: number): boolean {
    const kept = slot * COLD_WORDS + COLD.addresses;
    const seen = row >> 1;
    const turn = side << 2;
    for (let n = 0; n < 8; n += 1) if (cold[kept + n] !== batch.addresses[seen + (n ^ turn)]) return false;
    return true;
  }

  /** A flow whose other direction has this key but for the VLAN ids, and which was not seen in this one yet. */
  function findOtherwiseTagged(batch: DecodedBatch, row: number, side: number): number {
    const { rows } = batch;
    const { pairs, mask } = index;
    const own = rows[row + tags];
    for (let place = rows[row + hash] & mask; pairs[(place << 1) + 1] !== 0; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      const at = slot * HOT_WORDS;
      if (pairs[place << 1] !== rows[row + hash] || (hot[at + STATUS_AT] & (STATUS.seen << side)) !== 0) continue;
      if (hot[at + TAGS + side] >>> 24 !== own >>> 24) continue;
      rows[row + tags] = hot[at + TAGS + side];
      const isMatch = find(batch, row, side) === slot;
      rows[row + tags] = own;
      if (isMatch) return slot;
    }
    return 0;
  }

  /** The slot for a row that belongs to no flow: of a new one, or of the one whose answer this is on another VLAN. */
  function begin(batch: DecodedBatch, row: number, side: number, block: PacketBlock, micros: number): number {
    const tagged = findOtherwiseTagged(batch, row, side);
    if (tagged !== 0) {
      hot[tagged * HOT_WORDS + TAGS + side] = batch.rows[row + tags];
      return tagged;
    }
    const slot = create(batch, row, micros);
    writeMacs(store, slot, block.view, batch.rows, row);
    return slot;
  }

  function create(batch: DecodedBatch, row: number, micros: number): number {
    let slot = store.take();
    if (slot === 0) {
      evict(eviction.choose());
      slot = store.take();
    }
    const id = nextId;
    nextId += 1;
    writeNewFlow(store, rules, slot, id, batch, row, micros);
    hot[slot * HOT_WORDS + HOT.due] = secondOf(micros) + activeSeconds;
    halfOpen.append(slot);
    if (isEarly) pending.add(slot, id, micros);
    counters.opened += 1;
    counters.byTransport[batch.rows[row + tags] >>> 24] += 1;
    if (index.insert(batch.rows[row + hash], slot) > MOST_PROBES) thin(batch.rows[row + hash], slot);
    return slot;
  }

  /** Too many keys share a place: the first with the very same hash gives way. */
  function thin(crowdedHash: number, newest: number): void {
    const { pairs, mask } = index;
    for (let place = crowdedHash & mask; pairs[(place << 1) + 1] !== 0; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      if (slot === newest || pairs[place << 1] !== crowdedHash) continue;
      counters.crowded += 1;
      evict(slot);
      return;
    }
  }

  function evict(slot: number): void {
    counters.evicted += 1;
    losses.counts[LOSS_INDEX.flow_evicted] += 1;
    close(slot, EVICTED, clockMicros);
  }

  /** The flow was silent, or this is a SYN: another flow with the same key may begin. */
  function orAnother(slot: number, batch: DecodedBatch, row: number, side: number, block: PacketBlock, micros: number): number {
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    const transport = batch.rows[row + tags] >>> 24;
    const gap = micros - hotDoubles[slot * (HOT_WORDS / 2) + LAST];
    if (gap > silenceMicros(transport, status)) close(slot, endOf(transport, status), micros);
    else {
      if (transport !== 6 || (batch.rows[row + flags] & (FLAG.syn | FLAG.ack)) !== FLAG.syn) return slot;
      const isRepeated = (status & STATUS.synSeen) !== 0 && cold[slot * COLD_WORDS + COLD.synSequence] === batch.rows[row + sequence];
      if (isRepeated || !(isOver(transport, status) || gap > REUSE_SILENCE_MICROS)) return slot;
      close(slot, REUSED, micros);
    }
    return begin(batch, row, side, block, micros);
  }

  function wasEarlier(slot: number, micros: number): void {
    const start = slot * (COLD_WORDS / 2) + COLD_D.start;
    if (micros < coldDoubles[start]) coldDoubles[start] = micros;
  }

  function charge(slot: number, side: number, packets: number, bytes: number, firstMicros: number, lastMicros: number): void {
    const d = slot * (HOT_WORDS / 2);
    hot[slot * HOT_WORDS + PACKETS + side] += packets;
    hotDoubles[d + BYTES + side] += bytes;
    wasEarlier(slot, firstMicros);
    if (lastMicros > hotDoubles[d + LAST]) hotDoubles[d + LAST] = lastMicros;
  }

  function orphan(batch: DecodedBatch, packets: number, bytes: number, firstMicros: number, lastMicros: number, macs: Int32Array): void {
    const side = (batch.rows[flags] >>> SIDE_SHIFT) & 1;
    let slot = find(batch, 0, side);
    if (slot === 0) {
      slot = create(batch, 0, firstMicros);
      for (let n = 0; n < 4; n += 1) cold[slot * COLD_WORDS + COLD.mac + (n ^ (side << 1))] = macs[n];
    }
    hot[slot * HOT_WORDS + STATUS_AT] |= STATUS.seen << side;
    cold[slot * COLD_WORDS + COLD.lostOrphan] += packets;
    losses.counts[LOSS_INDEX.fragment_orphan] += packets;
    charge(slot, side, packets, bytes, firstMicros, lastMicros);
  }

  function countActive(slot: number): void {
    const at = slot * HOT_WORDS;
    hot[at + HOT.due] = secondOf(clockMicros) + activeSeconds;
    if (hot[at + PACKETS] !== 0 || hot[at + PACKETS + 1] !== 0) reporter.report(slot, KIND.counted, 0, clockMicros);
  }

  function close(slot: number, closedBy: number, micros: number): void {
    const status = hot[slot * HOT_WORDS + STATUS_AT];
    reporter.report(slot, KIND.closed, closedBy, micros);
    counters.noteClosed(store, slot);
    if ((status & STATUS.begun) !== 0) reader.forget(slot);
    halfOpen.remove(slot);
    index.remove(cold[slot * COLD_WORDS + COLD.hash], slot);
    store.give(slot);
  }

  function startClock(micros: number): void {
    baseMicros = micros;
    previousMicros = micros;
    clockMicros = micros;
    tickMicros = micros + SECOND;
  }

  /** The clock reached its next second, or a packet lies more than a second before the one ahead of it. */
  function pace(micros: number, previous: number): void {
    if (micros < previous - SECOND) {
      losses.counts[LOSS_INDEX.clock_backwards] += 1;
      // Time may go on from here: the clock follows when the next packet agrees.
      tickMicros = Math.min(tickMicros, micros + SECOND);
    }
    if (micros >= tickMicros && previous >= tickMicros) tick(Math.min(micros, previous));
  }

  function tick(now: number): void {
    const seconds = Math.abs(now - clockMicros) / SECOND;
    clockMicros = now;
    tickMicros = now + SECOND;
    fragments.expire(now);
    if (isEarly) pending.takeBefore(now - OPEN_AFTER_MICROS, (slot, id) => openWaiting(slot, id, now));
    expiry.sweep(now, seconds, secondOf(now));
  }

  function openWaiting(slot: number, id: number, now: number): void {
    if (store.isUsed(slot) && store.idOf(slot) === id) notice.openIfWaiting(slot, now);
  }

  function secondOf(micros: number): number {
    return Math.floor((micros - baseMicros) / SECOND) | 0;
  }

  return {
    losses,
    counters,
    add,
    advance(micros) {
      if (!Number.isNaN(baseMicros) && micros > clockMicros) tick(micros);
    },
    flush: reporter.deliver,
    closeAll() {
      fragments.expire(Number.POSITIVE_INFINITY);
      for (const slot of store.slotsById()) close(slot, END_OF_INPUT, previousMicros);
      reporter.deliver();
    },
    status: () => counters.toStatus(store.active, store.limit),
  };
}
