import { lineFeed, textEnd } from "./ascii.ts";
import { defineDissector, found, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { dataPort } from "./ftp-ports.ts";
import type { Stream } from "./stream.ts";
import { TEXT_SESSIONS, type TextSession } from "./text-session-words.ts";

/** Longest first line that is waited for, and lines of a direction that are read. */
const LONGEST_LINE = 512;
const MAX_LINES = 64;
/** Of FTP more: each transfer is announced by a line. */
const MAX_FTP_LINES = 4096;
/** Data connections that are believed of one segment: a transfer is asked for, done, and the next is asked for. */
const MOST_ANNOUNCED = 8;
/** Lines of one segment that are looked at for what they say. */
const MOST_READ = 16;
/** Of a tag and a word, or of a port and its address; what is longer says neither. */
const LONGEST_SAYING = 96;
const FTP = "ftp";
const TLS_HANDSHAKE = 0x16;
const PORTS = TEXT_SESSIONS.flatMap(({ ports }) => ports);
const PRINTABLE = Array.from({ length: 0x7f - 0x21 }, (_, n) => 0x21 + n).filter((byte) =>
  /[A-Za-z0-9*+-]/.test(String.fromCharCode(byte)),
);

interface SessionState {
  session: TextSession | undefined;
  /** -1: not known yet. */
  clientSide: number;
  hasAskedTls: boolean;
  lines: [number, number];
}

/** FTP, POP3, IMAP and NNTP: their words, and TLS where they pass on to it. Nothing of a line is kept. */
export const textSession = defineDissector<SessionState>({
  name: "text-session",
  transport: "tcp",
  ports: PORTS,
  words: TEXT_SESSIONS.map(({ word }) => word),
  firstBytes: { tcp: PRINTABLE },
  begin: () => ({ session: undefined, clientSide: -1, hasAskedTls: false, lines: [0, 0] }),

  recognise(stream): Verdict {
    const { bytes, start, end, isCut } = stream;
    const stop = Math.min(end, start + LONGEST_LINE);
    // Most of what comes here is no text: its first bytes tell.
    if (!isText(bytes, start, Math.min(stop, start + 4)) || bytes[start + 1] > 0x7e) return notMine;
    const feed = lineFeed(bytes, start, stop);
    if (feed < 0) {
      const canWait = !isCut && end - start < LONGEST_LINE && PORTS.some((port) => stream.isOnPort(port));
      return canWait && isText(bytes, start, stop) ? needMore : notMine;
    }
    return match(stream, feed) === undefined ? notMine : found;
  },

  wordOf: (stream) => match(stream, lineFeed(stream.bytes, stream.start, stream.end))?.session.word ?? "text-session",

  read(stream, state): Verdict {
    const { bytes, side } = stream;
    let announced = 0;
    let read = 0;
    for (;;) {
      const { end } = stream;
      let start = stream.start;
      while (start < end && (bytes[start] === 0x0d || bytes[start] === 0x0a)) start += 1;
      stream.skip(start - stream.start);
      if (start >= end) return needMore;
      if (bytes[start] === TLS_HANDSHAKE) return passOn;
      const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
      if (feed < 0) return end - start < LONGEST_LINE ? needMore : found;
      if (state.session === undefined) begun(stream, state, feed);
      const { session } = state;
      if (session === undefined) return found;
      stream.skip(feed + 1 - start);
      state.lines[side] += 1;
      if (saysSomething(bytes, start, feed, session, state, side) && read < MOST_READ) {
        read += 1;
        const line = bytes.toString("latin1", start, textEnd(bytes, start, feed));
        const port = session.word === FTP && announced < MOST_ANNOUNCED ? dataPort(line) : 0;
        if (port !== 0) {
          announced += 1;
          stream.hints.data.expect(stream.peers, port, stream.timeMicros);
        }
        if (side === state.clientSide) {
          if (session.startTls.test(line)) {
            state.hasAskedTls = true;
            return passOn;
          }
        } else if (state.hasAskedTls) {
          state.hasAskedTls = false;
          if (session.proceed.test(line)) return passOn;
        }
      }
      if (state.lines[side] >= (session.word === FTP ? MAX_FTP_LINES : MAX_LINES)) return found;
    }
  },
});

/** True where a line may ask for TLS, answer that, or announce a connection: most lines do not, and need not become text. */
function saysSomething(bytes: Buffer, start: number, feed: number, { word }: TextSession, state: SessionState, side: number): boolean {
  if (feed - start < 4) return false;
  const isClient = side === state.clientSide;
  if (!isClient && state.hasAskedTls) return true;
  if (word !== FTP) return isClient && feed - start <= LONGEST_SAYING;
  const first = bytes[start] & 0xdf;
  // AUTH, PORT and EPRT; 227 and 229.
  if (isClient) return first === 0x41 || first === 0x50 || first === 0x45;
  return bytes[start] === 0x32 && bytes[start + 1] === 0x32;
}

function begun(stream: Stream, state: SessionState, feed: number): void {
  const said = match(stream, feed);
  if (said === undefined) return;
  state.session = said.session;
  state.clientSide = said.isCommand ? stream.side : 1 - stream.side;
  if (said.isCommand) stream.senderAsks();
  else stream.senderAnswers();
  stream.report();
}

function match(stream: Stream, feed: number): { session: TextSession; isCommand: boolean } | undefined {
  const { bytes, start } = stream;
  if (feed < 0 || feed - start > LONGEST_LINE) return undefined;
  const end = textEnd(bytes, start, feed);
  if (end - start < 3 || !isText(bytes, start, end)) return undefined;
  const line = bytes.toString("latin1", start, end);
  for (const session of TEXT_SESSIONS) {
    const isOnPort = session.ports.some((port) => stream.isOnPort(port));
    if (session.greeting.test(line) || (isOnPort && session.weakGreeting?.test(line))) return { session, isCommand: false };
    if (session.command.test(line) || (isOnPort && session.weakCommand?.test(line))) return { session, isCommand: true };
  }
  return undefined;
}

function isText(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1)
    if (bytes[at] < 0x20 && bytes[at] !== 0x0d && bytes[at] !== 0x0a && bytes[at] !== 0x09) return false;
  return true;
}
