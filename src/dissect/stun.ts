import { defineDissector, found, malformed, needMore, notMine } from "./dissector.ts";
import { beginDtls, type DtlsState, isDtlsRecord, readDtls } from "./dtls-datagram.ts";
import { isRtp, readRtp } from "./rtp-packets.ts";
import type { Stream } from "./stream.ts";
import { COOKIE, HEADER_BYTES, isClassic, METHODS, readAttributes } from "./stun-attributes.ts";

/** Messages of a flow that are read: media follows on the same ports, and is no news. */
const MAX_DATAGRAMS = 64;
const PORTS = [3478, 3479, 5349, 19_302];
/** Over TCP beside other packets: a length before each (RFC 4571 §2, RFC 5389 §7.2.2). */
const FRAME_BYTES = 2;
/** What some relays put before a message (MS-TURN §2.2.3): these two bytes, its length, the connection. */
const MULTIPLEXED = 0xff10;
const MULTIPLEXED_BYTES = 12;
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
  /** Undefined before the first of its datagrams. */
  dtls: DtlsState | undefined;
  /** Of RTP on the same ports. */
  sources: Set<number>;
}

/**
 * STUN (RFC 8489), that of RFC 3489 (no cookie), and TURN (RFC 8656): methods, and the addresses that a server tells. Where a
 * relay is asked for the flow has the word turn too.
 */
export const stun = defineDissector<StunState>({
  name: "stun",
  transport: "both",
  ports: PORTS,
  firstBytes: { tcp: [0, 1], udp: [0, 1] },
  begin: () => ({ left: MAX_DATAGRAMS, dtls: undefined, sources: new Set() }),

  recognise(stream) {
    const { bytes, start, end, isCut, isDatagram } = stream;
    if (end - start < HEADER_BYTES) return isDatagram || isCut ? notMine : needMore;
    const length = bytes.readUInt16BE(start + 2);
    if (!isDatagram && isFramed(stream)) return found;
    const isWhole = start + HEADER_BYTES + length === end || (isDatagram && isCut && start + HEADER_BYTES + length > end);
    // With the cookie and the right length it is a message, whatever it is for; some pad no attribute.
    if (bytes.readUInt32BE(start + 4) === COOKIE) return isWhole || (!isDatagram && (length & 3) === 0) ? found : notMine;
    if ((length & 3) !== 0 || METHODS[methodOf(bytes.readUInt16BE(start))] === undefined) return notMine;
    return isDatagram &&
      isWhole &&
      isClassic(
        bytes,
        start,
        end,
        PORTS.some((port) => stream.isOnPort(port)),
      )
      ? found
      : notMine;
  },

  read(stream, state) {
    for (;;) {
      const { bytes, start, end, isDatagram } = stream;
      state.left -= 1;
      if (state.left < 0) return found;
      if (stream.length < 4) return isDatagram ? notMine : needMore;
      if (isDatagram && stream.length >= MULTIPLEXED_BYTES + HEADER_BYTES && bytes.readUInt16BE(start) === MULTIPLEXED) {
        stream.skip(MULTIPLEXED_BYTES);
        if (bytes.readUInt32BE(stream.start + 4) !== COOKIE) return notMine;
        return readMessage(stream, end) ? needMore : malformed("stun_attribute");
      }
      if (!isDatagram && isFramed(stream)) {
        stream.skip(FRAME_BYTES);
        continue;
      }
      if (isDatagram && bytes[start] > LAST_STUN && !(bytes[start] >= FIRST_CHANNEL && bytes[start] <= LAST_CHANNEL)) {
        addCompanion(stream, start, state);
        return notMine;
      }
      if (bytes[start] >= FIRST_CHANNEL && bytes[start] <= LAST_CHANNEL) {
        if (isDatagram) {
          // RFC 8656 §12.4: what a relay passes on follows number and length.
          addCompanion(stream, start + 4, state);
          return needMore;
        }
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
function addCompanion(stream: Stream, at: number, state: StunState): void {
  const { bytes, end } = stream;
  if (end - at < 12) return;
  const { protocols } = stream.facts;
  if (state.dtls !== undefined ? bytes[at] >= 20 && bytes[at] <= 63 : isDtlsRecord(bytes, at, end, stream.isCut)) {
    state.dtls ??= beginDtls();
    stream.add(protocols, "dtls");
    readDtls(stream, at, state.dtls);
  } else if (isRtp(stream, at, end - at)) {
    stream.add(protocols, "rtp");
    readRtp(stream, at, state.sources);
  } else if (bytes[at] >>> 6 === 2 && bytes[at + 1] >= 192 && bytes[at + 1] <= 223) stream.add(protocols, "rtcp");
}

/** A length, then a message with its cookie that fills it. */
function isFramed({ bytes, start, length }: Stream): boolean {
  if (length < FRAME_BYTES + HEADER_BYTES || bytes.readUInt32BE(start + FRAME_BYTES + 4) !== COOKIE) return false;
  return bytes.readUInt16BE(start) === HEADER_BYTES + bytes.readUInt16BE(start + FRAME_BYTES + 2);
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
  const { facts } = stream;
  facts.stun ??= {};
  stream.report();
  if (!stream.isDetailed) return true;
  stream.add((facts.stun.methods ??= []), name);
  return readAttributes(stream, facts.stun, start + HEADER_BYTES, end);
}
