import { isDay, luhn, numberAt, verhoeff } from "./check-digits.ts";
import { defineLabel } from "./label.ts";

const EARLIEST = 1880;
const LATEST = 2039;

/**
 * Luxembourg national identification number of natural persons: date of birth YYYYMMDD, three digits, then two check digits
 * over these eleven, Luhn's and Verhoeff's (règlement grand-ducal du 28 novembre 2013 fixant les modalités d'application de
 * la loi du 19 juin 2013 relative à l'identification des personnes physiques; OECD TIN sheet Luxembourg).
 */
export const nationalIdLu = defineLabel({
  kind: "number",
  label: "national-id-lu",
  length: 13,
  groups: [
    [4, 2, 2, 5],
    [4, 2, 2, 3, 2],
    [8, 5],
    [8, 3, 2],
    [4, 4, 5],
  ],
  chance: 1 / 100,
  check(characters) {
    const year = numberAt(characters, 0, 4);
    if (!(year >= EARLIEST && year <= LATEST) || !isDay(numberAt(characters, 4, 2), numberAt(characters, 6, 2))) return undefined;
    if (Number.isNaN(numberAt(characters, 8, 5))) return undefined;
    return luhn(characters, 0, 12) === 0 && verhoeff(characters, 0, 11, characters[12] - 0x30) === 0;
  },
});
