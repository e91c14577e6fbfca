import { readFileSync } from "node:fs";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { type AddressWords, compareAddresses, parseAddress } from "../../lib/ip.ts";
import { readHome } from "./as-home.ts";
import { readGeoFile } from "./geo-file.ts";
import { after, isMapped, type RangeArrays, RangeArraysBuilder, RangeTable } from "./range-table.ts";

/** Who announces an address. Values of the table count from 1. */
export interface AsnDatabase {
  name: string;
  build: string;
  sha256: string;
  attribution: string;
  table: RangeTable;
  count: number;
  asnOf(value: number): number;
  organizationOf(value: number): string;
  /** Country that holds the largest share of its addresses by the country database, and the share of them in per cent; undefined: at home nowhere. */
  homeOf?(value: number): { country: string; percent: number } | undefined;
}

/** Loads the compiled embedded database; names stay bytes until they are asked for. */
export function loadCompiledAsns(path: string): AsnDatabase {
  const { header, ranges, ints, bytes } = readGeoFile(path);
  const numbers = ints("numbers");
  const ends = ints("nameEnds");
  const names = bytes("names");
  const homes = ints("homes");
  return {
    name: header.name,
    build: header.build,
    sha256: header.sha256,
    attribution: header.attribution,
    table: new RangeTable(ranges),
    count: numbers.length,
    asnOf: (value) => numbers[value - 1] >>> 0,
    organizationOf: (value) => names.toString("utf8", value === 1 ? 0 : ends[value - 2], ends[value - 1]),
    homeOf: (value) => readHome(homes[value - 1]),
  };
}

export interface AsnRanges {
  ranges: RangeArrays;
  numbers: Int32Array;
  nameEnds: Int32Array;
  names: Buffer;
}

/** One range in so many may overlap the one before it. */
const OVERLAPS_ONE_IN = 1000;

/**
 * Reads CSV files of `first,last,number,organization` (first and last address, both included), sorted, IPv4 and IPv6
 * each in a file. Published files hold a stray overlap now and then: the range that begins first keeps its addresses.
 * Throws `geo_corrupt` with the line when a file is no such file, or is not sorted.
 */
export function readAsnCsv(paths: readonly string[]): AsnRanges {
  const builder = new RangeArraysBuilder();
  const valueByText = new Map<string, number>();
  const numbers: number[] = [];
  const names: Buffer[] = [];
  for (const path of paths) {
    let line = 0;
    let overlaps = 0;
    let lastEnd: AddressWords | undefined;
    const wrong = (what: string) => new AppError("geo_corrupt", `${path}:${line}: ${what}; get the file again`);
    for (const row of linesOf(path)) {
      line += 1;
      if (row === "") continue;
      const secondAt = row.indexOf(",") + 1;
      const numberAt = row.indexOf(",", secondAt) + 1;
      const nameAt = row.indexOf(",", numberAt) + 1;
      if (secondAt === 0 || numberAt === 0 || nameAt === 0) throw wrong("is no line of first,last,number,organization");
      let first = parseAddress(row.slice(0, secondAt - 1));
      const last = parseAddress(row.slice(secondAt, numberAt - 1));
      if (!first || !last || isMapped(first) !== isMapped(last) || compareAddresses(first, last) > 0)
        throw wrong("is no range of addresses");
      const key = row.slice(numberAt);
      let value = valueByText.get(key);
      if (value === undefined) {
        const number = Number(row.slice(numberAt, nameAt - 1));
        if (!Number.isInteger(number) || number < 0 || number > 0xffff_ffff) throw wrong("has no AS number");
        value = numbers.push(number | 0);
        names.push(Buffer.from(unquoted(row.slice(nameAt))));
        valueByText.set(key, value);
      }
      if (lastEnd && compareAddresses(first, lastEnd) <= 0) {
        overlaps += 1;
        if (overlaps > 8 + line / OVERLAPS_ONE_IN) throw wrong("ranges are not sorted");
        first = after(lastEnd);
        if (!first || compareAddresses(first, last) > 0) continue;
      }
      builder.add(first, last, value);
      lastEnd = last;
    }
  }
  let end = 0;
  const nameEnds = Int32Array.from(names, (name) => (end += name.length));
  return { ranges: builder.build(), numbers: Int32Array.from(numbers), nameEnds, names: Buffer.concat(names) };
}

function* linesOf(path: string): Generator<string> {
  let whole: string;
  try {
    whole = readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("geo_missing", `${path}: cannot read: ${reasonOf(error)}`, { cause: error });
  }
  for (let at = 0; at < whole.length; ) {
    let end = whole.indexOf("\n", at);
    if (end < 0) end = whole.length;
    yield whole.slice(at, whole.charCodeAt(end - 1) === 13 ? end - 1 : end);
    at = end + 1;
  }
}

/** A CSV field (RFC 4180). */
function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
