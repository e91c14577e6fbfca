/** Reading of text protocols. Every position is inside `[start, end)` of the caller's bytes; nothing is made of them. */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Position of the next line feed; -1. (`indexOf` would search the rest of a block of packets.) */
export function lineFeed(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === LINE_FEED) return at;
  return -1;
}

/** End of the line's text: `feed` without the carriage return before it. */
export function textEnd(bytes: Buffer, start: number, feed: number): number {
  return feed > start && bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
}

/** True when the bytes begin with `word`, lower case, in any case of letters. */
export function beginsWith(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (start + word.length > end) return false;
  for (let n = 0; n < word.length; n += 1) if (lower(bytes[start + n]) !== word[n]) return false;
  return true;
}

/** True when the bytes, fewer than `word`, may yet become it. */
export function mayBecome(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  if (start + word.length <= end) return false;
  for (let at = start; at < end; at += 1) if (lower(bytes[at]) !== word[at - start]) return false;
  return true;
}

/** True when `word`, lower case, stands somewhere in the bytes, in any case of letters. */
export function holds(bytes: Buffer, start: number, end: number, word: Buffer): boolean {
  for (let at = start; at + word.length <= end; at += 1) if (lower(bytes[at]) === word[0] && beginsWith(bytes, at, end, word)) return true;
  return false;
}

/** Position of the first byte that is no space or tab. */
export function afterBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
  return at;
}

/** Position of the first blank, or `end`. */
export function untilBlank(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0x20 && bytes[at] !== 0x09) at += 1;
  return at;
}

/** The number of three digits that a reply begins with (RFC 5321 §4.2), or 0. */
export function replyCode(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3) return 0;
  let code = 0;
  for (let at = start; at < start + 3; at += 1) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) return 0;
    code = code * 10 + digit;
  }
  const next = start + 3 < end ? bytes[start + 3] : 0x20;
  return next === 0x20 || next === 0x2d || next === CARRIAGE_RETURN || next === LINE_FEED ? code : 0;
}

/** First bytes, both cases of letters, of these words. */
export function openings(words: readonly Buffer[]): number[] {
  return [...new Set(words.flatMap(([byte]) => (byte >= 0x61 && byte <= 0x7a ? [byte, byte - 0x20] : [byte])))];
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
