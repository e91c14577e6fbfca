import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { joinPieces } from "./handshake-pieces.ts";
import { findGoogleHello, isGoogleHello, takeGoogleHello } from "./quic-google.ts";
import { header, readLongHeader } from "./quic-header.ts";
import { takePieces } from "./quic-pieces.ts";
import { beginQuic, moveTo, openClient, openServer, type QuicState } from "./quic-state.ts";
import { INITIAL, isGoogleVersion, quicVersionText, RETRY, ZERO_RTT } from "./quic-versions.ts";
import { quicWork } from "./quic-work.ts";
import type { Stream } from "./stream.ts";
import { takeClientHello, takeServerHello } from "./tls-facts.ts";
import { CLIENT_HELLO, HANDSHAKE_HEADER_BYTES, hello, isRetryRequest, readHello, SERVER_HELLO } from "./tls-hello.ts";
import { waitingHellos } from "./waiting-hellos.ts";

/** Datagrams of a flow that are looked at for its hellos. */
const MAX_DATAGRAMS = 32;
/** Packets that do not open before a flow is given up: those of a server whose client was not seen. */
const MAX_FAILURES = 4;
/** Packets of a server that are opened for its hello; acknowledgements of a hello in many packets may come before it. */
const MAX_SERVER_TRIES = 12;
/** Packets in one datagram that are looked at (RFC 9000 §12.2). */
const MAX_COALESCED = 8;

/** First bytes of Google's QUIC before it had long headers: a version and a connection id of eight bytes follow. */
const OLD_GOOGLE = [0x09, 0x0d];
const OLD_GOOGLE_BYTES = 13;
/** Facebook's Zero: Google's hello over TCP, after a type, a version and a length ("Building Zero protocol for fast, secure mobile connections", 2017). */
const ZERO_TYPE = 0x31;
const ZERO_VERSION = Buffer.from("QTV0");
const ZERO_HEADER_BYTES = 9;
const LONGEST_ZERO_HELLO = 4096;

/** DNS over QUIC by the name of its protocol (RFC 9250 §4.1.1), also of its drafts. Its port says nothing: it is that of others too. */
const DNS_OVER_QUIC = /^doq(-i\d\d)?$/;

/** Datagrams of Google's QUIC that are looked at for its hello. */
const MAX_GOOGLE_DATAGRAMS = 4;

/**
 * QUIC: the version, and the TLS hellos out of both sides' first packets, which are sealed with keys that anybody on the way
 * can make (RFC 9000 §17.2, RFC 9001 §5; version 2: RFC 9369; drafts from 22 on); of Google's versions, and of what Facebook made
 * of them for TCP, the name asked for.
 */
export const quic = defineDissector<QuicState>({
  name: "quic",
  transport: "both",
  ports: [443, 784, 853, 8853],
  firstBytes: { tcp: [ZERO_TYPE], udp: [...OLD_GOOGLE, ...Array.from({ length: 128 }, (_, n) => 128 + n)] },
  begin: beginQuic,

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    if (!stream.isDatagram) return recogniseZero(stream);
    if (bytes[start] < 0x80) return oldGoogleVersion(bytes, start, end) !== 0 ? found : notMine;
    return readLongHeader(bytes, start, end, isCut) ? found : notMine;
  },

  read(stream, state) {
    const { bytes, end } = stream;
    if (!stream.isDatagram) return readZero(stream);
    state.datagrams += 1;
    const old = oldGoogleVersion(bytes, stream.start, end);
    if (old !== 0) return readPlain(stream, state, old);
    // A short header: the handshake is over, at least for its sender (RFC 9000 §17.3).
    if (bytes[stream.start] < 0x80 && (state.hasHello || state.keys === undefined) && state.datagrams > 1) return giveUp(stream, state);
    let at = stream.start;
    for (let n = 0; n < MAX_COALESCED && at < end && readLongHeader(bytes, at, end, stream.isCut); n += 1) {
      const next = header.packetEnd;
      const verdict = takePacket(stream, state, at);
      if (verdict !== needMore) {
        waitingHellos(stream).forget(state);
        return verdict;
      }
      at = next;
    }
    if (state.datagrams < MAX_DATAGRAMS) return needMore;
    if (!state.hasHello) takeHello(stream, state, true);
    return giveUp(stream, state);
  },
});

function giveUp(stream: Stream, state: QuicState): Verdict {
  waitingHellos(stream).forget(state);
  return found;
}

/** The version in a packet of Google's QUIC up to Q043; 0 when it is none. */
function oldGoogleVersion(bytes: Buffer, start: number, end: number): number {
  if (end - start < OLD_GOOGLE_BYTES || !OLD_GOOGLE.includes(bytes[start])) return 0;
  const version = bytes.readUInt32BE(start + 9);
  return isGoogleVersion(version) ? version : 0;
}

function recogniseZero({ bytes, start, end, isCut }: Stream): Verdict {
  const known = Math.min(ZERO_VERSION.length, end - start - 1);
  if (ZERO_VERSION.compare(bytes, start + 1, start + 1 + known, 0, known) !== 0) return notMine;
  return known === ZERO_VERSION.length ? found : isCut ? notMine : needMore;
}

/** The client's hello, or the server's answer to it, in which there is nothing to learn. */
function readZero(stream: Stream): Verdict {
  const { bytes, start, end } = stream;
  const hello = start + ZERO_HEADER_BYTES;
  if (end < hello) return stream.isCut ? found : needMore;
  const size = bytes.readUInt32LE(start + 5);
  if (end - hello < Math.min(size, LONGEST_ZERO_HELLO) && !stream.isCut) return needMore;
  stream.report();
  if (isGoogleHello(bytes, hello, end)) {
    stream.senderAsks();
    takeGoogleHello(stream, bytes, hello, end);
  } else stream.senderAnswers();
  return found;
}

/** A packet of Google's that is not sealed: only a client's names the version, and its hello is in one of the first. */
function readPlain(stream: Stream, state: QuicState, version: number): Verdict {
  const { bytes, start, end } = stream;
  if (state.firstVersion === 0) setVersion(stream, state, version);
  stream.report();
  const at = findGoogleHello(bytes, start, end);
  if (at < 0) return state.datagrams < MAX_GOOGLE_DATAGRAMS ? needMore : found;
  stream.senderAsks();
  takeGoogleHello(stream, bytes, at, end);
  return found;
}

/** Of a packet that is cut, least bytes for which it is opened: below it there is hardly a hello's beginning. */
const LEAST_CUT_BYTES = 100;

/** Reads the packet whose header is in `header`; `needMore` while its flow is of interest. */
function takePacket(stream: Stream, state: QuicState, at: number): Verdict {
  const isPlain = header.known?.salt === undefined;
  if (header.isNegotiation || (header.type === RETRY && !isPlain)) {
    stream.senderAnswers();
    // What follows a Retry has keys of another connection id.
    if (!header.isNegotiation) state.keyVersion = 0;
    return needMore;
  }
  if (isPlain) return readPlain(stream, state, header.version);
  const isClient = state.clientSide === -1 || state.clientSide === stream.side;
  if (isClient && state.firstVersion === 0) setVersion(stream, state, header.version);
  if (header.type === ZERO_RTT || (header.type === INITIAL && header.hasToken)) stream.senderAsks();
  if (header.type !== INITIAL) return needMore;
  // A capture that keeps so little of each packet has no name to give: opening costs far more than all else here.
  if (header.packetEnd > stream.end && stream.end - header.numberAt < LEAST_CUT_BYTES) return found;
  if (!isClient) return takeServerPacket(stream, state, at);
  if (state.hasHello) {
    // The same hello once more after a Retry: the server's keys are those of the id that it goes to now.
    if (state.keyVersion === 0) moveTo(state, stream.bytes);
    return needMore;
  }
  const frames = openClient(stream, state, at);
  if (frames === undefined) {
    if (quicWork(stream).isExhausted) return found;
    state.failures += 1;
    return state.failures < MAX_FAILURES ? needMore : found;
  }
  return takeFrames(stream, state, frames);
}

function takeFrames(stream: Stream, state: QuicState, frames: Buffer): Verdict {
  // Of a packet that is cut nobody knows whether the keys did fit.
  const isCut = header.packetEnd > stream.end;
  const waiting = waitingHellos(stream);
  const verdict = takePieces(frames, state.pieces, isCut, header.known!.isGoogle, state.helloAt);
  if (isCut && verdict !== "good") return needMore;
  if (!isCut) {
    state.clientSide = stream.side;
    stream.senderAsks();
  }
  if (verdict === "broken") return malformed("quic_frame");
  if (verdict === "beyond" || !waiting.hasRoom(state, frames.length)) {
    stream.lose("dissect_limit");
    takeHello(stream, state, true);
    return found;
  }
  const taken = takeHello(stream, state, isCut);
  if (taken !== needMore) return taken;
  if (state.hasHello) waiting.forget(state);
  else waiting.keep(state, frames.length, stream);
  return needMore;
}

/** Reads the hello when it is all there, or as far as it goes when no more of it will come. */
function takeHello(stream: Stream, state: QuicState, isLast: boolean): Verdict {
  const { bytes, end } = joinPieces(state.pieces);
  if (end === 0) return needMore;
  if (isGoogleHello(bytes, 0, end)) {
    if (!takeGoogleHello(stream, bytes, 0, end) && !isLast) return needMore;
    stream.report();
    return found;
  }
  if (bytes[0] !== CLIENT_HELLO) return isLast ? needMore : malformed("tls_hello");
  if (end < HANDSHAKE_HEADER_BYTES) return needMore;
  const helloEnd = HANDSHAKE_HEADER_BYTES + bytes.readUIntBE(1, 3);
  const isWhole = helloEnd <= end;
  if (!isWhole && !isLast) return needMore;
  const isGood = readHello(bytes, HANDSHAKE_HEADER_BYTES, Math.min(helloEnd, end), true, !isWhole);
  stream.senderAsks();
  takeClientHello(stream, state.hasServerHello, "q");
  if (hello.alpn.some((id) => DNS_OVER_QUIC.test(id))) stream.add(stream.facts.protocols, "doq");
  if (!isGood) return malformed("tls_hello");
  state.hasHello = true;
  state.helloBytes = helloEnd;
  // What the server chose is for documents: QUIC has no weak choice (RFC 9001 §4.2).
  return state.hasServerHello || !isWhole || !stream.isDetailed ? found : needMore;
}

/** What a server adds to the facts: the suite, the version, and whether it takes up a session. */
function takeServerPacket(stream: Stream, state: QuicState, at: number): Verdict {
  if (!stream.isDetailed || state.hasServerHello) return needMore;
  state.serverTries += 1;
  const frames = openServer(stream, state, at);
  if (frames === undefined) return state.serverTries < MAX_SERVER_TRIES || !state.hasHello ? needMore : found;
  const { isGoogle } = header.known!;
  const pieces: QuicState["pieces"] = [];
  const isCut = header.packetEnd > stream.end;
  takePieces(frames, pieces, isCut, isGoogle);
  const { bytes, end } = joinPieces(pieces);
  if (end <= HANDSHAKE_HEADER_BYTES || bytes[0] !== SERVER_HELLO) return state.serverTries < MAX_SERVER_TRIES ? needMore : found;
  const total = HANDSHAKE_HEADER_BYTES + bytes.readUIntBE(1, 3);
  const helloEnd = Math.min(end, total);
  // A hello with a post-quantum key share takes more than one packet; what is wanted stands in its first bytes.
  if (!readHello(bytes, HANDSHAKE_HEADER_BYTES, helloEnd, false, isCut || total > end)) return malformed("tls_hello");
  takeServerHello(stream);
  if (isRetryRequest(bytes, HANDSHAKE_HEADER_BYTES, helloEnd)) {
    // The client's second hello follows its first.
    state.helloAt = state.helloBytes;
    state.hasHello = false;
    return needMore;
  }
  state.hasServerHello = true;
  return state.hasHello ? found : needMore;
}

function setVersion(stream: Stream, state: QuicState, version: number): void {
  state.firstVersion = version;
  (stream.facts.quic ??= {}).version = quicVersionText(version);
}
