/** Seconds since 1970 of the last second of year 9999: later times have no RFC 3339 text. */
const LAST_SECOND = 253_402_300_799;

let cachedSecond = Number.NaN;
let cachedText = "";

/**
 * RFC 3339 text, UTC, of microseconds since 1970: always six decimals. Times out of range, which a hostile capture may
 * state, are shown as the first or last that has a text.
 */
export function formatMicros(micros: number): string {
  const whole = Math.floor(micros / 1e6);
  if (!(whole >= 0)) return "1970-01-01T00:00:00.000000Z";
  if (whole > LAST_SECOND) return "9999-12-31T23:59:59.999999Z";
  if (whole !== cachedSecond) {
    cachedSecond = whole;
    cachedText = new Date(whole * 1000).toISOString().slice(0, 20);
  }
  const rest = Math.floor(micros - whole * 1e6);
  return `${cachedText}${String(1_000_000 + rest).slice(1)}Z`;
}
