import { defineDissector, found, malformed, needMore, notMine } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { COOKIE, HEADER_BYTES, isClassic, METHODS, readAttributes } from "./stun-attributes.ts";

/** Messages of a flow that are read: media follows on the same ports, and is no news. */
const MAX_DATAGRAMS = 64;
const ALLOCATE = 3;
/** Class bits of the type (RFC 8489 §5): request 00, indication 01, success 10, error 11. */
const ANSWER_BIT = 0x0100;
const INDICATION_BIT = 0x0010;
/** RFC 8656 §12.4: ChannelData begins with a channel number. */
const FIRST_CHANNEL = 0x40;
const LAST_CHANNEL = 0x4f;

/** RFC 7983 §7. */
const LAST_STUN = 3;

interface StunState {
  left: number;
}

/**
 * STUN (RFC 8489), that of RFC 3489 (no cookie), and TURN (RFC 8656): methods, and the addresses that a server tells. Where a
 * relay is asked for the flow has the word turn too.
 */
export const stun = defineDissector<StunState>({
  name: "stun",
  transport: "both",
  ports: [3478, 3479, 5349, 19_302],
  firstBytes: { tcp: [0, 1], udp: [0, 1] },
  begin: () => ({ left: MAX_DATAGRAMS }),

  recognise({ bytes, start, end, isCut, isDatagram }) {
    if (end - start < HEADER_BYTES) return isDatagram || isCut ? notMine : needMore;
    const length = bytes.readUInt16BE(start + 2);
    if ((length & 3) !== 0 || METHODS[methodOf(bytes.readUInt16BE(start))] === undefined) return notMine;
    const isWhole = start + HEADER_BYTES + length === end || (isDatagram && isCut && start + HEADER_BYTES + length > end);
    if (bytes.readUInt32BE(start + 4) === COOKIE) return isWhole || !isDatagram ? found : notMine;
    return isDatagram && isWhole && isClassic(bytes, start, end) ? found : notMine;
  },

  read(stream, state) {
    for (;;) {
      const { bytes, start, end, isDatagram } = stream;
      state.left -= 1;
      if (state.left < 0) return found;
      if (stream.length < 4) return isDatagram ? notMine : needMore;
      if (isDatagram && bytes[start] > LAST_STUN && !(bytes[start] >= FIRST_CHANNEL && bytes[start] <= LAST_CHANNEL)) {
        addCompanion(stream);
        return notMine;
      }
      if (bytes[start] >= FIRST_CHANNEL && bytes[start] <= LAST_CHANNEL) {
        if (isDatagram) return needMore;
        // RFC 8656 §12.5: over streams it is padded.
        stream.skip(4 + ((bytes.readUInt16BE(start + 2) + 3) & ~3));
        continue;
      }
      if (stream.length < HEADER_BYTES) return isDatagram ? notMine : needMore;
      if (bytes[start] > 0x3f) return isDatagram ? notMine : found;
      const size = HEADER_BYTES + bytes.readUInt16BE(start + 2);
      if (start + size > end && !stream.isCut) return isDatagram ? notMine : needMore;
      const isGood = readMessage(stream, Math.min(end, start + size));
      if (isDatagram) return isGood ? needMore : malformed("stun_attribute");
      if (!isGood) return malformed("stun_attribute");
      stream.skip(size);
    }
  },
});

/** What else comes over the ports of a STUN flow is told by its first byte (RFC 7983 §7), and a second look. */
function addCompanion(stream: Stream): void {
  const { bytes, start } = stream;
  const { protocols } = stream.facts;
  if (stream.length < 12) return;
  if (bytes[start] >= 20 && bytes[start] <= 63 && bytes[start + 1] === 0xfe && bytes[start + 2] >= 0xfd) stream.add(protocols, "dtls");
  else if (bytes[start] >>> 6 === 2) stream.add(protocols, bytes[start + 1] >= 192 && bytes[start + 1] <= 223 ? "rtcp" : "rtp");
}

/** The twelve bits between the class bits (RFC 8489 §5). */
function methodOf(type: number): number {
  return (type & 0xf) | ((type & 0xe0) >> 1) | ((type & 0x3e00) >> 2);
}

function readMessage(stream: Stream, end: number): boolean {
  const { bytes, start } = stream;
  const type = bytes.readUInt16BE(start);
  const method = methodOf(type);
  const name = METHODS[method];
  if (name === undefined) return true;
  // Between peers both ends ask: who asks first is the initiator, whoever spoke first.
  if ((type & ANSWER_BIT) !== 0) stream.senderAnswers();
  else if ((type & INDICATION_BIT) === 0) stream.senderAsks();
  if (method >= ALLOCATE) stream.add(stream.facts.protocols, "turn");
  if (!stream.isDetailed) return true;
  const { facts } = stream;
  facts.stun ??= {};
  stream.add((facts.stun.methods ??= []), name);
  stream.report();
  return readAttributes(stream, facts.stun, start + HEADER_BYTES, end);
}
