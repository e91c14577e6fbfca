import { lineFeed, mayBecome, textEnd } from "./ascii.ts";
import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { range } from "./family.ts";
import { readKeyExchange } from "./ssh-key-exchange.ts";
import type { Stream } from "./stream.ts";
import { wireText } from "./text.ts";

const BEGINNINGS = ["ssh-2.0-", "ssh-1.99-", "ssh-1.5-", "ssh-1.3-"].map((text) => Buffer.from(text));
const UPPER = BEGINNINGS.map((word) => Buffer.from(word.toString().toUpperCase()));
/** RFC 4253 §4.2: 255 with the line's end. */
const LONGEST_LINE = 255;
const LONGEST_BANNER = 4096;
/** Those before 2.0 go on otherwise; 1.99 is 2.0 that could (RFC 4253 §5.1). */
const VERSION_2 = [UPPER[0], UPPER[1]];
const BLANKS = [0x09, 0x0a, 0x0d];

interface SshState {
  /** By side: the identification line was read. */
  isIdentified: [boolean, boolean];
}

/** SSH: the identification lines of both ends (RFC 4253 §4.2), and what they can do. Who is the client the connection alone tells. */
export const ssh = defineDissector<SshState>({
  name: "ssh",
  transport: "tcp",
  ports: [22, 2222],
  firstBytes: { tcp: [...BLANKS, ...range(0x20, 0x7e)] },
  begin: () => ({ isIdentified: [false, false] }),

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    if (bytes[start] === UPPER[0][0]) {
      let isPossible = false;
      for (const [n, word] of UPPER.entries()) {
        if (isAt(word, bytes, start, end)) return found;
        isPossible ||= mayBecome(bytes, start, end, BEGINNINGS[n]);
      }
      if (isPossible && !isCut) return needMore;
    }
    return stream.isOnPort(22) || stream.flow?.facts?.protocols[0] === "ssh" ? afterBanner(stream) : notMine;
  },

  read(stream, state) {
    const { bytes, end, isFromInitiator } = stream;
    if (state.isIdentified[stream.side]) return readKeyExchange(stream);
    const start = identification(stream);
    if (start < 0) return stream.isCut || stream.length > LONGEST_BANNER ? found : needMore;
    const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
    if (feed < 0) {
      if (end - start >= LONGEST_LINE) return malformed("ssh_identification");
      return stream.isCut ? found : needMore;
    }
    if (stream.isDetailed) {
      const { facts } = stream;
      facts.ssh ??= {};
      facts.ssh[isFromInitiator ? "client" : "server"] = wireText(bytes, start, textEnd(bytes, start, feed));
    }
    stream.report();
    if (!stream.isDetailed || !VERSION_2.some((word) => isAt(word, bytes, start, end))) return found;
    state.isIdentified[stream.side] = true;
    stream.skip(feed + 1 - stream.start);
    return readKeyExchange(stream);
  },
});

/** A server may say other lines first (RFC 4253 §4.2): text, as long as it is short. */
function afterBanner(stream: Stream): Verdict {
  const { bytes, start, end, isCut } = stream;
  if (identification(stream) >= 0) return found;
  if (isCut || end - start > LONGEST_BANNER) return notMine;
  for (let at = start; at < end; at += 1) if ((bytes[at] < 0x20 || bytes[at] > 0x7e) && !BLANKS.includes(bytes[at])) return notMine;
  return needMore;
}

/** Where the identification line begins; -1: it is not here. */
function identification({ bytes, start, end }: Stream): number {
  for (let at = start; at >= 0 && at < end; ) {
    if (bytes[at] === UPPER[0][0] && UPPER.some((word) => isAt(word, bytes, at, end))) return at;
    const feed = lineFeed(bytes, at, Math.min(end, start + LONGEST_BANNER));
    at = feed < 0 ? -1 : feed + 1;
  }
  return -1;
}

function isAt(word: Buffer, bytes: Buffer, at: number, end: number): boolean {
  return at + word.length <= end && bytes.compare(word, 0, word.length, at, at + word.length) === 0;
}
