import type { TlsFacts } from "../model/facts.ts";
import { defineDissector, found, malformed, needMore, notMine, type Verdict } from "./dissector.ts";
import { ja4 } from "./ja4.ts";
import type { Stream } from "./stream.ts";
import { cipherName } from "./tls-ciphers.ts";
import { gatherHandshake } from "./tls-gather.ts";
import { CLIENT_HELLO, HANDSHAKE_HEADER_BYTES, hello, readHello, SERVER_HELLO, versionText } from "./tls-hello.ts";
import { isSslv2Hello, readSslv2Hello } from "./tls-sslv2.ts";

/** Record types, RFC 8446 §5.1. */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const RECORD_HEADER_BYTES = 5;
/** RFC 5246 §6.2.3: 2^14 and what encryption adds. */
const LONGEST_RECORD = 16_384 + 2048;
/** A byte of content and the least that authenticates it. */
const SHORTEST_SEALED = 17;
/** The random of a ServerHello that is a HelloRetryRequest, RFC 8446 §4.1.3. */
const RETRY_RANDOM = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");

const PORTS = [443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 2762, 3269, 5061, 5671, 6514, 8443, 8883];

interface TlsState {
  /** Bits by side: its hello was read; another is to come (HelloRetryRequest); it has switched to encryption. */
  helloSides: number;
  retriedSides: number;
  encryptedSides: number;
  hasServerHello: boolean;
}

/**
 * TLS and SSL over TCP: the names, versions and ciphers of the two hellos (RFC 8446 §4.1, RFC 5246 §7.4.1), and whether both
 * sides went on to encrypt.
 */
export const tls = defineDissector<TlsState>({
  name: "tls",
  transport: "tcp",
  ports: PORTS,
  firstBytes: { tcp: [CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, ...Array.from({ length: 128 }, (_, n) => 128 + n)] },
  begin: () => ({ helloSides: 0, retriedSides: 0, encryptedSides: 0, hasServerHello: false }),

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
    if (type === ALERT) return length === 2 && bytes[start + 5] <= 2 ? found : notMine;
    if (type === CHANGE_CIPHER_SPEC) return length === 1 && bytes[start + 5] === 1 ? found : notMine;
    if (length < SHORTEST_SEALED) return notMine;
    const next = start + RECORD_HEADER_BYTES + length;
    if (next === end && !isCut) return found;
    if (next + RECORD_HEADER_BYTES <= end) return isRecordHeader(bytes, next) ? found : notMine;
    return PORTS.some((port) => stream.isOnPort(port)) ? found : notMine;
  },

  read(stream, state) {
    const side = 1 << stream.side;
    const { bytes } = stream;
    if (stream.length > 0 && bytes[stream.start] >= 128 && (state.helloSides & side) === 0) return readSslv2Hello(stream);
    for (;;) {
      const at = stream.start;
      if (stream.end - at < RECORD_HEADER_BYTES) return needMore;
      if (!isRecordHeader(bytes, at)) return malformed("tls_record");
      const type = bytes[at];
      const wantsHello = (state.helloSides & side) === 0 || (state.retriedSides & side) !== 0;
      if (type === HANDSHAKE && wantsHello) {
        const verdict = readHandshake(stream, state, side);
        if (verdict !== found) return verdict;
      } else if (type === HANDSHAKE || type > APPLICATION_DATA || (type === CHANGE_CIPHER_SPEC && wantsHello && state.helloSides !== 0)) {
        stream.skip(RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 3));
      } else {
        if (type !== ALERT) {
          state.encryptedSides |= side;
          if (state.encryptedSides === 3 && stream.isDetailed) tlsFacts(stream).established = true;
        }
        return found;
      }
    }
  },
});

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

/** A handshake message where a hello is expected; `found` when it was read and skipped. */
function readHandshake(stream: Stream, state: TlsState, side: number): Verdict {
  const message = gatherHandshake(stream);
  if (message.isBroken) return malformed("tls_hello");
  if (!message.isWhole && !stream.isCut) return needMore;
  const { bytes, start, end } = message;
  if (end - start < 1) return needMore;
  const type = bytes[start];
  // A HelloRequest (type 0) may come before the hello, and the hello may have been missed: nothing to learn here.
  if (type !== CLIENT_HELLO && type !== SERVER_HELLO) {
    stream.skip(message.streamBytes);
    return found;
  }
  state.helloSides |= side;
  state.retriedSides &= ~side;
  const isGood = readHello(bytes, start + HANDSHAKE_HEADER_BYTES, end, type === CLIENT_HELLO, !message.isWhole);
  if (type === CLIENT_HELLO) {
    stream.senderAsks();
    takeClientHello(stream, state.hasServerHello, "t");
  } else {
    stream.senderAnswers();
    if (isRetryRequest(bytes, start + HANDSHAKE_HEADER_BYTES + 2, end)) state.retriedSides = 3;
    takeServerHello(stream, state);
  }
  if (!isGood) return malformed("tls_hello");
  stream.skip(message.streamBytes);
  return found;
}

/** Names and describes the flow by the ClientHello in `hello`; `transport` as JA4 has it. */
export function takeClientHello(stream: Stream, hasServerHello: boolean, transport: "t" | "q" | "d"): void {
  const { serverName } = hello;
  if (serverName !== "") stream.facts.names = [{ name: serverName, source: "sni" }];
  if (stream.isDetailed) describeClient(stream, hasServerHello, transport);
  stream.report();
}

function describeClient(stream: Stream, hasServerHello: boolean, transport: "t" | "q" | "d"): void {
  const facts = tlsFacts(stream);
  const { serverName, alpn } = hello;
  // Cut before its versions: the field in front says 1.2 for 1.3 too, so then nothing is known.
  const isKnown = hello.isWhole || hello.extensionVersion !== 0 || hello.legacyVersion < 0x0303;
  if (!hasServerHello && isKnown) setVersion(facts, hello.extensionVersion || hello.legacyVersion);
  const client = (facts.client ??= {});
  if (serverName !== "") client.serverName = serverName;
  if (alpn.length > 0) client.alpn = alpn;
  if (hello.isWhole) takeFingerprint(stream, client, transport);
}

/** Of several hellos (after a HelloRetryRequest) the first is the client's own choice; all are listed. */
function takeFingerprint(stream: Stream, client: NonNullable<TlsFacts["client"]>, transport: "t" | "q" | "d"): void {
  const fingerprint = ja4(transport);
  if (client.ja4 === undefined) client.ja4 = fingerprint;
  else stream.add((client.ja4All ??= [client.ja4]), fingerprint);
}

function isRetryRequest(bytes: Buffer, start: number, end: number): boolean {
  return start + RETRY_RANDOM.length <= end && RETRY_RANDOM.compare(bytes, start, start + RETRY_RANDOM.length) === 0;
}

function takeServerHello(stream: Stream, state: TlsState): void {
  if (hello.cipher < 0 || !stream.isDetailed) return;
  const facts = tlsFacts(stream);
  state.hasServerHello = true;
  const isTls13 = hello.cipher >>> 8 === 0x13;
  // The suites 0x13NN exist in 1.3 alone, which matters when the extension was not captured.
  setVersion(facts, hello.extensionVersion || (isTls13 ? 0x0304 : hello.legacyVersion));
  facts.cipher = cipherName(hello.cipher);
  if (hello.alpn.length > 0) facts.nextProtocol = hello.alpn[0];
}

function setVersion(facts: TlsFacts, version: number): void {
  const text = versionText(version);
  if (text === undefined) return;
  facts.version = text;
  facts.versionProtocol = version <= 0x0300 ? "ssl" : "tls";
}

function tlsFacts(stream: Stream): TlsFacts {
  const { facts } = stream;
  facts.tls ??= {};
  return facts.tls;
}
