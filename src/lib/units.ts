const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

/** Bytes for people: decimal units, three significant digits ("41.0 MB", "999 B", "1.23 GB"). */
export function formatBytes(bytes: number): string {
  if (!(bytes >= 1000)) return `${Math.round(Math.max(0, bytes) || 0)} B`;
  let unit = 0;
  let value = bytes;
  // 999.5 and more would be rounded up to 1000: the next unit says it shorter.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)} ${BYTE_UNITS[unit]}`;
}

/** A count with grouping commas: 4812 → "4,812". */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A share as percent with three significant digits: 0.00412 → "0.412 %". */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
