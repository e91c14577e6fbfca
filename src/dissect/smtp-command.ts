import type { SmtpFacts } from "../model/facts.ts";
import { afterBlanks, beginsWith, textEnd, untilBlank } from "./ascii.ts";
import { needMore, passOn, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const word = (text: string) => Buffer.from(text);
const GREETINGS = [word("ehlo "), word("helo "), word("lhlo ")];
const [MAIL, RCPT, DATA, BDAT, STARTTLS] = [word("mail from:"), word("rcpt to:"), word("data"), word("bdat "), word("starttls")];
const DOT = 0x2e;
const AT = 0x40;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUOTE = 0x22;
/** Digits of a chunk's size that are believed. */
const LONGEST_SIZE = 10;

export interface SmtpState {
  /** -1: not known yet. */
  clientSide: number;
  /** By side: in the middle of a line too long to be read. */
  isInLine: [boolean, boolean];
  /** The client sends a letter; it ends with a dot alone on its line. */
  isInLetter: boolean;
  hasAskedTls: boolean;
  /** Bytes of a chunk (RFC 3030) that follow the line just read. */
  skipBytes?: number | undefined;
}

export function smtpFacts(stream: Stream): SmtpFacts {
  const { facts } = stream;
  facts.smtp ??= {};
  return facts.smtp;
}

/** One line of the client, which ends with the line feed at `feed` (RFC 5321 §4.1.1); `passOn` after STARTTLS. */
export function readCommand(stream: Stream, state: SmtpState, feed: number): Verdict {
  const { bytes, start } = stream;
  const end = textEnd(bytes, start, feed);
  if (state.isInLetter) {
    if (end === start + 1 && bytes[start] === DOT) state.isInLetter = false;
    return needMore;
  }
  if (beginsWith(bytes, start, end, MAIL)) {
    const domain = stream.isDetailed ? domainOf(bytes, start + MAIL.length, end) : "";
    if (domain !== "") smtpFacts(stream).mailFromDomain ??= domain;
  } else if (beginsWith(bytes, start, end, RCPT)) {
    const domain = stream.isDetailed ? domainOf(bytes, start + RCPT.length, end) : "";
    if (domain !== "") stream.add((smtpFacts(stream).rcptDomains ??= []), domain);
  } else if (beginsWith(bytes, start, end, STARTTLS) && end === start + STARTTLS.length) {
    state.hasAskedTls = true;
    return passOn;
  } else if (beginsWith(bytes, start, end, DATA) && end === start + DATA.length) state.isInLetter = true;
  else if (beginsWith(bytes, start, end, BDAT)) state.skipBytes = chunkBytes(bytes, start + BDAT.length, end);
  else if (stream.isDetailed) takeGreeting(stream, end);
  return needMore;
}

function takeGreeting(stream: Stream, end: number): void {
  const { bytes, start } = stream;
  if (!GREETINGS.some((greeting) => beginsWith(bytes, start, end, greeting))) return;
  const from = afterBlanks(bytes, start + GREETINGS[0].length, end);
  const name = nameText(bytes, from, untilBlank(bytes, from, end));
  if (name !== "") smtpFacts(stream).helo ??= name;
}

/** Domain of a path (RFC 5321 §4.1.2): what stands after the last @ outside quotes; "" for the null path. */
function domainOf(bytes: Buffer, start: number, end: number): string {
  let from = afterBlanks(bytes, start, end);
  const isBracketed = bytes[from] === LESS && from < end;
  if (isBracketed) from += 1;
  let at = -1;
  let isQuoted = false;
  let stop = from;
  for (; stop < end; stop += 1) {
    const byte = bytes[stop];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === GREATER || byte === 0x20)) break;
    else if (!isQuoted && byte === AT) at = stop;
  }
  return at < 0 || isQuoted ? "" : nameText(bytes, at + 1, stop);
}

function chunkBytes(bytes: Buffer, start: number, end: number): number {
  let size = 0;
  for (let at = start; at < end && at < start + LONGEST_SIZE; at += 1) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) break;
    size = size * 10 + digit;
  }
  return size;
}
