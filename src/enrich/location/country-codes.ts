import { createRequire } from "node:module";

/** ISO 3166-1 alpha-2, plus XK (Kosovo: a user-assigned code that everyone uses). */
export const COUNTRY_CODES: ReadonlySet<string> = new Set(
  (createRequire(import.meta.url)("i18n-iso-countries/codes.json") as readonly [string, ...unknown[]][]).map(([code]) => code),
);

/**
 * Codes that databases put where they know no country: "Europe", "Asia/Pacific", anonymous proxy, satellite provider,
 * other, unknown. They mean indeterminate, never inside. Anything else that is no ISO code is treated the same way.
 */
export const PSEUDO_CODES: ReadonlyMap<string, string> = new Map([
  ["EU", "somewhere in Europe"],
  ["AP", "somewhere in Asia or the Pacific"],
  ["A1", "an anonymous proxy"],
  ["A2", "a satellite provider"],
  ["O1", "elsewhere"],
  ["XX", "unknown"],
  ["ZZ", "unknown"],
]);

export function isCountry(code: string): boolean {
  return COUNTRY_CODES.has(code);
}
