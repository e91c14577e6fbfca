/** RFC 3339 text, UTC, of microseconds since 1970: always six decimals. */
export function formatMicros(micros: number): string {
  const wholeMs = Math.floor(micros / 1000);
  const rest = Math.floor(micros - wholeMs * 1000);
  return `${new Date(wholeMs).toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}
