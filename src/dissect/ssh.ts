import { lineFeed, mayBecome, textEnd } from "./ascii.ts";
import { defineDissector, found, malformed, needMore, notMine } from "./dissector.ts";
import { wireText } from "./text.ts";

const BEGINNINGS = ["ssh-2.0-", "ssh-1.99-", "ssh-1.5-", "ssh-1.3-"].map((text) => Buffer.from(text));
const UPPER = BEGINNINGS.map((word) => Buffer.from(word.toString().toUpperCase()));
/** RFC 4253 §4.2: 255 with the line's end. */
const LONGEST_LINE = 255;

/** SSH: the identification lines of both ends (RFC 4253 §4.2). Who is the client the connection alone tells. */
export const ssh = defineDissector<undefined>({
  name: "ssh",
  transport: "tcp",
  ports: [22, 2222],
  firstBytes: { tcp: [UPPER[0][0]] },
  begin: () => undefined,

  recognise({ bytes, start, end, isCut }) {
    let isPossible = false;
    for (const [n, word] of UPPER.entries()) {
      if (end - start >= word.length && bytes.compare(word, 0, word.length, start, start + word.length) === 0) return found;
      isPossible ||= mayBecome(bytes, start, end, BEGINNINGS[n]);
    }
    return isPossible && !isCut ? needMore : notMine;
  },

  read(stream) {
    const { bytes, start, end, isFromInitiator } = stream;
    const feed = lineFeed(bytes, start, Math.min(end, start + LONGEST_LINE));
    if (feed < 0) {
      if (stream.length >= LONGEST_LINE) return malformed("ssh_identification");
      return stream.isCut ? found : needMore;
    }
    if (stream.isDetailed) {
      const { facts } = stream;
      facts.ssh ??= {};
      facts.ssh[isFromInitiator ? "client" : "server"] = wireText(bytes, start, textEnd(bytes, start, feed));
    }
    stream.report();
    return found;
  },
});
