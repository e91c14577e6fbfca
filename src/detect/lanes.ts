import type { JudgedFlow } from "../model/judgement.ts";
import { countryOf } from "./destination.ts";
import { NameList } from "./name-list.ts";

/** A way for remote support that is agreed on: an entry of the list `lanes`. What is left out is not asked. */
export interface Lane {
  zones?: readonly string[];
  parties?: readonly string[];
  names?: readonly string[];
  countries?: readonly string[];
  /** 1 (Monday) to 7. */
  days?: readonly number[];
  /** "07:30", local time of the site; `until` below `from` runs past midnight. */
  from?: string;
  until?: string;
}

type ReadyLane = Omit<Lane, "names"> & { names: NameList };

const MINUTE_MICROS = 60e6;
const DAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 };

/** The lanes of a site. Local time is worked out once a minute of packet time. */
export class Lanes {
  private readonly lanes: readonly ReadyLane[];
  private readonly timeZone: string;
  private format: Intl.DateTimeFormat | undefined;
  private minute = Number.NaN;
  private local = { day: 1, minutes: 0 };

  constructor(entries: readonly unknown[], timeZone: string) {
    this.lanes = (entries as readonly Lane[]).map((lane) => ({ ...lane, names: new NameList(lane.names ?? []) }));
    this.timeZone = timeZone;
  }

  /** "open": one allows it now. "closed": one is for it, at other hours. "none": no lane is for it. */
  verdictOf(judged: JudgedFlow): "open" | "closed" | "none" {
    let verdict: "closed" | "none" = "none";
    for (const lane of this.lanes) {
      if (!isFor(lane, judged)) continue;
      if (this.isOpen(lane, judged.flow.endMicros)) return "open";
      verdict = "closed";
    }
    return verdict;
  }

  private isOpen({ days, from, until }: ReadyLane, atMicros: number): boolean {
    if (days === undefined && from === undefined && until === undefined) return true;
    this.turnTo(atMicros);
    const { day, minutes } = this.local;
    const start = minutesOf(from, 0);
    const end = minutesOf(until, 24 * 60);
    const isLate = end <= start && minutes < end;
    // After midnight the lane is that of the day before.
    const laneDay = isLate ? (day === 1 ? 7 : day - 1) : day;
    if (days !== undefined && days.length > 0 && !days.includes(laneDay)) return false;
    return end > start ? minutes >= start && minutes < end : minutes >= start || isLate;
  }

  private turnTo(atMicros: number): void {
    const minute = Math.floor(atMicros / MINUTE_MICROS);
    if (minute === this.minute) return;
    this.minute = minute;
    this.format ??= new Intl.DateTimeFormat("en-GB", {
      timeZone: this.timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const parts = new Map(this.format.formatToParts(new Date(minute * 60_000)).map(({ type, value }) => [type, value]));
    this.local = { day: DAYS[parts.get("weekday") ?? ""] ?? 1, minutes: Number(parts.get("hour")) * 60 + Number(parts.get("minute")) };
  }
}

function isFor({ zones, parties, names, countries }: ReadyLane, judged: JudgedFlow): boolean {
  if (zones !== undefined && zones.length > 0 && (judged.zone === undefined || !zones.includes(judged.zone.name))) return false;
  if (countries !== undefined && countries.length > 0 && !countries.includes(countryOf(judged))) return false;
  const hasParties = parties !== undefined && parties.length > 0;
  if (!hasParties && names.isEmpty) return true;
  return (hasParties && judged.party !== undefined && parties.includes(judged.party.name)) || names.has(judged.name);
}

function minutesOf(text: string | undefined, otherwise: number): number {
  const [hours, minutes] = (text ?? "").split(":").map(Number);
  return Number.isInteger(hours) && Number.isInteger(minutes) ? hours * 60 + minutes : otherwise;
}
