/** Hours of the site's own time at which shifts begin. */
const SHIFT_HOURS = [6, 14, 22];
const MS_PER_HOUR = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** When the shift under way at `nowMs` began, ms since 1970, by the site's clock (daylight saving included). */
export function shiftStart(nowMs: number, timeZone: string): number {
  // Hours are stepped back one at a time from the last full hour: an hour that summer time skips or repeats does no harm.
  // Zones with a half-hour offset have their full hours at half past UTC.
  const partOfHour = minuteOf(nowMs, timeZone) * 60_000 + (nowMs % 60_000);
  for (let at = nowMs - partOfHour, steps = 0; steps < 26; at -= MS_PER_HOUR, steps += 1) {
    if (SHIFT_HOURS.includes(hourOf(at, timeZone))) return at;
  }
  return nowMs - 8 * MS_PER_HOUR;
}

function hourOf(ms: number, timeZone: string): number {
  return Number(partsOf(ms, timeZone).find((part) => part.type === "hour")?.value);
}

function minuteOf(ms: number, timeZone: string): number {
  return Number(partsOf(ms, timeZone).find((part) => part.type === "minute")?.value);
}

function partsOf(ms: number, timeZone: string): Intl.DateTimeFormatPart[] {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    formats.set(timeZone, format);
  }
  return format.formatToParts(ms);
}
