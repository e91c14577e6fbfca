import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { header, readLongHeader } from "./quic-header.ts";
import { type InitialKeys, initialKeys, openInitial } from "./quic-keys.ts";
import { joinPieces, takePieces } from "./quic-pieces.ts";
import { INITIAL, isGoogleVersion, quicVersionText, RETRY, ZERO_RTT } from "./quic-versions.ts";
import { quicWork, type WaitingHello } from "./quic-work.ts";
import type { Stream } from "./stream.ts";
import { takeClientHello } from "./tls.ts";
import { CLIENT_HELLO, HANDSHAKE_HEADER_BYTES, readHello } from "./tls-hello.ts";

/** Datagrams of a flow that are looked at for its hello. */
const MAX_DATAGRAMS = 32;
/** Packets that do not open before a flow is given up: those of a server whose client was not seen. */
const MAX_FAILURES = 4;
/** Packets in one datagram that are looked at (RFC 9000 §12.2). */
const MAX_COALESCED = 8;
/** Most of the packets that a flow's hello is kept in. */
const MAX_KEPT_BYTES = 24_576;

/** First bytes of Google's QUIC before it had long headers: a version and a connection id of eight bytes follow. */
const OLD_GOOGLE = [0x09, 0x0d];
const OLD_GOOGLE_BYTES = 13;

interface QuicState extends WaitingHello {
  keys: InitialKeys | undefined;
  /** Version and connection id that the keys were made of. */
  keyVersion: number;
  keyId: Buffer;
  /** The side whose packets opened; -1: not known yet. */
  clientSide: -1 | 0 | 1;
  datagrams: number;
  failures: number;
}

const NOTHING = Buffer.alloc(0);

/**
 * QUIC: the version, and the client's TLS hello out of its first packets, which are sealed with keys that anybody on the way
 * can make (RFC 9000 §17.2, RFC 9001 §5; version 2: RFC 9369; drafts from 23 on). The server's packets are not opened.
 */
export const quic = defineDissector<QuicState>({
  name: "quic",
  transport: "udp",
  ports: [443, 784, 853, 8853],
  firstBytes: { udp: [...OLD_GOOGLE, ...Array.from({ length: 128 }, (_, n) => 128 + n)] },
  begin: () => ({
    keys: undefined,
    keyVersion: 0,
    keyId: NOTHING,
    clientSide: -1,
    datagrams: 0,
    failures: 0,
    pieces: [],
    keptBytes: 0,
    sinceMicros: 0,
  }),

  recognise({ bytes, start, end, isCut }) {
    if (bytes[start] < 0x80) return oldGoogleVersion(bytes, start, end) !== 0 ? found : notMine;
    return readLongHeader(bytes, start, end, isCut) ? found : notMine;
  },

  read(stream, state) {
    const { bytes, end } = stream;
    const old = oldGoogleVersion(bytes, stream.start, end);
    if (old !== 0) {
      setVersion(stream, old);
      stream.report();
      return found;
    }
    state.datagrams += 1;
    if (state.datagrams > MAX_DATAGRAMS) return found;
    let at = stream.start;
    for (let n = 0; n < MAX_COALESCED && at < end && readLongHeader(bytes, at, end, stream.isCut); n += 1) {
      const next = header.packetEnd;
      const verdict = takePacket(stream, state, at);
      if (verdict !== needMore) {
        quicWork(stream).forget(state);
        return verdict;
      }
      at = next;
    }
    if (state.datagrams < MAX_DATAGRAMS) return needMore;
    takeHello(stream, state, true);
    quicWork(stream).forget(state);
    return found;
  },
});

/** The version in a packet of Google's QUIC up to Q043; 0 when it is none. */
function oldGoogleVersion(bytes: Buffer, start: number, end: number): number {
  if (end - start < OLD_GOOGLE_BYTES || !OLD_GOOGLE.includes(bytes[start])) return 0;
  const version = bytes.readUInt32BE(start + 9);
  return isGoogleVersion(version) ? version : 0;
}

/** Of a packet that is cut, least bytes for which it is opened: below it there is hardly a hello's beginning. */
const LEAST_CUT_BYTES = 100;

/** Reads the packet whose header is in `header`; `needMore` while its flow is of interest. */
function takePacket(stream: Stream, state: QuicState, at: number): Verdict {
  const isClosed = header.known?.salt === undefined;
  if (header.isNegotiation || (header.type === RETRY && !isClosed)) {
    stream.senderAnswers();
    return needMore;
  }
  if (state.clientSide === -1 || state.clientSide === stream.side) setVersion(stream, header.version);
  if (isClosed) {
    stream.report();
    return found;
  }
  if (header.type === ZERO_RTT || (header.type === INITIAL && header.hasToken)) stream.senderAsks();
  if (header.type !== INITIAL) return needMore;
  if (state.clientSide !== -1 && state.clientSide !== stream.side) return needMore;
  // A capture that keeps so little of each packet has no name to give: opening costs far more than all else here.
  if (header.packetEnd > stream.end && stream.end - header.numberAt < LEAST_CUT_BYTES) return found;
  const frames = open(stream, state, at);
  if (frames === undefined) {
    if (quicWork(stream).isExhausted) return found;
    state.failures += 1;
    return state.failures < MAX_FAILURES ? needMore : found;
  }
  return takeFrames(stream, state, frames);
}

/** The frames of the packet in `header`, with the keys that are there or those of its own connection id (a new one after a Retry). */
function open(stream: Stream, state: QuicState, at: number): Buffer | undefined {
  const { bytes, end } = stream;
  const { known, version, idStart, idEnd, numberAt, packetEnd } = header;
  const work = quicWork(stream);
  const isSameVersion = version === state.keyVersion;
  if (state.keys !== undefined && isSameVersion) {
    if (!work.mayOpen(stream)) return undefined;
    const frames = openInitial(state.keys, bytes, at, numberAt, packetEnd, end);
    if (frames !== undefined) return frames;
  }
  if (isSameVersion && state.keyId.equals(bytes.subarray(idStart, idEnd))) return undefined;
  if (!work.mayOpen(stream)) return undefined;
  const id = Buffer.from(bytes.subarray(idStart, idEnd));
  const keys = initialKeys(known!, known!.salt!, id);
  const frames = openInitial(keys, bytes, at, numberAt, packetEnd, end);
  if (frames === undefined) return undefined;
  work.forget(state);
  state.keys = keys;
  state.keyVersion = version;
  state.keyId = id;
  return frames;
}

function takeFrames(stream: Stream, state: QuicState, frames: Buffer): Verdict {
  // Of a packet that is cut nobody knows whether the keys did fit.
  const isCut = header.packetEnd > stream.end;
  const verdict = takePieces(frames, state.pieces, isCut);
  if (isCut && verdict !== "good") return needMore;
  if (!isCut) {
    state.clientSide = stream.side;
    stream.senderAsks();
  }
  if (verdict === "broken") return malformed("quic_frame");
  if (verdict === "beyond" || state.keptBytes + frames.length > MAX_KEPT_BYTES) {
    stream.lose("dissect_limit");
    takeHello(stream, state, true);
    return found;
  }
  const taken = takeHello(stream, state, isCut);
  if (taken === needMore) quicWork(stream).keep(state, frames.length, stream);
  return taken;
}

/** Reads the hello when it is all there, or as far as it goes when no more of it will come. */
function takeHello(stream: Stream, { pieces }: QuicState, isLast: boolean): Verdict {
  const { bytes, end } = joinPieces(pieces);
  if (end === 0) return needMore;
  if (bytes[0] !== CLIENT_HELLO) return isLast ? needMore : malformed("tls_hello");
  if (end < HANDSHAKE_HEADER_BYTES) return needMore;
  const helloEnd = HANDSHAKE_HEADER_BYTES + bytes.readUIntBE(1, 3);
  const isWhole = helloEnd <= end;
  if (!isWhole && !isLast) return needMore;
  const isGood = readHello(bytes, HANDSHAKE_HEADER_BYTES, Math.min(helloEnd, end), true, !isWhole);
  stream.senderAsks();
  takeClientHello(stream, false, "q");
  return isGood ? found : malformed("tls_hello");
}

function setVersion(stream: Stream, version: number): void {
  if (stream.isDetailed) (stream.facts.quic ??= {}).version = quicVersionText(version);
}
