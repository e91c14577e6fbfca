import type { GeoFormat } from "../../../model/geo-status.ts";
import type { ClaimKind } from "../../../model/location.ts";
import type { CloudRegions } from "../cloud-regions.ts";
import type { CountryAnswer } from "../country-database.ts";
import type { RangeArrays } from "../range-table.ts";

/** What a published file came to: the address space cut into runs, and what is said of each. */
export interface Imported {
  ranges: RangeArrays;
  /** `answers[value - 1]` for a value of the ranges. */
  answers: CountryAnswer[];
  /** Day of the data, YYYY-MM-DD; undefined where the file does not say. */
  build: string | undefined;
  /** Networks read, before neighbours were joined. */
  networks: number;
  /** What is not wrong and should be known: regions whose place nobody has written down. */
  remarks: string[];
}

export interface ImportInput {
  bytes: Buffer;
  /** For messages. */
  file: string;
  /** What the operator calls the source: lists that name nobody are claims about it. */
  name: string;
  regions: CloudRegions;
}

/** Reads one published format. Throws `geo_corrupt` with the file, what is wrong and where; never believes a part of a wrong file. */
export interface Importer {
  format: GeoFormat;
  /** For people. */
  title: string;
  kind: ClaimKind;
  /** Where its maker publishes it; for the reference, nothing is fetched from here by itself. */
  published: string;
  read(input: ImportInput): Imported;
}

export function defineImporter(importer: Importer): Importer {
  return importer;
}
