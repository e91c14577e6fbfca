import { beginsWith, holds, lineFeed, mayBecome, openings, replyCode } from "./ascii.ts";
import { defineDissector, found, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { newSmtpState, offerLetter, readCommand, type SmtpState, smtpFacts } from "./smtp-command.ts";
import type { Stream } from "./stream.ts";

const COMMANDS = ["ehlo ", "helo ", "lhlo ", "mail from:", "rcpt to:"].map((text) => Buffer.from(text));
const STARTTLS = Buffer.from("starttls");
const SMTP_WORD = Buffer.from("smtp");
const FTP_WORD = Buffer.from("ftp");
const PORTS = [25, 587, 2525, 10_025];
/** RFC 5321 §4.5.3.1 has 512; extensions make lines longer. Of what is longer the rest is passed over. */
const LONGEST_LINE = 2048;
/** RFC 8446 §5.1: the first byte of a handshake, which no line begins with. */
const TLS_HANDSHAKE = 0x16;
const UNKNOWN = -1;

/**
 * SMTP and LMTP (RFC 5321): who greets, between which domains letters go, and STARTTLS (RFC 3207), after which it passes on.
 * Letters are passed over; of addresses only the domains are kept.
 */
export const smtp = defineDissector<SmtpState>({
  name: "smtp",
  transport: "tcp",
  ports: PORTS,
  firstBytes: { tcp: [...openings(COMMANDS), 0x32, 0x35] },
  begin: newSmtpState,

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    if (isDigit(bytes[start])) return recogniseGreeting(stream);
    let isPossible = false;
    for (const word of COMMANDS) {
      if (beginsWith(bytes, start, end, word)) return found;
      isPossible ||= mayBecome(bytes, start, end, word);
    }
    return isPossible && !isCut ? needMore : notMine;
  },

  read(stream, state) {
    const { bytes, side } = stream;
    if (state.clientSide === UNKNOWN) {
      const isReply = isDigit(bytes[stream.start]);
      state.clientSide = isReply ? 1 - side : side;
      if (isReply) stream.senderAnswers();
      else stream.senderAsks();
      stream.report();
    }
    const isClient = state.clientSide === side;
    while (stream.length > 0) {
      if (isClient && state.chunkLeft > 0) {
        state.chunkLeft = stream.passOver(state.chunkLeft, state.isLastChunk);
        if (state.chunkLeft > 0) return needMore;
        continue;
      }
      const { start, end } = stream;
      if (bytes[start] === TLS_HANDSHAKE && !state.isInLine[side] && !(isClient && state.isInLetter)) {
        smtpFacts(stream).starttls = "used";
        return passOn;
      }
      const feed = lineFeed(bytes, start, end);
      if (feed < 0) {
        const isLong = isClient && state.isInLetter ? stream.length > 3 : stream.length >= LONGEST_LINE;
        if (!isLong && !state.isInLine[side]) return needMore;
        state.isInLine[side] = true;
        if (isClient && state.isInLetter) offerLetter(stream, state, end);
        stream.skip(stream.length);
        return needMore;
      }
      const isWhole = !state.isInLine[side];
      state.isInLine[side] = false;
      if (!isWhole && isClient && state.isInLetter) offerLetter(stream, state, feed + 1);
      const verdict = !isWhole ? needMore : isClient ? readCommand(stream, state, feed) : readReply(stream, state, feed);
      stream.skip(feed + 1 - start);
      if (verdict === passOn) return passOn;
    }
    return needMore;
  },
});

function readReply(stream: Stream, state: SmtpState, feed: number): Verdict {
  const { bytes, start } = stream;
  const code = replyCode(bytes, start, feed);
  if (code === 250 && holds(bytes, start + 4, Math.min(feed, start + 4 + STARTTLS.length), STARTTLS))
    smtpFacts(stream).starttls ??= "offered";
  if (isLast(bytes, start, feed)) takeOutcome(stream, state, code);
  if (!state.hasAskedTls) return needMore;
  // A reply of several lines would not do here (RFC 3207 §4): 220 and nothing else.
  state.hasAskedTls = false;
  if (code !== 220) return needMore;
  smtpFacts(stream).starttls = "used";
  return passOn;
}

/** What a reply says of the command that it is to: a letter may begin, may not, or was taken. */
function takeOutcome(stream: Stream, state: SmtpState, code: number): void {
  // The greeting is to nothing; so are replies to commands that were not seen.
  const asked = code === 220 && !state.hasAskedTls ? undefined : state.pending.shift();
  if (code === 354) state.isInLetter = true;
  else if (code >= 400 && (asked === "data" || asked === undefined)) state.isInLetter = false;
  if ((asked !== "letter" && asked !== "chunk") || code < 200 || code > 299) return;
  const facts = smtpFacts(stream);
  if (facts.dataSent) return;
  facts.dataSent = true;
  stream.report();
}

/** A reply of several lines has a hyphen after the code in all but the last (RFC 5321 §4.2.1). */
function isLast(bytes: Buffer, start: number, feed: number): boolean {
  return feed - start >= 3 && bytes[start + 3] !== 0x2d;
}

/** 220 is FTP's greeting too: the text, the port or the next reply must tell. */
function recogniseGreeting(stream: Stream): Verdict {
  const { bytes, start, end, isCut } = stream;
  if (end - start < 4) return isCut ? notMine : needMore;
  const code = replyCode(bytes, start, end);
  const isOnPort = PORTS.some((port) => stream.isOnPort(port));
  if (code !== 220 && !(isOnPort && (code === 250 || code === 554 || code === 421))) return notMine;
  const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
  if (feed < 0) return isCut || end - start >= LONGEST_LINE ? notMine : needMore;
  if (holds(bytes, start + 4, feed, SMTP_WORD)) return found;
  if (holds(bytes, start + 4, feed, FTP_WORD)) return notMine;
  if (isOnPort) return found;
  let next = feed + 1;
  while (next + 3 < end && replyCode(bytes, next, end) === 220) {
    const stop = lineFeed(bytes, next, end);
    if (stop < 0) break;
    next = stop + 1;
  }
  if (end - next < 4) return isCut ? notMine : needMore;
  return replyCode(bytes, next, end) === 250 ? found : notMine;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
