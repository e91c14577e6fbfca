import { beginsWith, holds, lineFeed, mayBecome, textEnd, untilBlank } from "./ascii.ts";
import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { readHead } from "./sip-head.ts";
import { announceMedia } from "./sip-media.ts";

/** RFC 3261 §7.1, 3262, 3265, 3311, 3428, 3515, 3903, 6086. */
const METHODS = "INVITE ACK BYE CANCEL REGISTER OPTIONS PRACK SUBSCRIBE NOTIFY PUBLISH INFO REFER MESSAGE UPDATE"
  .split(" ")
  .map((method) => Buffer.from(`${method.toLowerCase()} `));
const ANSWER = Buffer.from("sip/2.0 ");
const VERSION = Buffer.from(" sip/2.0");
/** Line ends that keep a hole in a firewall open (RFC 5626 §3.5.1). */
const KEEP_ALIVE = 0x0d;
const LONGEST_LINE = 1024;
/** Longest head that is waited for. */
const LONGEST_HEAD = 8192;
/** Messages of a flow that are read: between two exchanges it never ends. */
const MAX_MESSAGES = 1024;

interface SipState {
  left: number;
}

/** SIP over UDP and TCP (RFC 3261): methods, and the domains that a message goes to, comes from and is for. Users and bodies are not read. */
export const sip = defineDissector<SipState>({
  name: "sip",
  transport: "both",
  ports: [5060],
  firstBytes: { tcp: openers(), udp: openers() },
  begin: () => ({ left: MAX_MESSAGES }),

  recognise({ bytes, start, end, isCut, isDatagram }) {
    const more = isCut || isDatagram ? notMine : needMore;
    if (mayBecome(bytes, start, end, ANSWER)) return more;
    if (beginsWith(bytes, start, end, ANSWER)) return found;
    const isPossible = METHODS.some((method) => mayBecome(bytes, start, end, method));
    if (isPossible) return more;
    if (!METHODS.some((method) => beginsWith(bytes, start, end, method))) return notMine;
    const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
    if (feed < 0) return end - start >= LONGEST_LINE ? notMine : more;
    const stop = textEnd(bytes, start, feed);
    return stop - start > VERSION.length && beginsWith(bytes, stop - VERSION.length, stop, VERSION) ? found : notMine;
  },

  read(stream, state) {
    for (;;) {
      const { bytes, isDatagram } = stream;
      while (stream.length > 0 && (bytes[stream.start] === KEEP_ALIVE || bytes[stream.start] === 0x0a || bytes[stream.start] === 0))
        stream.skip(1);
      if (stream.length <= 0) return needMore;
      const { start, end } = stream;
      const stop = headEnd(bytes, start, Math.min(end, start + LONGEST_HEAD));
      if (stop < 0 && !isDatagram && !stream.isCut && end - start < LONGEST_HEAD) return needMore;
      const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
      const isSip = feed >= 0 && holds(bytes, start, feed, VERSION.subarray(1));
      if (!isSip) return isDatagram ? notMine : found;
      const isAnswer = beginsWith(bytes, start, end, ANSWER);
      if (isAnswer) stream.senderAnswers();
      else stream.senderAsks();
      const isTold = stream.isTold();
      const bodyBytes = readHead(stream, feed, stop < 0 ? end : stop, isAnswer ? 0 : untilBlank(bytes, start, feed), isTold);
      if (stop >= 0 && isTold) announceMedia(stream, stop, isDatagram ? end : Math.min(end, stop + bodyBytes));
      stream.report();
      state.left -= 1;
      if (state.left <= 0) return found;
      if (isDatagram) return needMore;
      if (stop < 0) return found;
      stream.skip(stop - start + bodyBytes);
    }
  },
});

function openers(): number[] {
  return [...new Set([ANSWER, ...METHODS].map((word) => word[0] - 0x20))];
}

/** Position after the empty line; -1 when it is not here. */
function headEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = lineFeed(bytes, start, end); at >= 0; at = lineFeed(bytes, at + 1, end)) {
    if (at + 1 < end && bytes[at + 1] === 0x0a) return at + 2;
    if (at + 2 < end && bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return -1;
}
