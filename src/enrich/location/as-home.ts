import type { CountryAnswer } from "./country-database.ts";
import type { RangeArrays } from "./range-table.ts";

/** The country with the largest share is a network's home when the share is at least this; below it the network is at home nowhere. */
const LEAST_PERCENT = 25;
const TURN = 0x8000_0000 | 0;

/**
 * Where each AS is at home: the country that holds the largest share of its addresses by the country database (IPv4 addresses; for networks
 * without any, IPv6 in units of 2^32 networks of 64 bits). One number each: two letters and the share in per cent, 0 for none.
 */
export function homesOf(asns: RangeArrays, count: number, countries: RangeArrays, answers: readonly CountryAnswer[]): Int32Array {
  const v4 = new Map<number, number>();
  const v6 = new Map<number, number>();
  const width = answers.length + 1;
  const key = (asn: number, country: number) => asn * width + country;
  const first = (starts: Int32Array) => (n: number) => (starts[n] ^ TURN) >>> 0;
  weigh(asns.v4Values, first(asns.v4Starts), countries.v4Values, first(countries.v4Starts), (asn, country, size) => {
    v4.set(key(asn, country), (v4.get(key(asn, country)) ?? 0) + size);
  });
  const wide = (starts: Int32Array) => (n: number) => ((starts[n * 4] ^ TURN) >>> 0) + ((starts[n * 4 + 1] ^ TURN) >>> 0) / 2 ** 32;
  weigh(asns.v6Values, wide(asns.v6Starts), countries.v6Values, wide(countries.v6Starts), (asn, country, size) => {
    v6.set(key(asn, country), (v6.get(key(asn, country)) ?? 0) + size);
  });
  const homes = new Int32Array(count);
  for (const sums of [v6, v4]) {
    const total = new Float64Array(count + 1);
    const most = new Float64Array(count + 1);
    const where: (string | undefined)[] = new Array(count + 1).fill(undefined);
    for (const [pair, size] of sums) {
      const asn = Math.floor(pair / width);
      const country = answers[(pair % width) - 1]?.country;
      total[asn] += size;
      if (country === undefined || size <= most[asn]) continue;
      most[asn] = size;
      where[asn] = country;
    }
    for (let asn = 1; asn <= count; asn += 1) {
      const country = where[asn];
      if (total[asn] === 0) continue;
      const percent = Math.floor((100 * most[asn]) / total[asn]);
      homes[asn - 1] =
        country === undefined || percent < LEAST_PERCENT ? 0 : (country.charCodeAt(0) << 16) | (country.charCodeAt(1) << 8) | percent;
    }
  }
  return homes;
}

export function readHome(home: number): { country: string; percent: number } | undefined {
  return home === 0 ? undefined : { country: String.fromCharCode(home >>> 16, (home >>> 8) & 255), percent: home & 255 };
}

/** Goes through two cuts of the same address space together and tells of each piece how large it is. */
function weigh(
  values: Int32Array,
  start: (n: number) => number,
  otherValues: Int32Array,
  otherStart: (n: number) => number,
  tell: (value: number, other: number, size: number) => void,
): void {
  let at = 0;
  let other = 0;
  while (at < values.length && other < otherValues.length) {
    const end = at + 1 < values.length ? start(at + 1) : 2 ** 32;
    const otherEnd = other + 1 < otherValues.length ? otherStart(other + 1) : 2 ** 32;
    const from = Math.max(start(at), otherStart(other));
    const until = Math.min(end, otherEnd);
    if (until > from && values[at] > 0) tell(values[at], otherValues[other], until - from);
    if (end <= otherEnd) at += 1;
    if (otherEnd <= end) other += 1;
  }
}
