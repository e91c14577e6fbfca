import { basename } from "node:path";
import { AppError } from "../../lib/errors.ts";
import type { ClaimKind, CloudRegion } from "../../model/location.ts";
import { isCountry, PSEUDO_CODES } from "./country-codes.ts";
import { type GeoFile, readGeoFile } from "./geo-file.ts";
import type { MmdbValue } from "./mmdb-data.ts";
import { type Mmdb, openMmdb, walkMmdb } from "./mmdb-walk.ts";
import { type RangeArrays, RangeArraysBuilder, RangeTable } from "./range-table.ts";

/** What a source says of the addresses that share one value of its table. */
export interface CountryAnswer {
  /** Left out: a country database. */
  kind?: ClaimKind;
  country: string | undefined;
  /** Where the block is registered, when that is another country or all that is known. */
  registered?: string;
  cloud?: CloudRegion;
  /** Anycast service or CDN. */
  anycast?: string;
  note?: string;
}

/** Anything that makes claims by address: a country or city database, a cloud vendor's list, a list of anycast prefixes. */
export interface CountryDatabase {
  /** Source name in claims. */
  name: string;
  build: string;
  sha256: string;
  attribution: string;
  table: RangeTable;
  /** `answers[value - 1]` for a value of the table. */
  answers: readonly CountryAnswer[];
  /** What most of its answers are; left out: a country database. */
  kind?: ClaimKind;
  maxAgeDays?: number;
}

/** Loads a compiled source: the embedded database, or an installed one. */
export function loadCompiledCountries(path: string): CountryDatabase {
  return compiledCountriesOf(readGeoFile(path));
}

export function compiledCountriesOf({ header, ranges }: GeoFile): CountryDatabase {
  const answers = (header.words ?? []).map((word) => JSON.parse(word) as CountryAnswer);
  return {
    name: header.name,
    build: header.build,
    sha256: header.sha256,
    attribution: header.attribution,
    table: new RangeTable(ranges),
    answers,
    ...(header.kind === undefined ? {} : { kind: header.kind }),
    ...(header.maxAgeDays === undefined ? {} : { maxAgeDays: header.maxAgeDays }),
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
    kind: answers.some(({ kind }) => kind === "city-database") ? "city-database" : "country-database",
  };
}

/** Ranges and answers of a country database, for loading and for compiling. */
export function countriesOf(db: Mmdb, each: () => void = () => {}): { ranges: RangeArrays; answers: CountryAnswer[] } {
  const builder = new RangeArraysBuilder();
  const answers: CountryAnswer[] = [];
  const valueByText = new Map<string, number>();
  const valueByOffset = new Map<number, number>();
  let countries = 0;
  walkMmdb(db, ({ first, last, value: offset }) => {
    each();
    let value = valueByOffset.get(offset);
    if (value === undefined) {
      const answer = countryAnswer(db.data.read(offset));
      const text = JSON.stringify(answer);
      value = valueByText.get(text);
      if (value === undefined) {
        value = answers.push(answer);
        valueByText.set(text, value);
      }
      if (answer.country !== undefined || answer.registered !== undefined) countries += 1;
      valueByOffset.set(offset, value);
    }
    builder.add(first, last, value);
  });
  if (countries === 0)
    throw new AppError("geo_corrupt", `${db.file}: holds no country codes (type ${db.databaseType}); give a country database`);
  return { ranges: builder.build(), answers };
}

/** What a record says, whatever the maker's shape. Where a block is used and where it is registered are kept apart. */
export function countryAnswer(record: MmdbValue): CountryAnswer {
  const code = text(at(record, "country", "iso_code")) ?? text(at(record, "country_code")) ?? twoLetters(at(record, "country"));
  const registeredCode = text(at(record, "registered_country", "iso_code"));
  const registered = registeredCode !== undefined && isCountry(registeredCode) ? registeredCode : undefined;
  const kind = hasCity(record) ? ({ kind: "city-database" } as const) : {};
  if (at(record, "traits", "is_anycast") === true || at(record, "is_anycast") === true || at(record, "is_anycast") === "true") {
    const note = "an anycast block: one address, many places";
    return { kind: "anycast", country: undefined, anycast: "anycast block", note };
  }
  if (code !== undefined && isCountry(code)) {
    const elsewhere = registered !== undefined && registered !== code ? { registered } : {};
    const represented = text(at(record, "represented_country", "iso_code"));
    const note = represented !== undefined && represented !== code ? { note: `used there on behalf of ${represented}` } : {};
    return { ...kind, country: code, ...elsewhere, ...note };
  }
  if (code !== undefined) return { country: undefined, note: `says ${code}: ${PSEUDO_CODES.get(code) ?? "no country code"}` };
  if (registered !== undefined) return { country: undefined, registered, note: "names no country of use" };
  return { country: undefined, note: "names no country" };
}

function hasCity(record: MmdbValue): boolean {
  const city = at(record, "city");
  return typeof city === "string" ? city !== "" : at(record, "city", "names") !== undefined;
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
