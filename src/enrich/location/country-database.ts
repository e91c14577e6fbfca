import { basename } from "node:path";
import { AppError } from "../../lib/errors.ts";
import { isCountry, PSEUDO_CODES } from "./country-codes.ts";
import { readGeoFile } from "./geo-file.ts";
import type { MmdbValue } from "./mmdb-data.ts";
import { type Mmdb, openMmdb, walkMmdb } from "./mmdb-walk.ts";
import { type RangeArrays, RangeArraysBuilder, RangeTable } from "./range-table.ts";

/** What one record of a country database says. */
export interface CountryAnswer {
  country: string | undefined;
  /**
   * 0–100, by what the record holds:
   * 85 a country code · 40 only the country where the block is registered (indeterminate) · 0 no code, a pseudo-code, or
   * an anycast block.
   */
  confidence: number;
  note?: string;
}

export interface CountryDatabase {
  /** Source name in claims. */
  name: string;
  build: string;
  sha256: string;
  attribution: string;
  table: RangeTable;
  /** `answers[value - 1]` for a value of the table. */
  answers: readonly CountryAnswer[];
}

export const COUNTRY_CONFIDENCE = 85;
export const REGISTERED_CONFIDENCE = 40;

/** Loads the compiled embedded database. */
export function loadCompiledCountries(path: string): CountryDatabase {
  const { header, ranges } = readGeoFile(path);
  const answers = (header.words ?? []).map((word) => JSON.parse(word) as CountryAnswer);
  return {
    name: header.name,
    build: header.build,
    sha256: header.sha256,
    attribution: header.attribution,
    table: new RangeTable(ranges),
    answers,
  };
}

/**
 * Loads an operator's own database (GeoLite2, GeoIP2, DB-IP, IPinfo, ip-location-db: country or city). It is walked once,
 * here: a 10 MB file takes a second. Throws `geo_missing` or `geo_corrupt`.
 */
export function loadCountryDatabase(path: string): CountryDatabase {
  const db = openMmdb(path);
  const { ranges, answers } = countriesOf(db);
  return {
    name: basename(path).replace(/\.mmdb$/, ""),
    build: db.build,
    sha256: db.sha256,
    attribution: "",
    table: new RangeTable(ranges),
    answers,
  };
}

/** Ranges and answers of a country database, for loading and for compiling. */
export function countriesOf(db: Mmdb): { ranges: RangeArrays; answers: CountryAnswer[] } {
  const builder = new RangeArraysBuilder();
  const answers: CountryAnswer[] = [];
  const valueByText = new Map<string, number>();
  const valueByOffset = new Map<number, number>();
  let countries = 0;
  walkMmdb(db, ({ first, last, value: offset }) => {
    let value = valueByOffset.get(offset);
    if (value === undefined) {
      const answer = countryAnswer(db.data.read(offset));
      const text = JSON.stringify(answer);
      value = valueByText.get(text);
      if (value === undefined) {
        value = answers.push(answer);
        valueByText.set(text, value);
      }
      if (answer.country !== undefined) countries += 1;
      valueByOffset.set(offset, value);
    }
    builder.add(first, last, value);
  });
  if (countries === 0)
    throw new AppError("geo_corrupt", `${db.file}: holds no country codes (type ${db.databaseType}); give a country database`);
  return { ranges: builder.build(), answers };
}

/** What a record says, whatever the maker's shape. */
export function countryAnswer(record: MmdbValue): CountryAnswer {
  const code = text(at(record, "country", "iso_code")) ?? text(at(record, "country_code")) ?? twoLetters(at(record, "country"));
  const registered = text(at(record, "registered_country", "iso_code"));
  if (at(record, "traits", "is_anycast") === true || at(record, "is_anycast") === true || at(record, "is_anycast") === "true") {
    return { country: undefined, confidence: 0, note: "an anycast block: one address, many places" };
  }
  if (code !== undefined && isCountry(code)) {
    const represented = text(at(record, "represented_country", "iso_code"));
    if (represented !== undefined && represented !== code) {
      return { country: code, confidence: COUNTRY_CONFIDENCE, note: `used there on behalf of ${represented}` };
    }
    return { country: code, confidence: COUNTRY_CONFIDENCE };
  }
  if (code === undefined && registered !== undefined && isCountry(registered)) {
    return { country: registered, confidence: REGISTERED_CONFIDENCE, note: "only the country of registration is known" };
  }
  if (code === undefined) return { country: undefined, confidence: 0, note: "names no country" };
  return { country: undefined, confidence: 0, note: `says ${code}: ${PSEUDO_CODES.get(code) ?? "no country code"}` };
}

function at(value: MmdbValue | undefined, ...path: string[]): MmdbValue | undefined {
  let now = value;
  for (const key of path) {
    if (typeof now !== "object" || Array.isArray(now) || !Object.hasOwn(now, key)) return undefined;
    now = now[key];
  }
  return now;
}

/** A code as printable text of believable length; an empty one is none. */
function text(value: MmdbValue | undefined): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  return /^[A-Za-z0-9]{2,3}$/.test(value) ? value.toUpperCase() : "??";
}

function twoLetters(value: MmdbValue | undefined): string | undefined {
  return typeof value === "string" && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined;
}
