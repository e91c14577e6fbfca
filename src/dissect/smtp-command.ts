import type { SmtpFacts } from "../model/facts.ts";
import { afterBlanks, beginsWith, textEnd, untilBlank } from "./ascii.ts";
import { needMore, passOn, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { nameText } from "./text.ts";

const word = (text: string) => Buffer.from(text);
const GREETINGS = [word("ehlo "), word("helo "), word("lhlo ")];
const [MAIL, RCPT, DATA, BDAT, STARTTLS] = [word("mail from:"), word("rcpt to:"), word("data"), word("bdat "), word("starttls")];
const AUTH = word("auth ");
const LAST = word("last");
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
  /** A letter is being offered as content, in lines or in chunks. */
  isOffered: boolean;
  hasAskedTls: boolean;
  /** Bytes left of a chunk (RFC 3030), and whether it is the letter's last. */
  chunkLeft: number;
  isLastChunk: boolean;
  /** Commands (and letters) without a reply yet, oldest first: what a reply means depends on it. */
  pending: Awaited[];
}

/** What a reply is to. */
export type Awaited = "data" | "letter" | "chunk" | "other";

/** Commands whose replies are told apart; a client sends some dozen at once at most. */
const MAX_PENDING = 128;

export const newSmtpState = (): SmtpState => ({
  clientSide: -1,
  isInLine: [false, false],
  isInLetter: false,
  isOffered: false,
  hasAskedTls: false,
  chunkLeft: 0,
  isLastChunk: false,
  pending: [],
});

function awaits(state: SmtpState, what: Awaited): void {
  if (state.pending.length < MAX_PENDING) state.pending.push(what);
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
    if (end === start + 1 && bytes[start] === DOT) endLetter(stream, state);
    else offerLetter(stream, state, feed + 1);
    return needMore;
  }
  const awaited = beginsWith(bytes, start, end, BDAT) ? "chunk" : isData(bytes, start, end) ? "data" : "other";
  awaits(state, awaited);
  if (beginsWith(bytes, start, end, MAIL)) {
    const domain = stream.isDetailed ? domainOf(bytes, start + MAIL.length, end) : "";
    if (domain !== "") smtpFacts(stream).mailFromDomain ??= domain;
  } else if (beginsWith(bytes, start, end, RCPT)) {
    const domain = domainOf(bytes, start + RCPT.length, end);
    if (domain !== "") stream.add((smtpFacts(stream).rcptDomains ??= []), domain);
  } else if (beginsWith(bytes, start, end, STARTTLS) && end === start + STARTTLS.length) {
    state.hasAskedTls = true;
    return passOn;
  } else if (awaited === "data") state.isInLetter = true;
  else if (awaited === "chunk") beginChunk(stream, state, start + BDAT.length, end);
  else if (beginsWith(bytes, start, end, AUTH)) smtpFacts(stream).authSeen = true;
  else if (stream.isDetailed) takeGreeting(stream, end);
  return needMore;
}

function isData(bytes: Buffer, start: number, end: number): boolean {
  return end === start + DATA.length && beginsWith(bytes, start, end, DATA);
}

/** Offers the letter's bytes up to `stop`. */
export function offerLetter(stream: Stream, state: SmtpState, stop: number): void {
  if (!state.isOffered) stream.beginContent("letter");
  state.isOffered = true;
  stream.offer(stream.start, stop);
}

function endLetter(stream: Stream, state: SmtpState): void {
  state.isInLetter = false;
  awaits(state, "letter");
  if (state.isOffered) stream.endContent();
  state.isOffered = false;
}

/** A chunk follows the line (RFC 3030 §2). */
function beginChunk(stream: Stream, state: SmtpState, start: number, end: number): void {
  if (!state.isOffered) stream.beginContent("letter");
  state.isLastChunk = end - start > LAST.length && beginsWith(stream.bytes, end - LAST.length, end, LAST);
  state.isOffered = !state.isLastChunk;
  state.chunkLeft = chunkBytes(stream.bytes, start, end);
  if (state.chunkLeft === 0 && state.isLastChunk) stream.endContent();
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
