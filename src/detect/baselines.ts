import { isV4 } from "../lib/ip.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Destination } from "./destination.ts";
import type { LastingMemory } from "./detection.ts";

const HOUR_MICROS = 3600e6;
const DAY_HOURS = 24;
const DAYS = 14;
/** The p99 of 14 days is the fourth largest of 336 hours: four an hour of each day are all that can ever be it. */
const TOP = 4;
const ASSETS_KEPT = 16_384;
const DESTINATIONS_KEPT = 256;

interface Row {
  /** Day (since 1970) of the first hour ever counted. */
  firstDay: number;
  /** Hour (since 1970) that is being counted, and its bytes, all together and by destination. */
  hour: number;
  hourBytes: number;
  byDestination: Map<Destination, number>;
  /** The largest hours of each of the last days, newest day last. */
  days: { day: number; top: number[] }[];
}

export interface HourState {
  /** Bytes up to one destination in the hour that runs. */
  bytes: number;
  /** The asset's own p99 of bytes up in an hour over the 14 days before today; undefined before there are enough days. */
  p99: number | undefined;
}

/**
 * How much each inside host sends in an hour, by packet time: what is usual of it. Hours without traffic count as none. The host
 * met longest ago is forgotten when the table is full.
 */
export class Baselines implements LastingMemory {
  forgotten = 0;
  private readonly rows = new Map<number | string, Row>();
  private readonly limit: number;
  private readonly state: HourState = { bytes: 0, p99: undefined };

  constructor(limit = ASSETS_KEPT) {
    this.limit = limit;
  }

  /** Counts an event. The result is valid until the next call; `p99` is only worked out from `floorBytes` on. */
  add(judged: JudgedFlow, destination: Destination, floorBytes: number, minDays: number): HourState {
    const hour = Math.floor(judged.flow.endMicros / HOUR_MICROS);
    const row = this.rowOf(keyOf(judged), hour);
    if (hour > row.hour) turn(row, hour);
    row.hourBytes += judged.newBytesOut;
    const before = row.byDestination.get(destination);
    const bytes = (before ?? 0) + judged.newBytesOut;
    if (before !== undefined || row.byDestination.size < DESTINATIONS_KEPT) row.byDestination.set(destination, bytes);
    this.state.bytes = bytes;
    this.state.p99 = bytes > floorBytes ? p99Of(row, Math.floor(hour / DAY_HOURS), minDays) : undefined;
    return this.state;
  }

  save(): unknown {
    return [...this.rows].map(([key, { firstDay, hour, hourBytes, days }]) => [
      key,
      firstDay,
      hour,
      hourBytes,
      days.map(({ day, top }) => [day, ...top]),
    ]);
  }

  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const entry of saved) {
      if (!Array.isArray(entry) || this.rows.size >= this.limit) continue;
      const [key, firstDay, hour, hourBytes, days] = entry as unknown[];
      if (
        (typeof key !== "number" && typeof key !== "string") ||
        ![firstDay, hour, hourBytes].every(Number.isFinite) ||
        !Array.isArray(days)
      )
        continue;
      const kept = days.filter((day) => Array.isArray(day) && day.length <= TOP + 1 && day.every(Number.isFinite)) as number[][];
      this.rows.set(key, {
        firstDay: firstDay as number,
        hour: hour as number,
        hourBytes: hourBytes as number,
        byDestination: new Map(),
        days: kept.slice(-DAYS - 1).map(([day, ...top]) => ({ day, top })),
      });
    }
  }

  private rowOf(key: number | string, hour: number): Row {
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    if (this.rows.size >= this.limit) {
      for (const oldest of this.rows.keys()) {
        this.rows.delete(oldest);
        break;
      }
      this.forgotten += 1;
    }
    const made: Row = { firstDay: Math.floor(hour / DAY_HOURS), hour, hourBytes: 0, byDestination: new Map(), days: [] };
    this.rows.set(key, made);
    return made;
  }
}

/** IPv4 addresses are numbers: no text is made of what nearly every event has. */
function keyOf(judged: JudgedFlow): number | string {
  const { flow, isInsideInitiator } = judged;
  const word = (n: number) => (isInsideInitiator ? flow.initiatorWord(n) : flow.responderWord(n));
  return isV4(word(0), word(1), word(2)) ? word(3) >>> 0 : judged.insideAddress();
}

/** Closes the hour that was counted. */
function turn(row: Row, hour: number): void {
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
  row.byDestination.clear();
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
