import { isDay, numberAt } from "./check-digits.ts";
import { defineLabel } from "./label.ts";

const TWO_THOUSAND = 2_000_000_000;

/**
 * Belgian national register number (NISS/INSZ): YYMMDD, three digits, and 97 − (these nine modulo 97); for births from 2000 on
 * a 2 is put before the nine (arrêté royal du 3 avril 1984 relatif à la composition du numéro d'identification, article 5).
 * BIS numbers have 20 or 40 added to the month, and may lack month and day (arrêté royal du 8 février 1991).
 */
export const nationalIdBe = defineLabel({
  kind: "number",
  label: "national-id-be",
  length: 11,
  groups: [
    [2, 2, 2, 3, 2],
    [6, 3, 2],
    [6, 5],
  ],
  chance: 2 / 97,
  check(characters) {
    const body = numberAt(characters, 0, 9);
    const key = numberAt(characters, 9, 2);
    const order = numberAt(characters, 6, 3);
    if (Number.isNaN(body) || !(key >= 1 && key <= 97) || order === 0 || order === 999) return undefined;
    const month = numberAt(characters, 2, 2) % 20;
    if (numberAt(characters, 2, 2) > 52 || !isDay(month, numberAt(characters, 4, 2))) return undefined;
    return 97 - (body % 97) === key || 97 - ((TWO_THOUSAND + body) % 97) === key;
  },
});
