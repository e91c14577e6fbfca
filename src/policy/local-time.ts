const QUARTER_MICROS = 900e6;
const DAY_MICROS = 86_400e6;
const WEEK_MINUTES = 7 * 1440;
/** Days whose offset is kept; beyond them all are worked out anew. */
const MOST_DAYS = 4096;
/** Times outside of these years have no calendar that anybody keeps: they are taken as UTC. */
const FIRST_MICROS = Date.UTC(1970, 0, 2) * 1000;
const LAST_MICROS = Date.UTC(2200, 0, 1) * 1000;

/** The minute of the local week at a time, Monday 00:00 being 0, and for how long it can be counted on from there. */
export interface LocalTime {
  minuteOfWeek: number;
  /** Between these packet times the distance to UTC stays the same. */
  sameFromMicros: number;
  sameUntilMicros: number;
}

/**
 * Packet time as the clock on the wall of the site shows it. The calendar of the platform (Intl) is asked once for each end of
 * a day, and for each quarter of an hour of the two days a year on which clocks are set: all offsets change on a quarter.
 */
export function createLocalClock(timeZone: string): (atMicros: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  /** UTC day → minutes east of UTC; NaN on days when that changes. */
  const days = new Map<number, number>();
  const out: LocalTime = { minuteOfWeek: 0, sameFromMicros: 0, sameUntilMicros: 0 };

  function offsetAt(micros: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(micros / 1000)) part[type] = Number(value);
    const local = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
    return Math.round(local / 60_000) - Math.floor(micros / 60e6);
  }

  function offsetOfDay(day: number): number {
    const known = days.get(day);
    if (known !== undefined) return known;
    const first = offsetAt(day * DAY_MICROS);
    const offset = first === offsetAt((day + 1) * DAY_MICROS) ? first : Number.NaN;
    if (days.size >= MOST_DAYS) days.clear();
    days.set(day, offset);
    return offset;
  }

  return (atMicros) => {
    const day = Math.floor(atMicros / DAY_MICROS);
    let offset = 0;
    out.sameFromMicros = day * DAY_MICROS;
    out.sameUntilMicros = out.sameFromMicros + DAY_MICROS;
    if (atMicros >= FIRST_MICROS && atMicros < LAST_MICROS) {
      offset = offsetOfDay(day);
      if (Number.isNaN(offset)) {
        out.sameFromMicros = Math.floor(atMicros / QUARTER_MICROS) * QUARTER_MICROS;
        out.sameUntilMicros = out.sameFromMicros + QUARTER_MICROS;
        offset = offsetAt(out.sameFromMicros);
      }
    }
    // 1 January 1970 was a Thursday.
    const minutes = Math.floor(atMicros / 60e6) + offset + 3 * 1440;
    out.minuteOfWeek = ((minutes % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
    return out;
  };
}
