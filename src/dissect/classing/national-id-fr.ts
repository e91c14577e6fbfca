import { numberAt, remainder } from "./check-digits.ts";
import { defineLabel } from "./label.ts";

const DEPARTMENT_AT = 5;
const BODY = 13;
const TWO = 0x32;
const A = 0x41;
const B = 0x42;
const proof = new Uint8Array(BODY);

/**
 * French NIR ("numéro de sécurité sociale"): sex, year, month, place of birth, order, and the key 97 − (number modulo 97); for
 * Corsica 2A counts as 19 and 2B as 18 (décret 82-103 du 22 janvier 1982, article 4; INSEE, définition « NIR »).
 */
export const nationalIdFr = defineLabel({
  kind: "number",
  label: "national-id-fr",
  length: 15,
  groups: [
    [1, 2, 2, 2, 3, 3, 2],
    [13, 2],
  ],
  chance: 1 / 97,
  check(characters) {
    const sex = numberAt(characters, 0, 1);
    const month = numberAt(characters, 3, 2);
    const key = numberAt(characters, BODY, 2);
    // 3, 4, 7 and 8 are given while the identity is not yet proved; 20 and above stand for months that are not known.
    if (!(sex >= 1 && sex <= 8) || sex === 5 || sex === 6 || !(key >= 1 && key <= 97)) return undefined;
    if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || (month >= 50 && month <= 99))) return undefined;
    proof.set(characters.subarray(0, BODY));
    const letter = proof[DEPARTMENT_AT + 1];
    if (proof[DEPARTMENT_AT] === TWO && (letter === A || letter === B)) {
      proof[DEPARTMENT_AT] = 0x31;
      proof[DEPARTMENT_AT + 1] = letter === A ? 0x39 : 0x38;
    } else if (numberAt(proof, DEPARTMENT_AT, 2) === 0) return undefined;
    const rest = remainder(proof, 0, BODY, 97);
    proof.fill(0);
    return Number.isNaN(rest) ? undefined : 97 - rest === key;
  },
});
