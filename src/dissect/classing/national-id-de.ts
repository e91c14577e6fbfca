import { numberAt } from "./check-digits.ts";
import { defineLabel } from "./label.ts";

const DIGITS = 8;

/**
 * German health insurance number, the part that stays for life (KVNR, § 290 SGB V): a capital, eight digits and a check digit.
 * The capital counts as its place in the alphabet in two digits; weights 1 and 2 in turn, digit sums, modulo 10 (GKV-Spitzenverband,
 * Richtlinien nach § 290 SGB V, Anlage 1).
 */
export const nationalIdDe = defineLabel({
  kind: "number",
  label: "national-id-de",
  length: 10,
  groups: [],
  chance: 1 / 10,
  check(characters) {
    const place = characters[0] - 0x40;
    const check = numberAt(characters, DIGITS + 1, 1);
    if (!(place >= 1 && place <= 26) || Number.isNaN(numberAt(characters, 1, DIGITS)) || Number.isNaN(check)) return undefined;
    let sum = Math.floor(place / 10) + digitSum((place % 10) * 2);
    for (let n = 0; n < DIGITS; n += 1) {
      const digit = characters[1 + n] - 0x30;
      sum += n % 2 === 0 ? digit : digitSum(digit * 2);
    }
    return sum % 10 === check;
  },
});

function digitSum(value: number): number {
  return value > 9 ? value - 9 : value;
}
