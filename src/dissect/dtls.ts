import { defineDissector, found, needMore, notMine } from "./dissector.ts";
import { beginDtls, type DtlsState, isDtlsRecord, readDtls } from "./dtls-datagram.ts";
import { isRtp, readRtp } from "./rtp-packets.ts";
import type { Stream } from "./stream.ts";

const RECORD_TYPES = [20, 21, 22, 23];
const HANDSHAKE = 22;
const CAPWAP_PORTS = [5246, 5247];
/** RFC 5415 §4.2: version 0 and type 1, then three reserved bytes. */
const CAPWAP_HEADER = 0x01000000;
const CAPWAP_HEADER_BYTES = 4;
/** Datagrams that are read for media, once both sides have the keys. */
const MEDIA_DATAGRAMS = 64;

interface State extends DtlsState {
  mediaLeft: number;
  /** Of RTP on the same ports, from its first packet on. */
  sources: Set<number> | undefined;
}

/**
 * DTLS 1.0, 1.2 and 1.3 (RFC 4347, RFC 6347, RFC 9147) as TLS is read: hellos, also in fragments and after a cookie, and the
 * server's certificate. Inside CAPWAP too (RFC 5415 §4.2), whose word comes first then. The media whose keys it makes are told.
 */
export const dtls = defineDissector<State>({
  name: "dtls",
  transport: "udp",
  ports: [4433, 5246, 5684],
  firstBytes: { udp: [1, ...RECORD_TYPES] },
  begin: () => ({ ...beginDtls(), mediaLeft: MEDIA_DATAGRAMS, sources: undefined }),

  recognise(stream) {
    const { bytes, end, isCut } = stream;
    let at = recordAt(stream);
    if (at < 0 || !isDtlsRecord(bytes, at, end, isCut)) return notMine;
    const isPlainHandshake = bytes[at] === HANDSHAKE && bytes.readUInt32BE(at + 3) === 0;
    // In the middle of a connection a record's header says little: all of the datagram must be records.
    while (!isPlainHandshake && !isCut && at < end) {
      if (!isDtlsRecord(bytes, at, end, false)) return notMine;
      at += 13 + bytes.readUInt16BE(at + 11);
    }
    return found;
  },

  read(stream, state) {
    const at = recordAt(stream);
    if (state.datagrams === 0) {
      if (at > stream.start) stream.facts.protocols.unshift("capwap");
      stream.report();
    }
    if (state.isForMedia && isRtp(stream, stream.start, stream.length)) {
      if (state.sources === undefined) stream.report();
      stream.add(stream.facts.protocols, "rtp");
      readRtp(stream, stream.start, (state.sources ??= new Set()));
    }
    // What else comes over these ports (RFC 7983 §7) is no news.
    const verdict = readDtls(stream, at < 0 ? stream.end : at, state);
    if (verdict !== found || !state.isForMedia) return verdict;
    state.mediaLeft -= 1;
    return state.mediaLeft > 0 ? needMore : found;
  },
});

/** Where the first record is: at the beginning, or after CAPWAP's header; -1. */
function recordAt(stream: Stream): number {
  const { bytes, start, end } = stream;
  if (bytes[start] !== 1) return start;
  const isCapwap =
    end - start > CAPWAP_HEADER_BYTES &&
    bytes.readUInt32BE(start) === CAPWAP_HEADER &&
    (stream.isOnPort(CAPWAP_PORTS[0]) || stream.isOnPort(CAPWAP_PORTS[1]));
  return isCapwap ? start + CAPWAP_HEADER_BYTES : -1;
}
