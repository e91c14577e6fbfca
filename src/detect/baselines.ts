import { isV4 } from "../lib/ip.ts";
import { Oldest } from "../lib/oldest.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Destination } from "./destination.ts";
import type { LastingMemory } from "./detection.ts";
import { SentTo, type SentToAll } from "./sent-to.ts";

const HOUR_MICROS = 3600e6;
const DAY_HOURS = 24;
const DAYS = 14;
/** The p99 of 14 days is the fourth largest of 336 hours: four an hour of each day are all that can ever be it. */
const TOP = 4;
const ASSETS_KEPT = 16_384;
/** The share of all places that hosts without history may take even when the others are taken by hosts with one. */
const NEWCOMERS_SHARE = 1 / 8;
/** An inside address that only answers, with less than this at a time, gets no row: scans from outside make each one answer. */
const LEAST_ANSWER_BYTES = 4096;
/** Hosts whose row is at hand without a search. A power of two. */
const AT_HAND = 4096;

interface Row {
  key: number | string;
  /** Day (since 1970) of the first hour ever counted. */
  firstDay: number;
  /** Hour (since 1970) that is being counted, and its bytes to all destinations together. */
  hour: number;
  hourBytes: number;
  sentTo: SentTo;
  /** The largest hours of each of the last days, newest day last. */
  days: { day: number; top: number[] }[];
  isForgotten: boolean;
}

export interface HourState {
  /** Bytes up to one destination in the last hour, in steps of five minutes. */
  bytes: number;
  /** The asset's own p99 of bytes up in an hour over the 14 days before today; undefined before there are enough days. */
  p99: number | undefined;
}

const NOTHING: HourState = { bytes: 0, p99: undefined };

/**
 * How much each inside host sends in an hour, by packet time: what is usual of it. Hours without traffic count as none. A host
 * is a registered device where that is known by its MAC address, else an address. When the table is full, hosts that
 * did not last a day yet go first, then the one longest unused: what comes in a flood cannot drive out what was learned.
 */
export class Baselines implements LastingMemory {
  /** Hosts forgotten for want of room. */
  forgotten = 0;
  /** Without a whole day of history, and with one; in both the last used stands last. */
  private readonly newcomers = new Map<number | string, Row>();
  private readonly known = new Map<number | string, Row>();
  private readonly oldestNewcomer = new Oldest(this.newcomers);
  private readonly oldestKnown = new Oldest(this.known);
  private readonly handKeys = new Int32Array(AT_HAND);
  private readonly handMacs: (string | undefined)[] = new Array(AT_HAND).fill(undefined);
  private readonly hands: (Row | undefined)[] = new Array(AT_HAND).fill(undefined);
  private readonly limit: number;
  private readonly all: SentToAll = { size: 0 };
  private readonly state: HourState = { bytes: 0, p99: undefined };

  constructor(limit = ASSETS_KEPT) {
    this.limit = limit;
  }

  /** Counts an event. The result is valid until the next call; `p99` is only worked out from `floorBytes` on. */
  add(judged: JudgedFlow, destination: Destination, floorBytes: number, minDays: number): Readonly<HourState> {
    const atMicros = judged.flow.endMicros;
    const hour = Math.floor(atMicros / HOUR_MICROS);
    const row = this.rowOf(judged, hour);
    if (row === undefined) return NOTHING;
    if (hour > row.hour) this.turn(row, hour);
    row.hourBytes += judged.newBytesOut;
    const bytes = row.sentTo.add(destination, atMicros, judged.newBytesOut);
    this.state.bytes = bytes;
    this.state.p99 = bytes > floorBytes ? p99Of(row, Math.floor(hour / DAY_HOURS), minDays) : undefined;
    return this.state;
  }

  save(): unknown {
    return [...this.newcomers.values(), ...this.known.values()].map(({ key, firstDay, hour, hourBytes, days, sentTo }) => [
      key,
      firstDay,
      hour,
      hourBytes,
      days.map(({ day, top }) => [day, ...top]),
      sentTo.save(),
    ]);
  }

  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const entry of saved) {
      if (!Array.isArray(entry) || this.newcomers.size + this.known.size >= this.limit) continue;
      const [key, firstDay, hour, hourBytes, days, sentTo] = entry as unknown[];
      if (
        (typeof key !== "number" && typeof key !== "string") ||
        ![firstDay, hour, hourBytes].every(Number.isFinite) ||
        !Array.isArray(days)
      )
        continue;
      const kept = days.filter((day) => Array.isArray(day) && day.length <= TOP + 1 && day.every(Number.isFinite)) as number[][];
      const row = this.newRow(typeof key === "number" ? key | 0 : key, hour as number);
      row.firstDay = firstDay as number;
      row.hourBytes = hourBytes as number;
      row.days = kept.slice(-DAYS - 1).map(([day, ...top]) => ({ day, top }));
      row.sentTo.load(sentTo);
      (hasHistory(row) ? this.known : this.newcomers).set(row.key, row);
    }
  }

  /** IPv4 addresses are numbers: no text is made of what nearly every event has. */
  private rowOf(judged: JudgedFlow, hour: number): Row | undefined {
    const { flow, isInsideInitiator, asset } = judged;
    // What the wire alone says of a host is not asked: whoever likes may take another's name.
    const mac = asset !== undefined && asset.learnedFrom === undefined ? asset.mac : undefined;
    const isShort = isInsideInitiator
      ? isV4(flow.initiatorWord(0), flow.initiatorWord(1), flow.initiatorWord(2))
      : isV4(flow.responderWord(0), flow.responderWord(1), flow.responderWord(2));
    if (!isShort) return this.find(mac ?? judged.insideAddress(), judged, hour);
    const w3 = isInsideInitiator ? flow.initiatorWord(3) : flow.responderWord(3);
    const at = (w3 ^ (w3 >>> 12)) & (AT_HAND - 1);
    const hand = this.hands[at];
    if (hand !== undefined && this.handKeys[at] === w3 && this.handMacs[at] === mac && !hand.isForgotten) return hand;
    const row = this.find(mac ?? w3, judged, hour);
    this.hands[at] = row;
    this.handKeys[at] = w3;
    this.handMacs[at] = mac;
    return row;
  }

  private find(key: number | string, { direction, newBytesOut }: JudgedFlow, hour: number): Row | undefined {
    const known = this.known.get(key) ?? this.newcomers.get(key);
    if (known !== undefined) return known;
    if (direction === "inbound" && newBytesOut < LEAST_ANSWER_BYTES) return undefined;
    if (this.newcomers.size + this.known.size >= this.limit) this.makeRoom();
    const made = this.newRow(key, hour);
    this.newcomers.set(key, made);
    return made;
  }

  private newRow(key: number | string, hour: number): Row {
    const firstDay = Math.floor(hour / DAY_HOURS);
    return { key, firstDay, hour, hourBytes: 0, sentTo: new SentTo(this.all), days: [], isForgotten: false };
  }

  private makeRoom(): void {
    const isOfNewcomers = this.known.size === 0 || this.newcomers.size > this.limit * NEWCOMERS_SHARE;
    const from = isOfNewcomers ? this.newcomers : this.known;
    (isOfNewcomers ? this.oldestNewcomer : this.oldestKnown).take((key) => {
      const row = from.get(key)!;
      row.isForgotten = true;
      row.sentTo.forget();
    });
    this.forgotten += 1;
  }

  /** Closes the hour that was counted, and puts the row last: it is in use. */
  private turn(row: Row, hour: number): void {
    close(row, hour);
    if (!this.newcomers.delete(row.key)) this.known.delete(row.key);
    (hasHistory(row) ? this.known : this.newcomers).set(row.key, row);
  }
}

/** It sent on another day than the one that runs. */
function hasHistory({ days, hour }: Row): boolean {
  return days.length > 0 && days[0].day < Math.floor(hour / DAY_HOURS);
}

function close(row: Row, hour: number): void {
  const day = Math.floor(row.hour / DAY_HOURS);
  let last = row.days.at(-1);
  if (last === undefined || last.day < day) {
    last = { day, top: [] };
    row.days.push(last);
    if (row.days.length > DAYS + 1) row.days.shift();
  }
  if (row.hourBytes > 0) {
    last.top.push(row.hourBytes);
    last.top.sort((a, b) => b - a);
    if (last.top.length > TOP) last.top.length = TOP;
  }
  row.hour = hour;
  row.hourBytes = 0;
  row.sentTo.prune(hour * HOUR_MICROS);
}

/** Nearest rank: the smallest value that 99 in 100 hours do not exceed. */
function p99Of({ firstDay, days }: Row, today: number, minDays: number): number | undefined {
  const count = Math.min(DAYS, today - firstDay);
  if (count < minDays) return undefined;
  const hours = count * DAY_HOURS;
  const rank = hours - Math.ceil(hours * 0.99);
  const largest = days.filter(({ day }) => day < today && day >= today - count).flatMap(({ top }) => top);
  return largest.sort((a, b) => b - a)[rank] ?? 0;
}
