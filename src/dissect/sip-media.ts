import { lineFeed } from "./ascii.ts";
import type { Stream } from "./stream.ts";

const MOST_LINES = 256;
/** Streams of media that one description announces: sound, picture, text, and some to spare. */
const MOST_MEDIA = 8;

/** Announces the ports that a session description in `[from, end)` names for RTP (RFC 8866 §5.14: "m=audio 49170 RTP/AVP 0"). */
export function announceMedia(stream: Stream, from: number, end: number): void {
  const { bytes } = stream;
  if (end - from < 3 || bytes[from] !== 0x76 || bytes[from + 1] !== 0x3d) return;
  let at = from;
  let media = 0;
  for (let n = 0; n < MOST_LINES && media < MOST_MEDIA && at + 1 < end; n += 1) {
    const feed = lineFeed(bytes, at, end);
    const stop = feed < 0 ? end : feed;
    if (bytes[at] === 0x6d && bytes[at + 1] === 0x3d) {
      media += 1;
      const line = /^m=\w+ (\d{1,5})(\/\d+)? \S*RTP/.exec(bytes.toString("latin1", at, Math.min(stop, at + 80)));
      const port = Number(line?.[1] ?? 0);
      if (port < 65_535) stream.hints.media.expect(0, port, stream.timeMicros);
    }
    if (feed < 0) return;
    at = feed + 1;
  }
}
