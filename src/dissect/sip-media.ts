import { lineFeed } from "./ascii.ts";
import type { Stream } from "./stream.ts";

const MOST_LINES = 256;
/** Streams of media that one description announces: sound, picture, text, and some to spare. */
const MOST_MEDIA = 8;
/** The media are SRTP (RFC 4568 §3.1); with this attribute their keys stand here, else DTLS makes them. */
const SEALED = /^(?:\S*\/)?RTP\/SAVPF?$/;
const KEYS = Buffer.from("a=crypto:");

/** Announces the ports that a session description in `[from, end)` names for RTP (RFC 8866 §5.14: "m=audio 49170 RTP/AVP 0"). */
export function announceMedia(stream: Stream, from: number, end: number): void {
  const { bytes } = stream;
  if (end - from < 3 || bytes[from] !== 0x76 || bytes[from + 1] !== 0x3d) return;
  let at = from;
  let media = 0;
  /** Port of the media just announced, while keys for them may follow. */
  let sealedPort = 0;
  for (let n = 0; n < MOST_LINES && media < MOST_MEDIA && at + 1 < end; n += 1) {
    const feed = lineFeed(bytes, at, end);
    const stop = feed < 0 ? end : feed;
    if (bytes[at] === 0x6d && bytes[at + 1] === 0x3d) {
      media += 1;
      const line = /^m=\w+ (\d{1,5})(?:\/\d+)? (\S*RTP\S*)/.exec(bytes.toString("latin1", at, Math.min(stop, at + 80)));
      const port = Number(line?.[1] ?? 0);
      if (port < 65_535) stream.hints.media.expect(0, port, stream.timeMicros);
      sealedPort = line !== null && port < 65_535 && SEALED.test(line[2]) ? port : 0;
    } else if (sealedPort !== 0 && stop - at > KEYS.length && KEYS.compare(bytes, at, at + KEYS.length) === 0) {
      stream.hints.sealedMedia.expect(0, sealedPort, stream.timeMicros);
      sealedPort = 0;
    }
    if (feed < 0) return;
    at = feed + 1;
  }
}
