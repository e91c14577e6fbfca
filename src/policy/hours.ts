import type { WeeklyHours } from "../model/site.ts";

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/**
 * Stretches of the week in which the hours hold, as minutes from Monday 00:00. `until` at or below `from` runs past midnight,
 * into the day after; equal ends are the whole day.
 */
function stretches({ days, fromMinute, untilMinute }: WeeklyHours): [from: number, until: number][] {
  const length = untilMinute > fromMinute ? untilMinute - fromMinute : untilMinute - fromMinute + DAY_MINUTES;
  return days.flatMap((day): [number, number][] => {
    const from = (day - 1) * DAY_MINUTES + fromMinute;
    const until = from + length;
    return until <= WEEK_MINUTES
      ? [[from, until]]
      : [
          [from, WEEK_MINUTES],
          [0, until - WEEK_MINUTES],
        ];
  });
}

/** Whether the hours hold at a minute of the local week. */
export function isOpen(hours: WeeklyHours, minuteOfWeek: number): boolean {
  return stretches(hours).some(([from, until]) => minuteOfWeek >= from && minuteOfWeek < until);
}

/** Minutes of the week, from 0 on and in order, at which some hours begin or end. Between two of them nothing changes. */
export function weekBoundaries(all: readonly WeeklyHours[]): number[] {
  const minutes = all.flatMap((hours) => stretches(hours).flat()).filter((minute) => minute < WEEK_MINUTES);
  return [...new Set([0, ...minutes])].sort((a, b) => a - b);
}

/** "Mon–Fri 07:00–19:00", "Sat, Sun 00:00–24:00". */
export function hoursInWords({ days, fromMinute, untilMinute }: WeeklyHours): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let n = 0; n < sorted.length; ) {
    let end = n;
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[end] + 1) end += 1;
    const [first, last] = [DAYS[sorted[n] - 1], DAYS[sorted[end] - 1]];
    runs.push(end === n ? first : end === n + 1 ? `${first}, ${last}` : `${first}–${last}`);
    n = end + 1;
  }
  return `${runs.join(", ")} ${clock(fromMinute)}–${clock(untilMinute === 0 ? DAY_MINUTES : untilMinute)}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
