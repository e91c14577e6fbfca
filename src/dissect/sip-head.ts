import type { SipFacts } from "../model/facts.ts";
import { afterBlanks, beginsWith, lineFeed, textEnd, untilBlank } from "./ascii.ts";
import type { Stream } from "./stream.ts";
import { nameText, wireText } from "./text.ts";

const words = (...texts: string[]) => texts.map((text) => Buffer.from(text));
/** Header fields and their compact forms, RFC 3261 §7.3.3. */
const PARTIES = words("from:", "to:", "f:", "t:", "from ", "to ");
const LENGTHS = words("content-length:", "l:");
const SCHEMES = words("sip:", "sips:");
const isOpener = new Uint8Array(256);
for (const [byte] of [...PARTIES, ...LENGTHS]) isOpener[byte] = isOpener[byte - 0x20] = 1;
/** From and To stand once each (RFC 3261 §7.3.1). */
const MOST_PARTIES = 4;
const COLON = 0x3a;
const AT = 0x40;
const LETTER_S = 0x73;
const MAX_BODY = 65_535;

/**
 * Reads a head: `[stream.start, feed]` is its first line, `[feed, end)` its fields, `methodEnd` the end of a request's method
 * (0: an answer). `isTold`: it goes into the facts. Returns the bytes of the body as stated, at most 65,535.
 */
export function readHead(stream: Stream, feed: number, end: number, methodEnd: number, isTold: boolean): number {
  const { bytes, start } = stream;
  const isDetailed = stream.isDetailed && isTold;
  if (isDetailed && methodEnd > 0) {
    stream.add((sipFacts(stream).methods ??= []), wireText(bytes, start, methodEnd).toUpperCase());
    takeDomain(stream, methodEnd, textEnd(bytes, start, feed));
  }
  let bodyBytes = 0;
  let parties = isDetailed ? MOST_PARTIES : 0;
  for (let from = feed + 1; from < end; ) {
    const next = lineFeed(bytes, from, end);
    const stop = next < 0 ? end : textEnd(bytes, from, next);
    if (isOpener[bytes[from]] === 1) {
      if (parties > 0 && wordAt(bytes, from, stop, PARTIES) > 0) {
        takeDomain(stream, from, stop);
        parties -= 1;
      }
      const length = wordAt(bytes, from, stop, LENGTHS);
      if (length > 0) bodyBytes = numberAt(bytes, afterBlanks(bytes, from + length, stop), stop);
    }
    if (next < 0) break;
    from = next + 1;
  }
  return bodyBytes;
}

/** Length of the first of these words that the bytes begin with; 0: none. */
function wordAt(bytes: Buffer, start: number, end: number, among: readonly Buffer[]): number {
  for (const word of among) if (beginsWith(bytes, start, end, word)) return word.length;
  return 0;
}

function sipFacts(stream: Stream): SipFacts {
  const { facts } = stream;
  facts.sip ??= {};
  return facts.sip;
}

/** Adds the host of the first SIP URI (RFC 3261 §19.1.1) between `start` and `end`. */
function takeDomain(stream: Stream, start: number, end: number): void {
  const { bytes } = stream;
  for (let at = start; at < end; at += 1) {
    const scheme = (bytes[at] | 0x20) === LETTER_S ? wordAt(bytes, at, end, SCHEMES) : 0;
    if (scheme === 0) continue;
    let from = at + scheme;
    const stop = uriEnd(bytes, from, end);
    for (let n = from; n < stop; n += 1) if (bytes[n] === AT) from = n + 1;
    const host = hostEnd(bytes, from, stop);
    if (host > from) stream.add((sipFacts(stream).domains ??= []), nameText(bytes, from, host));
    return;
  }
}

function uriEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const stop = untilBlank(bytes, start, end);
  while (at < stop && bytes[at] !== 0x3e && bytes[at] !== 0x22 && bytes[at] !== 0x2c) at += 1;
  return at;
}

/** Past the host: before its port, parameters and headers. An address of IPv6 stands in brackets. */
function hostEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  if (at < end && bytes[at] === 0x5b) while (at < end && bytes[at] !== 0x5d) at += 1;
  while (at < end && bytes[at] !== COLON && bytes[at] !== 0x3b && bytes[at] !== 0x3f) at += 1;
  return at;
}

function numberAt(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39; at += 1) {
    value = value * 10 + bytes[at] - 0x30;
    if (value > MAX_BODY) return MAX_BODY;
  }
  return value;
}
