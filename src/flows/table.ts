import { CLOSED_BY, type FlowBatch, KIND } from "../model/flow.ts";
import { LOSS_INDEX } from "../model/loss.ts";
import type { PacketBlock } from "../model/packet.ts";
import type { PayloadReader } from "../model/payload.ts";
import { type DecodedBatch, FLAG, ROW, SPACE, SPARE_ROW } from "../model/row.ts";
import type { SensorStatus, StreamLoss } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";
import { createBirth } from "./birth.ts";
import { FlowCounters } from "./counters.ts";
import { Eviction } from "./eviction.ts";
import { createExpiry, endOf } from "./expiry.ts";
import { FragmentCharges } from "./fragment-charges.ts";
import { createHalfOpenList } from "./half-open.ts";
import { InitiatorRules } from "./initiator.ts";
import { createFlowKeys } from "./key.ts";
import { COLD, COLD_D, HOT, HOT_D, STATUS } from "./layout.ts";
import { createNotice } from "./notice.ts";
import { FLOW_TABLE_DEFAULTS, type FlowTableOptions } from "./options.ts";
import { PayloadFeed } from "./payload-feed.ts";
import { PendingOpens } from "./pending-opens.ts";
import { createReporter } from "./reporter.ts";
import { MOST_PROBES, SlotIndex } from "./slot-index.ts";
import { FlowStore } from "./store.ts";
import { createStreamWatch, isSampled } from "./stream-loss.ts";
import { isOver, REUSE_SILENCE_MICROS, SHORTEST_SILENCE_MICROS, silenceMicros } from "./timeouts.ts";
import { createWrapping } from "./wrapping.ts";

// The compiler takes constants of this module for what they are, but not those it imports.
const { words: ROW_WORDS, source, destination, ports, tags, space, flags, sequence, wire, packet, hash, entry } = ROW;
const {
  words: HOT_WORDS,
  low: LOW,
  high: HIGH,
  ports: PORTS,
  tags: TAGS,
  status: STATUS_AT,
  packets: PACKETS,
  space: SPACE_AT,
  due: DUE,
} = HOT;
const { bytes: BYTES, last: LAST } = HOT_D;
const { words: COLD_WORDS, addresses: ADDRESSES, synSequence: SYN_SEQUENCE, lostSnaplen: LOST_SNAPLEN } = COLD;
const TCP = 6;
const SYN_AND_ACK = FLAG.syn | FLAG.ack;
const HOT_SHIFT = Math.log2(HOT_WORDS);
const SHORTEST_SILENCE = SHORTEST_SILENCE_MICROS;
/** Places of the table's own times, kept in an array because doubles in variables that functions share cost an object each. */
const BASE = 0;
const PREVIOUS = 1;
const CLOCK = 2;
const TICK = 3;
const HOT_D_SHIFT = HOT_SHIFT - 1;
const { steady: STEADY, seen: SEEN, begun: BEGUN, synSeen: SYN_SEEN } = STATUS;
const IPV6 = SPACE.ipv6;
const SIDE_SHIFT = 16;
const LATER_FRAGMENT = FLAG.laterFragment;
const DUPLICATE = FLAG.duplicate;
const SET_ASIDE = LATER_FRAGMENT | DUPLICATE;
const FIRST_FRAGMENT = FLAG.firstFragment;
const TCP_BITS = 0xff;
/** Flags that always mean something: FIN, SYN, RST. */
const FLAG_SYN = FLAG.syn;
const EVENTFUL = FLAG.fin | FLAG.syn | FLAG.rst;
const SECOND = 1e6;
/** A look into the list of reasons by name is slow where flows come and go by the million. */
const FLOW_EVICTED = LOSS_INDEX.flow_evicted;
const OPEN_AFTER_MICROS = 1e6;
const CLOSED = KIND.closed;
/** Records fetched ahead of being reported at the end. */
const READ_AHEAD = 32;
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
  /** Takes the rows that the batch holds; `block` is what they were decoded from. */
  add(block: PacketBlock): void;
  /** Moves the clock on though no packet came: what fell silent until then is over. */
  advance(micros: number): void;
  /** Hands over what was reported so far. */
  flush(): void;
  /** There will be no more packets: closes every flow, in order of first packets. */
  closeAll(): void;
  status(): SensorStatus["flows"];
  streams(): StreamLoss;
  names(): NonNullable<SensorStatus["names"]>;
}

/**
 * A function with captured state rather than a class: a process has one table, so the compiler takes its arrays for
 * constants. `batch` is where decode puts its rows. `random` fills words with random bits; it has no say in what comes out, nor in which order.
 */
export function createFlowTable(
  given: Partial<FlowTableOptions>,
  batch: DecodedBatch,
  reader: PayloadReader,
  onBatch: (batch: FlowBatch) => void,
  random: (words: Int32Array) => void,
): FlowTable {
  const options = { ...FLOW_TABLE_DEFAULTS, ...given };
  const { activeSeconds, isEarly } = options;
  const losses = new Losses();
  const counters = new FlowCounters();
  const store = new FlowStore(options.limit);
  const { hot, hotDoubles, cold, coldDoubles, now } = store;
  const { rows, addresses } = batch;
  const index = new SlotIndex();
  const keys = createFlowKeys(batch, random);
  const birth = createBirth(store, batch, new InitiatorRules(options.servicePorts));
  const reporter = createReporter(store, batch.encapsulations, reader, onBatch, options.thread, options.batchRecords);
  const wrapping = createWrapping(store, batch);
  const halfOpen = createHalfOpenList(store);
  const eviction = new Eviction(store, halfOpen);
  const streams = createStreamWatch(store, batch);
  const feed = new PayloadFeed(store, reader, losses, batch);
  const notice = createNotice(store, batch, halfOpen, feed, reader, reporter, streams, isEarly);
  const expiry = createExpiry(store, (slot, closedBy) => close(slot, closedBy, times[CLOCK]), countActive);
  const fragments = new FragmentCharges(store, batch, keys, { charge, orphan, overflow: () => losses.add("reassembly_limit") });
  const pending = new PendingOpens();
  let nextId = 1;
  const times = Float64Array.of(Number.NaN, 0, 0, Number.POSITIVE_INFINITY);

  /**
   * Three passes, so that the processor waits for many index places, then for many records, at once instead of for one
   * after the other.
   */
  function add(block: PacketBlock): void {
    const packetTimes = block.timeMicros;
    const { bytes } = block;
    const end = batch.count * ROW_WORDS;
    if (end === 0) return;
    keys.prepare(0, end);
    // The sum means nothing, but an unused read would be optimised away.
    rows[entry] = touch(end);
    if (Number.isNaN(times[BASE])) startClock(packetTimes[rows[packet]]);
    for (let row = 0; row < end; row += ROW_WORDS) {
      const micros = packetTimes[rows[row + packet]];
      const previous = times[PREVIOUS];
      if ((micros >= times[TICK] && previous >= times[TICK]) || micros < previous - SECOND) pace(micros, previous);
      times[PREVIOUS] = micros;
      now[0] = micros;
      const bits = rows[row + flags];
      const side = (bits >>> SIDE_SHIFT) & 1;
      if ((bits & SET_ASIDE) !== 0) {
        if ((bits & DUPLICATE) === 0) fragments.later(row, block);
        continue;
      }
      let slot = find(row, side);
      if (slot === 0) slot = begin(row, side, block);
      else if (micros - hotDoubles[(slot << HOT_D_SHIFT) + LAST] > SHORTEST_SILENCE || (bits & EVENTFUL) === FLAG_SYN) {
        slot = orAnother(slot, row, side, block);
      }
      const h = slot << HOT_SHIFT;
      const d = slot << HOT_D_SHIFT;
      if (micros >= hotDoubles[d + LAST]) hotDoubles[d + LAST] = micros;
      else wasEarlier(slot, micros);
      hot[h + PACKETS + side] += 1;
      hotDoubles[d + BYTES + side] += rows[row + wire];
      const status = hot[h + STATUS_AT];
      if ((status & (STEADY << side)) === 0 || (bits & EVENTFUL) !== 0 || (bits & ~status & TCP_BITS) !== 0)
        notice.packet(slot, row, bytes);
      if ((bits & FIRST_FRAGMENT) !== 0) fragments.first(slot, row, block);
    }
  }

  /** Reads ahead: where each row's hash points to, then the record there. */
  function touch(end: number): number {
    const { pairs, mask } = index;
    for (let row = 0; row < end; row += ROW_WORDS) rows[row + entry] = pairs[((rows[row + hash] & mask) << 1) + 1];
    let sum = 0;
    for (let row = 0; row < end; row += ROW_WORDS) sum ^= hot[(rows[row + entry] << HOT_SHIFT) + STATUS_AT];
    return sum;
  }

  /** The flow of a row, or 0. */
  function find(row: number, side: number): number {
    const { pairs, mask } = index;
    const wanted = rows[row + hash];
    for (let place = wanted & mask; ; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      if (slot === 0) return 0;
      if (pairs[place << 1] === wanted && isFlowOf(slot, row, side)) return slot;
    }
  }

  function isFlowOf(slot: number, row: number, side: number): boolean {
    const at = slot << HOT_SHIFT;
    return (
      hot[at + LOW] === rows[row + source] &&
      hot[at + HIGH] === rows[row + destination] &&
      hot[at + PORTS] === rows[row + ports] &&
      hot[at + TAGS + side] === rows[row + tags] &&
      (hot[at + SPACE_AT] === rows[row + space] || wrapping.isOfOwnShape(slot, row, side)) &&
      ((rows[row + space] & IPV6) === 0 || isSameIpv6(slot, row, side))
    );
  }

  function isSameIpv6(slot: number, row: number, side: number): boolean {
    const kept = slot * COLD_WORDS + ADDRESSES;
    const seen = row >> 1;
    const turn = side << 2;
    for (let n = 0; n < 8; n += 1) if (cold[kept + n] !== addresses[seen + (n ^ turn)]) return false;
    return true;
  }

  /** A flow whose other direction has this key but for VLAN ids and tunnels, and which was not seen in this one yet. */
  function findOtherwiseWrapped(row: number, side: number): number {
    const { pairs, mask } = index;
    const ownTags = rows[row + tags];
    const ownSpace = rows[row + space];
    for (let place = rows[row + hash] & mask; pairs[(place << 1) + 1] !== 0; place = (place + 1) & mask) {
      const slot = pairs[(place << 1) + 1];
      const at = slot << HOT_SHIFT;
      if (pairs[place << 1] !== rows[row + hash] || (hot[at + STATUS_AT] & (SEEN << side)) !== 0) continue;
      if (!wrapping.mayBeOtherSide(slot, row, side)) continue;
      rows[row + tags] = hot[at + TAGS + side];
      rows[row + space] = hot[at + SPACE_AT];
      const isMatch = isFlowOf(slot, row, side);
      rows[row + tags] = ownTags;
      rows[row + space] = ownSpace;
      if (isMatch) return slot;
    }
    return 0;
  }

  /** The slot for a row that belongs to no flow: of a new one, or of the one whose answer this is on another VLAN or through another tunnel. */
  function begin(row: number, side: number, block: PacketBlock): number {
    const wrapped = findOtherwiseWrapped(row, side);
    if (wrapped !== 0) {
      wrapping.wrap(wrapped, row, side);
      return wrapped;
    }
    const slot = create(row);
    birth.writeMacs(slot, block.view, row);
    return slot;
  }

  function create(row: number): number {
    let slot = store.take();
    if (slot === 0) {
      evict(eviction.choose());
      slot = store.take();
    }
    const id = nextId;
    nextId += 1;
    birth.write(slot, id, row);
    hot[(slot << HOT_SHIFT) + DUE] = secondOf(now[0]) + activeSeconds;
    halfOpen.append(slot);
    if (isSampled(slot)) streams.begin(slot);
    if (isEarly) pending.add(slot, id, now[0]);
    counters.opened += 1;
    counters.byTransport[rows[row + tags] >>> 24] += 1;
    if (index.insert(rows[row + hash], slot) > MOST_PROBES) thin(rows[row + hash], slot);
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
    losses.counts[FLOW_EVICTED] += 1;
    close(slot, EVICTED, times[CLOCK]);
  }

  /** The flow was silent, or this is a SYN: another flow with the same key may begin. */
  function orAnother(slot: number, row: number, side: number, block: PacketBlock): number {
    const status = hot[(slot << HOT_SHIFT) + STATUS_AT];
    const transport = rows[row + tags] >>> 24;
    const gap = now[0] - hotDoubles[(slot << HOT_D_SHIFT) + LAST];
    if (gap > silenceMicros(transport, status)) close(slot, endOf(transport, status), now[0]);
    else {
      if (transport !== TCP || (rows[row + flags] & SYN_AND_ACK) !== FLAG_SYN) return slot;
      const isRepeated = (status & SYN_SEEN) !== 0 && cold[slot * COLD_WORDS + SYN_SEQUENCE] === rows[row + sequence];
      if (isRepeated || !(isOver(transport, status) || gap > REUSE_SILENCE_MICROS)) return slot;
      close(slot, REUSED, now[0]);
    }
    return begin(row, side, block);
  }

  function wasEarlier(slot: number, micros: number): void {
    const start = slot * (COLD_WORDS / 2) + COLD_D.start;
    if (micros < coldDoubles[start]) coldDoubles[start] = micros;
  }

  function charge(slot: number, side: number, packets: number, bytes: number, firstMicros: number, lastMicros: number): void {
    const d = slot << HOT_D_SHIFT;
    hot[(slot << HOT_SHIFT) + PACKETS + side] += packets;
    hotDoubles[d + BYTES + side] += bytes;
    wasEarlier(slot, firstMicros);
    if (lastMicros > hotDoubles[d + LAST]) hotDoubles[d + LAST] = lastMicros;
  }

  /** The spare row has the key of the fragments. */
  function orphan(packets: number, bytes: number, firstMicros: number, lastMicros: number, macs: Int32Array): void {
    const side = (rows[SPARE_ROW + flags] >>> SIDE_SHIFT) & 1;
    let slot = find(SPARE_ROW, side);
    if (slot === 0) {
      now[0] = firstMicros;
      slot = create(SPARE_ROW);
      for (let n = 0; n < 4; n += 1) cold[slot * COLD_WORDS + COLD.mac + (n ^ (side << 1))] = macs[n];
    }
    hot[(slot << HOT_SHIFT) + STATUS_AT] |= SEEN << side;
    cold[slot * COLD_WORDS + COLD.lostOrphan] += packets;
    losses.counts[LOSS_INDEX.fragment_orphan] += packets;
    charge(slot, side, packets, bytes, firstMicros, lastMicros);
  }

  function countActive(slot: number): void {
    const at = slot << HOT_SHIFT;
    hot[at + DUE] = secondOf(times[CLOCK]) + activeSeconds;
    if (hot[at + PACKETS] !== 0 || hot[at + PACKETS + 1] !== 0) reporter.report(slot, KIND.counted, 0, times[CLOCK]);
  }

  function close(slot: number, closedBy: number, micros: number): void {
    end(slot, closedBy, micros);
    halfOpen.remove(slot);
    wrapping.unwrap(slot);
    index.remove(cold[slot * COLD_WORDS + COLD.hash], slot);
    store.give(slot);
  }

  /** Tells the world that a flow is over; its records stay as they are. */
  function end(slot: number, closedBy: number, micros: number): void {
    reporter.report(slot, CLOSED, closedBy, micros);
    counters.noteClosed(store, slot);
    if ((hot[(slot << HOT_SHIFT) + STATUS_AT] & BEGUN) !== 0) reader.forget(slot);
  }

  /** Touches the records of the slots from `first` on. The result is always 0, which the compiler cannot know. */
  function readAhead(slots: Int32Array, first: number): number {
    let sum = 0;
    for (let n = first; n < Math.min(first + READ_AHEAD, slots.length); n += 1) {
      const c = slots[n] * COLD_WORDS;
      sum |= (hot[slots[n] << HOT_SHIFT] & 1) | (cold[c] & 1) | (cold[c + LOST_SNAPLEN] & 1);
    }
    return sum >> 1;
  }

  function startClock(micros: number): void {
    times.set([micros, micros, micros, micros + SECOND]);
  }

  /** The clock reached its next second, or a packet lies more than a second before the one ahead of it. */
  function pace(micros: number, previous: number): void {
    if (micros < previous - SECOND) {
      losses.counts[LOSS_INDEX.clock_backwards] += 1;
      // Time may go on from here: the clock follows when the next packet agrees.
      times[TICK] = Math.min(times[TICK], micros + SECOND);
    }
    if (micros >= times[TICK] && previous >= times[TICK]) tick(Math.min(micros, previous));
  }

  function tick(micros: number): void {
    const seconds = Math.abs(micros - times[CLOCK]) / SECOND;
    times[CLOCK] = micros;
    times[TICK] = micros + SECOND;
    fragments.expire(micros);
    if (isEarly) pending.takeBefore(micros - OPEN_AFTER_MICROS, (slot, id) => openWaiting(slot, id, micros));
    expiry.sweep(micros, seconds, secondOf(micros));
  }

  function openWaiting(slot: number, id: number, micros: number): void {
    if (store.isUsed(slot) && store.idOf(slot) === id) notice.openIfWaiting(slot, micros);
  }

  function secondOf(micros: number): number {
    return Math.floor((micros - times[BASE]) / SECOND) | 0;
  }

  return {
    losses,
    counters,
    add,
    advance(micros) {
      if (!Number.isNaN(times[BASE]) && micros > times[CLOCK]) tick(micros);
    },
    flush: reporter.deliver,
    closeAll() {
      fragments.expire(Number.POSITIVE_INFINITY);
      const slots = store.slotsById();
      for (let n = 0; n < slots.length; n += 1) {
        // In order of ids the records lie scattered: a few are fetched ahead at once.
        if (n % READ_AHEAD === 0) slots[n] += readAhead(slots, n);
        end(slots[n], END_OF_INPUT, times[PREVIOUS]);
        wrapping.unwrap(slots[n]);
      }
      reporter.deliver();
      index.clear();
      halfOpen.clear();
      store.clear();
    },
    status: () => counters.toStatus(store.active, store.limit),
    streams: streams.status,
    names: reporter.names,
  };
}
