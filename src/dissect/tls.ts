import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import type { Stream } from "./stream.ts";
import { leafBytes, takeCertificate, takeClientHello, takeServerHello, tlsFacts, wantsCertificate } from "./tls-facts.ts";
import { gatherHandshake } from "./tls-gather.ts";
import {
  CERTIFICATE,
  CLIENT_HELLO,
  HANDSHAKE_HEADER_BYTES,
  hello,
  isRetryRequest,
  readHello,
  SERVER_HELLO,
  versionText,
} from "./tls-hello.ts";
import { isSslv2Hello, readSslv2Hello } from "./tls-sslv2.ts";

/** Record types, RFC 8446 §5.1. */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
/** Record header, level, description; a warning, of an unknown name for instance, does not end the handshake (RFC 5246 §7.2). */
const ALERT_BYTES = 7;
const WARNING = 1;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const RECORD_HEADER_BYTES = 5;
/** RFC 5246 §6.2.3: 2^14 and what encryption adds. */
const LONGEST_RECORD = 16_384 + 2048;
/** A byte of content and the least that authenticates it. */
const SHORTEST_SEALED = 17;
/** Two bytes, and what the ciphers there are add: vectors, authentication and padding. */
const LONGEST_SEALED_ALERT = 96;
/** After these a server has no certificate to show (RFC 5246 §7.3): its key exchange, its question for the client's, its end. */
const SERVER_KEY_EXCHANGE = 12;
const SERVER_HELLO_DONE = 14;

const PORTS = [443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 2762, 3269, 5061, 5671, 6514, 8443, 8883];

interface TlsState {
  /** Bits by side: its hello was read; another is to come (HelloRetryRequest); it has switched to encryption. */
  helloSides: number;
  retriedSides: number;
  encryptedSides: number;
  hasServerHello: boolean;
  /** The side whose certificate is to come; -1: none is. */
  certificateSide: number;
  /** Bits by side: after its hello came a sign that it goes over to encryption; or, in TLS 1.3, a second hello follows. */
  undecidedSides: number;
  /** The client offered TLS 1.3, and may be asked for another hello. */
  mayRetry: boolean;
  /** By side: bytes of the handshake record around the next byte, and of those (and the next ones) what nobody wants. */
  left: [number, number];
  unwanted: [number, number];
}

/**
 * TLS and SSL over TCP: the names, versions and ciphers of the two hellos (RFC 8446 §4.1, RFC 5246 §7.4.1), the server's
 * certificate where it comes in clear (up to TLS 1.2), and whether both sides went on to encrypt.
 */
export const tls = defineDissector<TlsState>({
  name: "tls",
  transport: "tcp",
  ports: PORTS,
  firstBytes: { tcp: [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, ...Array.from({ length: 128 }, (_, n) => 128 + n)] },
  begin: () => ({
    helloSides: 0,
    retriedSides: 0,
    encryptedSides: 0,
    hasServerHello: false,
    certificateSide: -1,
    undecidedSides: 0,
    mayRetry: false,
    left: [0, 0],
    unwanted: [0, 0],
  }),

  recognise(stream) {
    const { bytes, start, end, isCut } = stream;
    if (bytes[start] >= 128) return isSslv2Hello(bytes, start, end, isCut);
    if (end - start < RECORD_HEADER_BYTES + 1) return needMore;
    if (!isRecordHeader(bytes, start)) return notMine;
    const type = bytes[start];
    const length = bytes.readUInt16BE(start + 3);
    if (type === HANDSHAKE) {
      const message = bytes[start + RECORD_HEADER_BYTES];
      return message === CLIENT_HELLO || message === SERVER_HELLO || message === 0 ? found : notMine;
    }
    // In the middle of a connection: the header of a record says little, so its length must be believable too.
    if (type === ALERT && length === 2) return bytes[start + 5] <= 2 ? found : notMine;
    if (type === ALERT && length > LONGEST_SEALED_ALERT) return notMine;
    if (type === CHANGE_CIPHER_SPEC) return length === 1 && bytes[start + 5] === 1 ? found : notMine;
    if (length < SHORTEST_SEALED) return notMine;
    const next = start + RECORD_HEADER_BYTES + length;
    if (next === end && !isCut) return found;
    if (next + RECORD_HEADER_BYTES <= end) return isRecordHeader(bytes, next) ? found : notMine;
    return PORTS.some((port) => stream.isOnPort(port)) ? found : notMine;
  },

  read(stream, state) {
    const { bytes, side } = stream;
    const bit = 1 << side;
    if (stream.length > 0 && bytes[stream.start] >= 128 && (state.helloSides & bit) === 0 && state.left[side] === 0) {
      const verdict = isSslv2Hello(bytes, stream.start, stream.end, stream.isCut);
      return verdict === found ? readSslv2Hello(stream) : verdict === needMore ? needMore : malformed("tls_record");
    }
    for (;;) {
      const verdict = state.left[side] > 0 ? readContent(stream, state) : readRecord(stream, state);
      if (verdict !== onward) return verdict;
    }
  },
});

/** Of the parts of `read`: something was read or passed over. */
const onward: Verdict = 0;

/** The record at `stream.start`: its header, when its content is wanted, else all of it. */
function readRecord(stream: Stream, state: TlsState): Verdict {
  const { bytes, start, end, side } = stream;
  const bit = 1 << side;
  if (end - start < RECORD_HEADER_BYTES) return needMore;
  if (!isRecordHeader(bytes, start)) return malformed("tls_record");
  const type = bytes[start];
  const recordBytes = bytes.readUInt16BE(start + 3);
  if ((state.undecidedSides & bit) !== 0) {
    if (end - start < SECOND_HELLO_BYTES && !stream.isCut) return needMore;
    state.undecidedSides &= ~bit;
    if (isClientHello(bytes, start, end)) state.retriedSides |= bit;
    else {
      takeEncryption(stream, state, bit);
      return found;
    }
  }
  const isHelloDue = wantsHello(state, bit);
  if (type === HANDSHAKE && (isHelloDue || state.certificateSide === side)) {
    stream.skip(RECORD_HEADER_BYTES);
    state.left[side] = recordBytes;
    return onward;
  }
  if (type === ALERT) {
    if (recordBytes >= SHORTEST_SEALED) takeEncryption(stream, state, bit);
    if (!isHelloDue || recordBytes >= SHORTEST_SEALED) return found;
    if (end - start < ALERT_BYTES) return stream.isCut ? found : needMore;
    if (bytes[start + RECORD_HEADER_BYTES] !== WARNING) return found;
  } else if (type === CHANGE_CIPHER_SPEC && state.helloSides === bit && state.mayRetry) {
    // Nobody has answered: where the server's side is not seen, neither is its wish for another hello (RFC 8446 appendix D.4).
    state.mayRetry = false;
    state.undecidedSides |= bit;
  } else if (type === APPLICATION_DATA || (type === CHANGE_CIPHER_SPEC && !(isHelloDue && state.helloSides !== 0))) {
    takeEncryption(stream, state, bit);
    return found;
  }
  stream.skip(RECORD_HEADER_BYTES + recordBytes);
  return onward;
}

/** Record header, message type and length. */
const SECOND_HELLO_BYTES = RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES;

/** A record of one whole ClientHello, which a sealed one would be by a chance of one in 2^32. */
function isClientHello(bytes: Buffer, at: number, end: number): boolean {
  if (end - at < SECOND_HELLO_BYTES || bytes[at] !== HANDSHAKE || bytes[at + RECORD_HEADER_BYTES] !== CLIENT_HELLO) return false;
  return bytes.readUIntBE(at + RECORD_HEADER_BYTES + 1, 3) + HANDSHAKE_HEADER_BYTES === bytes.readUInt16BE(at + 3);
}

function wantsHello({ helloSides, retriedSides }: TlsState, bit: number): boolean {
  return (helloSides & bit) === 0 || (retriedSides & bit) !== 0;
}

/** The sender goes over to encryption. */
function takeEncryption(stream: Stream, state: TlsState, bit: number): void {
  state.encryptedSides |= bit;
  // Its hello said that a certificate may come, and none did: both know each other from before (RFC 5246 §7.3).
  if (state.certificateSide === stream.side && stream.isDetailed) tlsFacts(stream).resumed = true;
  if (state.encryptedSides === 3) tlsFacts(stream).established = true;
}

function isRecordHeader(bytes: Buffer, at: number): boolean {
  const length = (bytes[at + 3] << 8) | bytes[at + 4];
  return (
    bytes[at] >= CHANGE_CIPHER_SPEC &&
    bytes[at] <= 24 &&
    bytes[at + 1] === 3 &&
    bytes[at + 2] <= 4 &&
    length > 0 &&
    length <= LONGEST_RECORD
  );
}

/** Content of handshake records. */
function readContent(stream: Stream, state: TlsState): Verdict {
  const { side } = stream;
  if (stream.start >= stream.end) return needMore;
  if (state.unwanted[side] === 0) {
    const verdict = wantsHello(state, 1 << side) || state.certificateSide === side ? readMessage(stream, state) : onward;
    if (verdict !== onward) return verdict;
    // Nothing more is wanted: the rest of the record neither.
    if (state.unwanted[side] === 0) state.unwanted[side] = state.left[side];
  }
  const bytes = Math.min(state.unwanted[side], state.left[side]);
  stream.skip(bytes);
  state.unwanted[side] -= bytes;
  state.left[side] -= bytes;
  return onward;
}

/** The handshake message at `stream.start`: when it was read, or is nobody's, `unwanted` is its length. */
function readMessage(stream: Stream, state: TlsState): Verdict {
  const { side } = stream;
  const bit = 1 << side;
  const message = gatherHandshake(stream, state.left[side]);
  if (message.isBroken) return malformed("tls_hello");
  const { bytes, start, end, total } = message;
  if (total < 0 && !stream.isCut) return needMore;
  const type = bytes[start];
  const isHello = (type === CLIENT_HELLO || type === SERVER_HELLO) && wantsHello(state, bit);
  const isCertificate = type === CERTIFICATE && state.certificateSide === side;
  const body = start + HANDSHAKE_HEADER_BYTES;
  const leaf = isCertificate ? HANDSHAKE_HEADER_BYTES + leafBytes(bytes, body, end - body, total - HANDSHAKE_HEADER_BYTES) : 0;
  const wanted = isHello ? total : leaf;
  if (wanted > end - start && !stream.isCut) return needMore;
  // A HelloRequest (type 0) may come before the hello, and the hello may have been missed: nothing to learn there.
  state.unwanted[side] = Math.max(HANDSHAKE_HEADER_BYTES, total);
  if (isHello) {
    if (!takeHello(stream, state, bytes, start, end, message.isWhole)) return malformed("tls_hello");
  } else if (isCertificate) {
    state.certificateSide = -1;
    takeCertificate(stream, bytes, body, end);
  } else if (type >= SERVER_KEY_EXCHANGE && type <= SERVER_HELLO_DONE && state.certificateSide === side) state.certificateSide = -1;
  return onward;
}

function takeHello(stream: Stream, state: TlsState, bytes: Buffer, start: number, end: number, isWhole: boolean): boolean {
  const body = start + HANDSHAKE_HEADER_BYTES;
  state.helloSides |= 1 << stream.side;
  state.retriedSides &= ~(1 << stream.side);
  const isClient = bytes[start] === CLIENT_HELLO;
  const isGood = readHello(bytes, body, end, isClient, !isWhole);
  if (isClient) {
    stream.senderAsks();
    takeClientHello(stream, state.hasServerHello, "t");
    // DNS over TLS by the name of its protocol (RFC 7858; IANA, ALPN protocol ids).
    if (hello.alpn.includes("dot")) stream.add(stream.facts.protocols, "dot");
    state.mayRetry = versionText(hello.extensionVersion) === "1.3";
    return isGood;
  }
  stream.senderAnswers();
  const isRetry = isRetryRequest(bytes, body, end);
  if (isRetry) state.retriedSides = 3;
  takeServerHello(stream);
  state.hasServerHello = true;
  if (!isRetry && isGood && wantsCertificate()) state.certificateSide = stream.side;
  return isGood;
}
