import type { Stream } from "./stream.ts";

/** Where the synchronisation source stands in a packet (RFC 3550 §5.1). */
export const SSRC_AT = 8;
const HEADER_BYTES = 12;
/** Sources of a flow that are counted. */
const MOST_SOURCES = 256;
/** What secures a report: an index, and an authentication tag of one of the usual lengths (RFC 3711 §3.4). */
const SECURED_BYTES = [8, 14, 20];

/** True when `length` bytes at `at` have the form of an RTP packet: version 2, a type that is no report's, room for what the header says. */
export function isRtp({ bytes, end }: Stream, at: number, length: number): boolean {
  if (length < HEADER_BYTES || at + HEADER_BYTES > end || bytes[at] >>> 6 !== 2) return false;
  const type = bytes[at + 1] & 0x7f;
  if (type >= 64 && type <= 95) return false;
  const sources = HEADER_BYTES + 4 * (bytes[at] & 15);
  if (length < sources) return false;
  if ((bytes[at] & 0x10) === 0) return true;
  if (at + sources + 4 > end || length < sources + 4) return false;
  return length >= sources + 4 + 4 * bytes.readUInt16BE(at + sources + 2);
}

/** True when the datagram is a compound that begins with a report (RFC 3550 §6.1) and is filled by it; or a secured one, of which only the first header can be read. */
export function isRtcp({ bytes, end }: Stream, start: number, length: number): boolean {
  if (length < 8 || bytes[start] >>> 6 !== 2) return false;
  const type = bytes[start + 1];
  if (type !== 200 && type !== 201) return false;
  const size = 4 * (bytes.readUInt16BE(start + 2) + 1);
  if (SECURED_BYTES.includes(length - size)) return true;
  let at = start;
  while (at + 4 <= end) {
    if (bytes[at] >>> 6 !== 2 || bytes[at + 1] < 192 || bytes[at + 1] > 213) return false;
    at += 4 * (bytes.readUInt16BE(at + 2) + 1);
  }
  return at === end;
}

/** Takes payload type and source of the packet at `at`. `sources`: those of the flow so far. */
export function readRtp(stream: Stream, at: number, sources: Set<number>): void {
  if (!stream.isDetailed) return;
  const { bytes, facts } = stream;
  if (facts.rtp === undefined) {
    facts.rtp = {};
    if (stream.hints.sealedMedia.has(0, stream.initiatorPort, stream.responderPort, stream.timeMicros)) facts.rtp.secured = "sdes";
  }
  // On these ports DTLS makes the keys of the media, and nothing else (RFC 5764 §3).
  if (facts.protocols.includes("dtls")) facts.rtp.secured = "dtls";
  const type = bytes[at + 1] & 0x7f;
  const types = (facts.rtp.payloadTypes ??= []);
  if (!types.includes(type)) types.push(type);
  if (sources.size < MOST_SOURCES) sources.add(bytes.readUInt32BE(at + SSRC_AT));
  facts.rtp.ssrcs = sources.size;
}
