/** Arithmetic of check digits, over ASCII digits. */

const ZERO = 0x30;

/** The number that `count` digits from `start` make; NaN when one of them is none. At most 15 digits. */
export function numberAt(characters: Uint8Array, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at += 1) {
    const digit = characters[at] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** The value modulo `modulus`, digit by digit, so that any length does. NaN when a character is no digit. */
export function remainder(characters: Uint8Array, start: number, count: number, modulus: number): number {
  let value = 0;
  for (let at = start; at < start + count; at += 1) {
    const digit = characters[at] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = (value * 10 + digit) % modulus;
  }
  return value;
}

/** Day of a month, 1 to 31; February has 29, whatever the year. */
export function isDay(month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1)) return false;
  return day <= (month === 2 ? 29 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

/** Luhn's sum (ISO/IEC 7812-1 annex B) of `count` digits, of which the last is the check digit: 0 when it is right. */
export function luhn(characters: Uint8Array, start: number, count: number): number {
  let sum = 0;
  for (let n = 0; n < count; n += 1) {
    const digit = characters[start + count - 1 - n] - ZERO;
    const weighted = n % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10;
}

/** The dihedral group of order ten: 0–4 turn, 5–9 turn and flip (J. Verhoeff, Error Detecting Decimal Codes, 1969). */
function multiply(a: number, b: number): number {
  const turned = a < 5 ? a + b : a - b;
  const isFlipped = a < 5 !== b < 5;
  return (((turned % 5) + 5) % 5) + (isFlipped ? 5 : 0);
}

const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const PERMUTED: number[][] = [Array.from({ length: 10 }, (_, n) => n)];
for (let n = 1; n < 8; n += 1) PERMUTED.push(PERMUTED[n - 1].map((digit) => PERMUTATION[digit]));

/** Verhoeff's sum of `count` digits from `start` and the check digit `last` after them: 0 when it is right. */
export function verhoeff(characters: Uint8Array, start: number, count: number, last: number): number {
  let sum = last;
  for (let n = 1; n <= count; n += 1) sum = multiply(sum, PERMUTED[n % 8][characters[start + count - n] - ZERO]);
  return sum;
}
