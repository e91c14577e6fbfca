/**
 * History is kept in hours of packet time (UTC). An hour is known by its number since 1970; times that no calendar
 * holds (a broken exporter, a hostile capture) go to one place for strays.
 */
export const HOUR_MS = 3_600_000;
const HOUR_MICROS = HOUR_MS * 1000;

/** The last microsecond that a double counts exactly, in the year 2255; later times are strays. */
export const LAST_MICROS = Number.MAX_SAFE_INTEGER - 1;

/** The hour of strays. */
export const STRAY = -1;

/** Number of the hour since 1970, or STRAY when there is no such calendar hour. */
export function hourOf(micros: number): number {
  return micros >= 0 && micros <= LAST_MICROS ? Math.floor(micros / HOUR_MICROS) : STRAY;
}

/** The hour's folder below `flows/` or `alerts/`: "date=2026-11-21/hour=14", or "date=stray/hour=00". */
export function folderOfHour(hour: number): string {
  if (hour === STRAY) return "date=stray/hour=00";
  const text = new Date(hour * HOUR_MS).toISOString();
  return `date=${text.slice(0, 10)}/hour=${text.slice(11, 13)}`;
}

/** The hour that a folder (as `folderOfHour` names it) holds; undefined for anything else. */
export function hourOfFolder(date: string, hour: string): number | undefined {
  if (date === "date=stray") return STRAY;
  if (!/^date=\d{4}-\d\d-\d\d$/.test(date) || !/^hour=\d\d$/.test(hour)) return undefined;
  const ms = Date.parse(`${date.slice(5)}T${hour.slice(5)}:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms / HOUR_MS;
}
