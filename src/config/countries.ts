import { createRequire } from "node:module";
import { nearest } from "./nearest.ts";
import type { Wrong } from "./problem.ts";

const require = createRequire(import.meta.url);

/** Codes that people write for a country and ISO 3166-1 does not (or reserves). */
const WRITTEN_FOR: Record<string, string> = { UK: "GB", EL: "GR", SU: "RU", TP: "TL", AN: "CW" };

/** Codes that databases use where they cannot name a country: they decide nothing. */
const NO_COUNTRY: Record<string, string> = {
  EU: "EU is no country: name the countries, or a jurisdiction list such as eu-eea",
  EEA: "EEA is no country: name the countries, or a jurisdiction list such as eu-eea",
  AP: "AP is no country",
  A1: "A1 is no country",
  A2: "A2 is no country",
  O1: "O1 is no country",
  XX: "XX is no country",
};

interface Tables {
  alpha2: ReadonlySet<string>;
  /** Alpha-3 code → alpha-2 code. */
  alpha3: ReadonlyMap<string, string>;
}

let tables: Tables | undefined;

/** Only the table of codes is read: the package's entry would load every language. */
function codes(): Tables {
  if (tables) return tables;
  const rows: [string, string][] = require("i18n-iso-countries/codes.json");
  tables = { alpha2: new Set(rows.map((row) => row[0])), alpha3: new Map(rows.map((row) => [row[1], row[0]])) };
  return tables;
}

/** What is wrong with a country code (ISO 3166-1 alpha-2, upper case); undefined when nothing is. */
export function wrongCountry(code: string): Wrong | undefined {
  if (codes().alpha2.has(code)) return undefined;
  const upper = code.toUpperCase();
  if (NO_COUNTRY[upper]) return { message: NO_COUNTRY[upper] };
  const meant = WRITTEN_FOR[upper] ?? (codes().alpha2.has(upper) ? upper : codes().alpha3.get(upper)) ?? codeOfName(code);
  return {
    message: `${JSON.stringify(code.slice(0, 80))} is no country code (ISO 3166-1 alpha-2)`,
    suggestion: meant === undefined ? undefined : `did you mean ${meant}?`,
  };
}

function codeOfName(text: string): string | undefined {
  if (text.length < 4) return undefined;
  const names: Record<string, string | string[]> = require("i18n-iso-countries/langs/en.json").countries;
  const byName = new Map(Object.entries(names).flatMap(([code, name]) => [name].flat().map((one) => [one, code] as const)));
  const name = nearest(text, byName.keys());
  return name === undefined ? undefined : byName.get(name);
}
