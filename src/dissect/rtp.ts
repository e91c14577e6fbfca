import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { range } from "./family.ts";
import { isRtcp, isRtp, readRtp, SSRC_AT } from "./rtp-packets.ts";
import type { Stream } from "./stream.ts";

/** Datagrams of a flow that are read: payload types and sources are known by then. */
const MAX_DATAGRAMS = 64;
/** Sequence numbers between two packets that agree: a few may be lost. */
const MOST_LOST = 16;
const FRAME_LENGTH_BYTES = 2;

interface RtpState {
  left: number;
  sources: Set<number>;
}

/**
 * RTP and RTCP (RFC 3550), over streams in the frames of RFC 4571. The header of RTP alone is weak: the port was announced
 * by a session description, or two packets agree on source and payload type and follow each other.
 */
export const rtp = defineDissector<RtpState>({
  name: "rtp",
  transport: "both",
  ports: [],
  words: ["rtp", "rtcp"],
  firstBytes: { udp: range(0x80, 0xbf), tcp: range(0, 5) },
  begin: () => ({ left: MAX_DATAGRAMS, sources: new Set() }),

  recognise(stream) {
    const { start, length } = stream;
    if (!stream.isDatagram) return recogniseFrames(stream);
    if (isRtcp(stream, start, length)) return found;
    if (!isRtp(stream, start, length)) return notMine;
    const { hints, initiatorPort, responderPort, timeMicros } = stream;
    if (hints.media.has(0, initiatorPort, responderPort, timeMicros)) return found;
    return follows(stream) ? found : needMore;
  },

  wordOf: (stream) => (stream.isDatagram && isRtcp(stream, stream.start, stream.length) ? "rtcp" : "rtp"),

  read(stream, state) {
    if (!stream.isDatagram) {
      readRtp(stream, stream.start + FRAME_LENGTH_BYTES, state.sources);
      stream.report();
      return found;
    }
    const { start, length, facts } = stream;
    if (isRtcp(stream, start, length)) stream.add(facts.protocols, "rtcp");
    else if (isRtp(stream, start, length)) {
      stream.add(facts.protocols, "rtp");
      readRtp(stream, start, state.sources);
    }
    stream.report();
    state.left -= 1;
    return state.left <= 0 ? found : needMore;
  },
});

/** True when the packet goes on from the one last seen with its source between the same ports. */
function follows({ bytes, start, hints, peers, initiatorPort, responderPort }: Stream): boolean {
  const type = bytes[start + 1] & 0x7f;
  const sequence = bytes.readUInt16BE(start + 2);
  const key = bytes.readInt32BE(start + SSRC_AT) ^ Math.imul(peers ^ (initiatorPort << 16) ^ responderPort, 0x9e3779b1);
  const before = hints.sightings.swap(key, (type << 16) | sequence);
  if (before < 0 || before >>> 16 !== type) return false;
  const step = (sequence - before) & 0xffff;
  return step > 0 && step <= MOST_LOST;
}

/** Two frames in a row, each as long as it says (RFC 4571 §2), whose packets agree. */
function recogniseFrames(stream: Stream) {
  const { bytes, start, end, isCut } = stream;
  const more = isCut ? notMine : needMore;
  if (end - start < FRAME_LENGTH_BYTES + 12) return notMine;
  const first = start + FRAME_LENGTH_BYTES;
  const length = bytes.readUInt16BE(start);
  if (!isRtp(stream, first, length)) return notMine;
  const second = first + length + FRAME_LENGTH_BYTES;
  if (second + 12 > end) return more;
  const step = (bytes.readUInt16BE(second + 2) - bytes.readUInt16BE(first + 2)) & 0xffff;
  const isSame = bytes.readUInt32BE(first + SSRC_AT) === bytes.readUInt32BE(second + SSRC_AT);
  return isSame && step === 1 && bytes[second] >>> 6 === 2 ? found : notMine;
}
