import type { Stream } from "./stream.ts";

/** What bytes are: no message, the beginning of what may be one, or one. */
export const NONE = 0;
export const PARTIAL = 1;
export const MESSAGE = 2;

const LESS = 0x3c;
const GREATER = 0x3e;
const SPACE = 0x20;
const DASH = 0x2d;
const ONE = 0x31;
/** Digits of a length that are believed; of a priority (RFC 5424 §6.2.1). */
const LENGTH_DIGITS = 6;
const PRIORITY_DIGITS = 3;
const LARGEST_PRIORITY = 191;
/** The shortest that is believed on a port alone. */
const SHORTEST = 12;
/** "Oct 11 22:" (RFC 3164 §4.1.2), "2003-" or "- " after the version (RFC 5424 §6.2.3). */
const OLD_TIME = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:/;
const OLD_TIME_BYTES = 10;
const NEW_TIME = /^1 (?:\d{4}-|- )/;
const NEW_TIME_BYTES = 7;

/** Where the message at `start` begins, after the length that may stand before it; `length` 0: it ends with its line. One object serves all. */
const place = { kind: NONE, body: 0, length: 0 };

export function messageAt(bytes: Buffer, start: number, end: number): Readonly<typeof place> {
  let at = start;
  let length = 0;
  while (at < end && at - start < LENGTH_DIGITS && isDigit(bytes[at])) {
    length = length * 10 + bytes[at] - 0x30;
    at += 1;
  }
  place.kind = NONE;
  place.body = start;
  place.length = length;
  if (at > start) {
    if (bytes[start] === 0x30) return place;
    if (at === end) place.kind = PARTIAL;
    else if (bytes[at] === SPACE) place.body = at + 1;
    if (bytes[at] !== SPACE || at === end) return place;
  }
  if (place.body >= end) place.kind = PARTIAL;
  else if (bytes[place.body] === LESS) place.kind = priorityEnd(bytes, place.body, end) === 0 ? PARTIAL : MESSAGE;
  if (place.kind === MESSAGE && priorityEnd(bytes, place.body, end) < 0) place.kind = NONE;
  return place;
}

/** A message that nothing else is: by the time after its priority, or on syslog's ports by the priority and a text. */
export function mayBeSyslog({ bytes, start, end, isDatagram }: Stream, isOnPort: boolean): number {
  const { kind, body, length } = messageAt(bytes, start, end);
  if (kind !== MESSAGE || (isDatagram && body !== start)) return kind === PARTIAL ? PARTIAL : NONE;
  const after = priorityEnd(bytes, body, end);
  const left = end - after;
  const time = bytes.toString("latin1", after, Math.min(end, after + OLD_TIME_BYTES));
  if (OLD_TIME.test(time) || NEW_TIME.test(time)) return MESSAGE;
  if (bytes[after] === ONE && bytes[after + 1] === SPACE && left > 2 && isDatagram) return MESSAGE;
  const next = bytes[after];
  const isText = left > 0 && next >= SPACE && next < 0x7f;
  if (isText && isOnPort && (end - start > SHORTEST || length > SHORTEST)) return MESSAGE;
  const needed = bytes[after] === ONE || bytes[after] === DASH ? NEW_TIME_BYTES : OLD_TIME_BYTES;
  return left < needed && (left === 0 || isText) ? PARTIAL : NONE;
}

/** Position after ">"; 0 while it may yet come, -1 when it is no priority. */
function priorityEnd(bytes: Buffer, start: number, end: number): number {
  let at = start + 1;
  let priority = 0;
  while (at < end && at - start <= PRIORITY_DIGITS && isDigit(bytes[at])) {
    priority = priority * 10 + bytes[at] - 0x30;
    at += 1;
  }
  if (at === end) return at - start <= PRIORITY_DIGITS + 1 ? 0 : -1;
  return bytes[at] === GREATER && at > start + 1 && priority <= LARGEST_PRIORITY ? at + 1 : -1;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
