import type { Stream } from "./stream.ts";

const LONGEST = 4096;
/** The shortest number that is looked for has as many digits. */
const LEAST_DIGITS = 9;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const decoded = Buffer.alloc(LONGEST);

/**
 * Looks for numbers in the target of a request, bytes[start, end): a query is content too. Its escapes are taken off (RFC 3986
 * §2.1, and the plus signs of forms), else a number would run into the digits of the escape before it. Nothing of it is kept.
 */
export function offerTarget(stream: Stream, bytes: Buffer, start: number, end: number): void {
  if (!stream.wantsContent || !hasDigits(bytes, start, end)) return;
  const stop = Math.min(end, start + LONGEST);
  let length = 0;
  for (let at = start; at < stop; at += 1) {
    let byte = bytes[at];
    if (byte === PLUS) byte = SPACE;
    else if (byte === PERCENT && at + 2 < stop) {
      const value = hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]);
      if (value >= 0) {
        byte = value;
        at += 2;
      }
    }
    decoded[length++] = byte;
  }
  stream.offerAside(decoded, 0, length);
  decoded.fill(0, 0, length);
}

function hasDigits(bytes: Buffer, start: number, end: number): boolean {
  let digits = 0;
  for (let at = start; at < end && digits < LEAST_DIGITS; at += 1) if ((bytes[at] - 0x30) >>> 0 <= 9) digits += 1;
  return digits >= LEAST_DIGITS;
}

/** Far below 0 when it is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1000;
}
