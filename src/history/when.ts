import { AppError } from "../lib/errors.ts";

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A time as people give it, as microseconds since 1970: RFC 3339 ("2026-11-21T13:00:00Z", an offset, a fraction), a date
 * ("2026-11-21", midnight UTC), "now", or relative to now ("-90s", "-30m", "-1h", "-2d", "-1w").
 *
 * @throws AppError history_query that names the option.
 */
export function parseWhen(text: string, nowMs: number, option: string): number {
  if (text === "now") return nowMs * 1000;
  const relative = /^-(\d{1,6}(?:\.\d{1,3})?)([smhdw])$/.exec(text);
  if (relative) return (nowMs - Number(relative[1]) * UNIT_MS[relative[2]]) * 1000;
  const absolute = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:\d\d))?$/.exec(text);
  if (absolute) {
    const [, date, minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = absolute;
    const ms = Date.parse(`${date}T${minutes}:${seconds}${zone.toUpperCase()}`);
    // Date.parse lets the 31st of February roll over into March.
    if (!Number.isNaN(ms) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date))
      return ms * 1000 + Math.floor(Number(`0.${fraction || "0"}`) * 1e6 + 1e-6);
  }
  throw new AppError(
    "history_query",
    `${option}: "${text}" is no time: give RFC 3339 with a zone (2026-11-21T13:00:00Z), a date, now, or -30m, -1h, -2d`,
    {
      exitCode: 2,
    },
  );
}
