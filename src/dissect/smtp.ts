import { beginsWith, holds, lineFeed, mayBecome, openings, replyCode } from "./ascii.ts";
import { defineDissector, found, needMore, notMine, passOn, type Verdict } from "./dissector.ts";
import { readCommand, type SmtpState, smtpFacts } from "./smtp-command.ts";
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
  begin: () => ({ clientSide: UNKNOWN, isInLine: [false, false], isInLetter: false, hasAskedTls: false }),

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
      const { start, end } = stream;
      if (bytes[start] === TLS_HANDSHAKE && !state.isInLine[side] && !(isClient && state.isInLetter)) {
        if (stream.isDetailed) smtpFacts(stream).starttls = "used";
        return passOn;
      }
      const feed = lineFeed(bytes, start, end);
      if (feed < 0) {
        const isLong = isClient && state.isInLetter ? stream.length > 3 : stream.length >= LONGEST_LINE;
        if (!isLong && !state.isInLine[side]) return needMore;
        state.isInLine[side] = true;
        stream.skip(stream.length);
        return needMore;
      }
      const isWhole = !state.isInLine[side];
      state.isInLine[side] = false;
      const verdict = !isWhole ? needMore : isClient ? readCommand(stream, state, feed) : readReply(stream, state, feed);
      stream.skip(feed + 1 - start);
      if (verdict === passOn) return passOn;
      if (state.skipBytes !== undefined) {
        stream.skip(state.skipBytes);
        state.skipBytes = undefined;
      }
    }
    return needMore;
  },
});

function readReply(stream: Stream, state: SmtpState, feed: number): Verdict {
  const { bytes, start } = stream;
  const code = replyCode(bytes, start, feed);
  if (code === 250 && stream.isDetailed && holds(bytes, start + 4, Math.min(feed, start + 4 + STARTTLS.length), STARTTLS))
    smtpFacts(stream).starttls ??= "offered";
  if (code === 354) state.isInLetter = true;
  else if (code >= 400) state.isInLetter = false;
  if (!state.hasAskedTls) return needMore;
  // A reply of several lines would not do here (RFC 3207 §4): 220 and nothing else.
  state.hasAskedTls = false;
  if (code !== 220) return needMore;
  if (stream.isDetailed) smtpFacts(stream).starttls = "used";
  return passOn;
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
