import { defineDissector, found, needMore, notMine } from "./dissector.ts";

/** What a client begins with (RFC 9113 §3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const FRAME_HEADER_BYTES = 9;
const SETTINGS = 4;
const SETTING_BYTES = 6;
/** More settings than anybody has defined. */
const MOST_SETTINGS = 32;

/** HTTP/2 without TLS, begun with prior knowledge: the word alone. Its fields are compressed with what went before (RFC 7541). */
export const http2 = defineDissector<undefined>({
  name: "http2",
  transport: "tcp",
  ports: [80, 8080],
  firstBytes: { tcp: [PREFACE[0], 0] },
  begin: () => undefined,

  recognise({ bytes, start, end, isCut }) {
    const length = end - start;
    if (bytes[start] === PREFACE[0]) {
      for (let n = 0; n < Math.min(length, PREFACE.length); n += 1) if (bytes[start + n] !== PREFACE[n]) return notMine;
      return length >= PREFACE.length ? found : isCut ? notMine : needMore;
    }
    // A server's first frame: SETTINGS of stream 0, no flags (§6.5).
    if (length < FRAME_HEADER_BYTES) return isCut ? notMine : needMore;
    const payloadBytes = bytes.readUIntBE(start, 3);
    if (bytes[start + 3] !== SETTINGS || bytes[start + 4] !== 0 || bytes.readUInt32BE(start + 5) !== 0) return notMine;
    if (payloadBytes % SETTING_BYTES !== 0 || payloadBytes > SETTING_BYTES * MOST_SETTINGS) return notMine;
    // Nothing but zeros would be said by an empty one: the frame after it must be there.
    if (payloadBytes === 0) return length > FRAME_HEADER_BYTES + 3 && bytes[start + 12] <= 9 ? found : notMine;
    if (length < FRAME_HEADER_BYTES + 2) return isCut ? notMine : needMore;
    const setting = bytes.readUInt16BE(start + FRAME_HEADER_BYTES);
    return setting >= 1 && setting <= 0x10 ? found : notMine;
  },

  read(stream) {
    if (stream.bytes[stream.start] === PREFACE[0]) stream.senderAsks();
    else stream.senderAnswers();
    stream.report();
    return found;
  },
});
