import { found, needMore, type Verdict } from "./dissector.ts";
import { addPiece, hasRoomFor, joinPieces } from "./handshake-pieces.ts";
import type { Stream } from "./stream.ts";
import { leafBytes, takeCertificate, takeClientHello, takeServerHello, tlsFacts, wantsCertificate } from "./tls-facts.ts";
import { CERTIFICATE, CLIENT_HELLO, extensions, hello, isRetryRequest, readHello, SERVER_HELLO } from "./tls-hello.ts";
import { type WaitingHello, waitingHellos } from "./waiting-hellos.ts";

const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const RECORD_HEADER_BYTES = 13;
const FRAGMENT_HEADER_BYTES = 12;
const HELLO_VERIFY_REQUEST = 3;
const SERVER_KEY_EXCHANGE = 12;
const SERVER_HELLO_DONE = 14;
const USE_SRTP = 14;
/** RFC 9147 §4: the short header of sealed records, 001xxxxx. */
const FIRST_SHORT = 0x20;
const LAST_SHORT = 0x3f;
/** Datagrams of a flow that are looked at. */
const MAX_DATAGRAMS = 48;
/** Records in a datagram, and fragments in a record, that are looked at. */
const MAX_RECORDS = 16;

/** What is remembered of the DTLS on one flow. The parts kept are those of one message: `side`, `sequence`. */
export interface DtlsState extends WaitingHello {
  datagrams: number;
  side: number;
  sequence: number;
  /** Bits by side: its hello was read; another is to come; it has switched to encryption. */
  helloSides: number;
  retriedSides: number;
  encryptedSides: number;
  hasServerHello: boolean;
  /** The side whose certificate is to come; -1: none is. */
  certificateSide: number;
  /** The client wants keys for media on the same ports (RFC 5764 §4.1.1). */
  isForMedia: boolean;
}

export function beginDtls(): DtlsState {
  return {
    pieces: [],
    keptBytes: 0,
    sinceMicros: 0,
    datagrams: 0,
    side: 0,
    sequence: -1,
    helloSides: 0,
    retriedSides: 0,
    encryptedSides: 0,
    hasServerHello: false,
    certificateSide: -1,
    isForMedia: false,
  };
}

/** True when a record of DTLS 1.0, 1.2 or 1.3 stands at `at` (RFC 6347 §4.1, RFC 9147 §4) and does not run over `end`, unless that is a cut. */
export function isDtlsRecord(bytes: Buffer, at: number, end: number, isCut: boolean): boolean {
  if (at + RECORD_HEADER_BYTES >= end || bytes[at] < CHANGE_CIPHER_SPEC || bytes[at] > APPLICATION_DATA) return false;
  const version = bytes.readUInt16BE(at + 1);
  if (version !== 0xfefd && version !== 0xfeff && version !== 0x0100) return false;
  const length = bytes.readUInt16BE(at + 11);
  return length > 0 && (isCut || at + RECORD_HEADER_BYTES + length <= end);
}

/** Reads the records in the datagram from `start` on: `found` when no more of the flow is wanted. */
export function readDtls(stream: Stream, start: number, state: DtlsState): Verdict {
  const { bytes, end } = stream;
  state.datagrams += 1;
  let at = start;
  for (let n = 0; n < MAX_RECORDS && at < end; n += 1) {
    if (bytes[at] >= FIRST_SHORT && bytes[at] <= LAST_SHORT) {
      if (state.helloSides !== 0) takeEncryption(stream, state);
      break;
    }
    if (!isDtlsRecord(bytes, at, end, stream.isCut)) break;
    const type = bytes[at];
    const next = at + RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 11);
    // Epochs above 0 are sealed.
    const isSealed = bytes.readUInt16BE(at + 3) > 0;
    if (type === CHANGE_CIPHER_SPEC || (isSealed && type !== ALERT)) takeEncryption(stream, state);
    else if (type === HANDSHAKE && !isSealed) readFragments(stream, state, at + RECORD_HEADER_BYTES, Math.min(next, end));
    at = next;
  }
  if (state.encryptedSides !== 3 && state.datagrams < MAX_DATAGRAMS) return needMore;
  waitingHellos(stream).forget(state);
  return found;
}

function takeEncryption(stream: Stream, state: DtlsState): void {
  state.encryptedSides |= 1 << stream.side;
  // As in TLS: the hello said that a certificate may come, and none did.
  if (state.certificateSide === stream.side && stream.isDetailed) tlsFacts(stream).resumed = true;
  state.certificateSide = -1;
  if (state.encryptedSides === 3) tlsFacts(stream).established = true;
}

/** The handshake fragments in a record (RFC 6347 §4.2.2). */
function readFragments(stream: Stream, state: DtlsState, start: number, end: number): void {
  const { bytes } = stream;
  let at = start;
  for (let n = 0; n < MAX_RECORDS && at + FRAGMENT_HEADER_BYTES <= end; n += 1) {
    const type = bytes[at];
    const total = bytes.readUIntBE(at + 1, 3);
    const sequence = bytes.readUInt16BE(at + 4);
    const offset = bytes.readUIntBE(at + 6, 3);
    const length = bytes.readUIntBE(at + 9, 3);
    const body = at + FRAGMENT_HEADER_BYTES;
    if (offset + length > total || (body + length > end && !stream.isCut)) return;
    const stop = Math.min(end, body + length);
    if (isWanted(state, type, stream.side)) {
      if (offset === 0 && (length === total || stream.isCut)) takeMessage(stream, state, type, bytes, body, stop, stop - body === total);
      else collect(stream, state, type, sequence, total, offset, body, stop);
    } else if (type >= SERVER_KEY_EXCHANGE && type <= SERVER_HELLO_DONE && state.certificateSide === stream.side)
      state.certificateSide = -1;
    at = body + length;
  }
}

function isWanted(state: DtlsState, type: number, side: number): boolean {
  if (type === CERTIFICATE) return state.certificateSide === side;
  if (type === HELLO_VERIFY_REQUEST) return true;
  const bit = 1 << side;
  return (type === CLIENT_HELLO || type === SERVER_HELLO) && ((state.helloSides & bit) === 0 || (state.retriedSides & bit) !== 0);
}

/** Keeps a part of a message, and takes the message when enough of it is there. */
function collect(
  stream: Stream,
  state: DtlsState,
  type: number,
  sequence: number,
  total: number,
  offset: number,
  start: number,
  end: number,
): void {
  const waiting = waitingHellos(stream);
  if (state.side !== stream.side || state.sequence !== sequence) waiting.forget(state);
  state.side = stream.side;
  state.sequence = sequence;
  if (!hasRoomFor(state.pieces, offset, end - start) || !waiting.hasRoom(state, end - start)) {
    stream.lose("dissect_limit");
    return;
  }
  addPiece(state.pieces, offset, Buffer.from(stream.bytes.subarray(start, end)));
  const message = joinPieces(state.pieces);
  const wanted = type === CERTIFICATE ? leafBytes(message.bytes, 0, message.end, total) : total;
  if (message.end < wanted) waiting.keep(state, end - start, stream);
  else {
    takeMessage(stream, state, type, message.bytes, 0, message.end, message.end === total);
    waiting.forget(state);
  }
}

function takeMessage(stream: Stream, state: DtlsState, type: number, bytes: Buffer, start: number, end: number, isWhole: boolean): void {
  const bit = 1 << stream.side;
  if (type === HELLO_VERIFY_REQUEST) {
    stream.senderAnswers();
    state.retriedSides = 3;
  } else if (type === CERTIFICATE) {
    state.certificateSide = -1;
    takeCertificate(stream, bytes, start, end);
  } else {
    state.helloSides |= bit;
    state.retriedSides &= ~bit;
    const isClient = type === CLIENT_HELLO;
    if (!readHello(bytes, start, end, isClient, !isWhole, true)) return;
    if (isClient) {
      stream.senderAsks();
      takeClientHello(stream, state.hasServerHello, "d");
      if (extensions.subarray(0, hello.extensionCount).includes(USE_SRTP)) state.isForMedia = true;
      return;
    }
    stream.senderAnswers();
    takeServerHello(stream);
    state.hasServerHello = true;
    if (isRetryRequest(bytes, start, end)) state.retriedSides = 3;
    else if (wantsCertificate()) state.certificateSide = stream.side;
  }
}
