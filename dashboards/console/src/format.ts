/** Numbers and times as people read them: decimal units, three digits, never without a unit. */

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

export function bytes(n: number | null): string {
  if (n === null) return "unknown";
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

/** Grouped by thin spaces, which no language reads as a decimal sign. */
export function count(n: number | null): string {
  return n === null ? "unknown" : String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
}

export function percent(share: number | null, digits = 2): string {
  if (share === null) return "unknown";
  // 99.996 % is not 100 %: what is not whole never looks whole.
  if (share < 1 && share > 1 - 0.5 * 10 ** (-digits - 2)) return `> ${(100 - 10 ** -digits).toFixed(digits)} %`;
  if (share > 0 && share < 0.5 * 10 ** (-digits - 2)) return `< ${(10 ** -digits).toFixed(digits)} %`;
  return `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : digits)} %`;
}

export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** "13:41Z", with the date when it is not that of `nowMs`. */
export function clock(ms: number, nowMs: number): string {
  const text = new Date(ms).toISOString();
  const time = `${text.slice(11, 16)}Z`;
  return text.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? time : `${text.slice(0, 10)} ${time}`;
}

export function clockSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)}Z`;
}

export function dateTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** The site's own time with its numeric offset: "15:02 +01:00". */
export function siteTime(ms: number, timeZone: string): string {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "longOffset",
    }).formatToParts(ms);
    const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
    return `${part("hour")}:${part("minute")} ${part("timeZoneName").replace("GMT", "") || "+00:00"}`;
  } catch {
    return "";
  }
}

let regionNames: Intl.DisplayNames | undefined;

/** English name of a country code; the code itself where there is none. */
export function country(code: string | null): string {
  if (code === null) return "nowhere certain";
  if (!/^[A-Z]{2}$/.test(code)) return code;
  regionNames ??= new Intl.DisplayNames(["en"], { type: "region" });
  return regionNames.of(code) ?? code;
}

function threeDigits(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
