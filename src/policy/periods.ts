import { type ReadyAuthorisation, type Standing, standingOf } from "./authorisations.ts";
import { weekBoundaries } from "./hours.ts";
import { createLocalClock } from "./local-time.ts";

/** Stretches of time kept by their number; beyond them all are worked out anew. A year of office hours makes some 15. */
const MOST_STRETCHES = 100_000;
const MINUTE_MICROS = 60e6;
const WEEK_MINUTES = 7 * 1440;
const LETTER: Readonly<Record<Standing, string>> = { valid: "v", early: "e", over: "o", "wrong-hour": "h" };

/** A stretch of packet time in which every authorisation stands the same. One object serves all: read it at once. */
export interface Period {
  fromMicros: number;
  untilMicros: number;
  /** Equal for all stretches in which every authorisation stands the same. */
  state: number;
  /** How each authorisation stands, in their order. */
  standings: readonly Standing[];
}

/**
 * Cuts time where an authorisation begins, ends, opens or closes. Dates are UTC, hours are those of the site's time zone
 * (clocks that are set included). The calendar is asked only where an authorisation has hours.
 */
export function createPeriods(authorisations: readonly ReadyAuthorisation[], timeZone: string): (atMicros: number) => Period {
  const dates = boundaries(authorisations);
  const hours = authorisations.map(({ authorisation }) => authorisation.hours).filter((one) => one !== undefined);
  const minutes = weekBoundaries(hours);
  const localClock = hours.length > 0 ? createLocalClock(timeZone) : undefined;
  const byStretch = new Map<number, { state: number; standings: readonly Standing[] }>();
  const states = new Map<string, { state: number; standings: readonly Standing[] }>();
  const period: Period = { fromMicros: 0, untilMicros: 0, state: 0, standings: [] };

  return (atMicros) => {
    const date = upperBound(dates, atMicros);
    period.fromMicros = date === 0 ? Number.NEGATIVE_INFINITY : dates[date - 1];
    period.untilMicros = date === dates.length ? Number.POSITIVE_INFINITY : dates[date];
    let slot = 0;
    if (localClock !== undefined) {
      const { minuteOfWeek, sameFromMicros, sameUntilMicros } = localClock(atMicros);
      slot = upperBound(minutes, minuteOfWeek) - 1;
      const minuteStart = Math.floor(atMicros / MINUTE_MICROS) * MINUTE_MICROS;
      const slotStart = minuteStart - (minuteOfWeek - minutes[slot]) * MINUTE_MICROS;
      const slotEnd = minuteStart + ((minutes[slot + 1] ?? WEEK_MINUTES) - minuteOfWeek) * MINUTE_MICROS;
      period.fromMicros = Math.max(period.fromMicros, slotStart, sameFromMicros);
      period.untilMicros = Math.min(period.untilMicros, slotEnd, sameUntilMicros);
    }
    const key = date * minutes.length + slot;
    let known = byStretch.get(key);
    if (known === undefined) {
      const standings = authorisations.map((one) => standingOf(one, atMicros, minutes[slot]));
      const text = standings.map((standing) => LETTER[standing]).join("");
      known = states.get(text) ?? { state: states.size, standings };
      states.set(text, known);
      if (byStretch.size >= MOST_STRETCHES) byStretch.clear();
      byStretch.set(key, known);
    }
    period.state = known.state;
    period.standings = known.standings;
    return period;
  };
}

/** Microseconds at which some authorisation begins or ends, in order. */
function boundaries(authorisations: readonly ReadyAuthorisation[]): number[] {
  const all = authorisations.flatMap(({ fromMicros, endMicros }) => [fromMicros, endMicros]).filter(Number.isFinite);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** How many of the sorted numbers are at or below `value`. */
function upperBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
