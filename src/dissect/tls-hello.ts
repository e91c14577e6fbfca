import { nameText, wireText } from "./text.ts";

/** Handshake message types, RFC 8446 §4. */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
export const CERTIFICATE = 11;
export const HANDSHAKE_HEADER_BYTES = 4;

/** The random of a ServerHello that is a HelloRetryRequest, RFC 8446 §4.1.3. */
const RETRY_RANDOM = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");

const MAX_LIST = 8192;
const SERVER_NAME = 0;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const PRE_SHARED_KEY = 41;
const SUPPORTED_VERSIONS = 43;
/** RFC 9849 §5. */
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
/** ECHClientHelloType outer. */
const ECH_OUTER = 0;

/** What the last hello said. One object serves all: copy what you keep. Lists are valid up to their count. */
export const hello = {
  /** The hello's own version field; 1.3 says 0x0303 here. */
  legacyVersion: 0,
  /** Highest offered (chosen) by the extension, GREASE left out; 0 when it is absent. */
  extensionVersion: 0,
  /** The largest number that the extension offers, GREASE left out, which is what JA4 takes for the highest version; 0 when it is absent. */
  largestVersion: 0,
  serverName: "",
  hasServerName: false,
  alpn: [] as string[],
  /** First and last byte of the first ALPN value; -1 when there is none. */
  alpnFirst: -1,
  alpnLast: -1,
  cipher: 0,
  cipherCount: 0,
  extensionCount: 0,
  signatureCount: 0,
  /** Of a server: it took up a key that both had before (RFC 8446 §4.2.11). */
  hasPreSharedKey: false,
  /** A sealed hello is with it, or what looks like one. */
  hasEch: false,
  /** Bytes of the key that a sealed hello comes with; none in the second hello of a client that means it (RFC 9849 §6.1.5). */
  echKeyBytes: 0,
  /** Every field was there. */
  isWhole: false,
  /** The capture ends before the hello does. */
  isCut: false,
};
/** In order of appearance, GREASE left out. */
export const ciphers = new Uint16Array(MAX_LIST);
export const extensions = new Uint16Array(MAX_LIST);
export const signatures = new Uint16Array(MAX_LIST);

/** True when the ServerHello's body in bytes[start, end) is a HelloRetryRequest. */
export function isRetryRequest(bytes: Buffer, start: number, end: number): boolean {
  const at = start + 2;
  return at + RETRY_RANDOM.length <= end && RETRY_RANDOM.compare(bytes, at, at + RETRY_RANDOM.length) === 0;
}

/** RFC 8701: both bytes equal, low nibble A. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >>> 8 === (code & 0xff);
}

/**
 * Reads the body of a ClientHello or ServerHello (RFC 8446 §4.1.2, §4.1.3; RFC 5246 §7.4.1) from bytes[start, end) into
 * `hello`. A body that is cut gives what was there. False when its lengths contradict each other. A client's hello of DTLS has
 * a cookie in it (RFC 6347 §4.2.1): `hasCookie`.
 */
export function readHello(bytes: Buffer, start: number, end: number, isClient: boolean, isCut: boolean, hasCookie = false): boolean {
  hello.legacyVersion = 0;
  hello.extensionVersion = 0;
  hello.largestVersion = 0;
  hello.serverName = "";
  hello.hasServerName = false;
  hello.alpn = [];
  hello.alpnFirst = -1;
  hello.alpnLast = -1;
  hello.cipher = -1;
  hello.cipherCount = 0;
  hello.extensionCount = 0;
  hello.signatureCount = 0;
  hello.hasPreSharedKey = false;
  hello.hasEch = false;
  hello.echKeyBytes = 0;
  hello.isWhole = false;
  hello.isCut = isCut;
  if (start + 2 > end) return isCut;
  hello.legacyVersion = bytes.readUInt16BE(start);
  let at = start + 34;
  if (at + 1 > end) return isCut;
  const sessionBytes = bytes[at];
  if (sessionBytes > 32) return false;
  at += 1 + sessionBytes;
  if (hasCookie && isClient && at < end) at += 1 + bytes[at];
  if (at + 2 > end) return isCut;
  if (isClient) {
    const cipherBytes = bytes.readUInt16BE(at);
    at += 2;
    if (cipherBytes & 1) return false;
    const listEnd = at + cipherBytes;
    if (listEnd > end && !isCut) return false;
    for (const stop = Math.min(listEnd, end) - 1; at < stop; at += 2) {
      const code = (bytes[at] << 8) | bytes[at + 1];
      if (!isGrease(code) && hello.cipherCount < MAX_LIST) ciphers[hello.cipherCount++] = code;
    }
    at = listEnd;
    if (at + 1 > end) return isCut;
    at += 1 + bytes[at];
  } else {
    hello.cipher = bytes.readUInt16BE(at);
    at += 3;
  }
  if (at > end) return isCut;
  // SSL 3.0 and early TLS 1.0 end here.
  if (at === end) {
    hello.isWhole = !isCut;
    return true;
  }
  if (at + 2 > end) return isCut;
  const extensionsEnd = at + 2 + bytes.readUInt16BE(at);
  if (extensionsEnd > end && !isCut) return false;
  hello.isCut = extensionsEnd > end;
  return readExtensions(bytes, at + 2, Math.min(extensionsEnd, end), isClient, extensionsEnd > end);
}

function readExtensions(bytes: Buffer, start: number, end: number, isClient: boolean, isCut: boolean): boolean {
  let at = start;
  while (at + 4 <= end) {
    const type = (bytes[at] << 8) | bytes[at + 1];
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    at += 4;
    const next = at + length;
    if (next > end && !isCut) return false;
    const isGood = readExtension(type, bytes, at, Math.min(next, end), isClient);
    if (!isGood && next <= end) return false;
    if (!isGrease(type) && hello.extensionCount < MAX_LIST) extensions[hello.extensionCount++] = type;
    at = next;
  }
  hello.isWhole = !isCut && at === end;
  return isCut || at === end;
}

/** False when the extension breaks its own rules (or is cut). */
function readExtension(type: number, bytes: Buffer, start: number, end: number, isClient: boolean): boolean {
  switch (type) {
    case SERVER_NAME:
      return !isClient || readServerName(bytes, start, end);
    case ALPN:
      return readAlpn(bytes, start, end);
    case SUPPORTED_VERSIONS:
      return isClient ? readVersions(bytes, start, end) : readChosenVersion(bytes, start, end);
    case SIGNATURE_ALGORITHMS:
      return !isClient || readSignatures(bytes, start, end);
    case PRE_SHARED_KEY:
      hello.hasPreSharedKey = !isClient;
      return true;
    case ENCRYPTED_CLIENT_HELLO:
      if (isClient) readEch(bytes, start, end);
      return true;
    default:
      return true;
  }
}

/** RFC 6066 §3. */
function readServerName(bytes: Buffer, start: number, end: number): boolean {
  hello.hasServerName = true;
  if (start === end) return true;
  for (let at = start + 2; at + 3 <= end; ) {
    const length = bytes.readUInt16BE(at + 1);
    const next = at + 3 + length;
    if (next > end) return false;
    if (bytes[at] === 0 && hello.serverName === "") hello.serverName = nameText(bytes, at + 3, next);
    at = next;
  }
  return true;
}

/** RFC 7301 §3.1. */
function readAlpn(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + 2; at < end; ) {
    const next = at + 1 + bytes[at];
    if (next > end) return false;
    if (next > at + 1) {
      if (hello.alpnFirst < 0) {
        hello.alpnFirst = bytes[at + 1];
        hello.alpnLast = bytes[next - 1];
      }
      // Two bytes alike with a low nibble A: GREASE, no protocol.
      const isGreased = next === at + 3 && isGrease(bytes.readUInt16BE(at + 1));
      if (!isGreased && hello.alpn.length < 64) hello.alpn.push(wireText(bytes, at + 1, next));
    }
    at = next;
  }
  return true;
}

/** RFC 8446 §4.2.1. */
function readVersions(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end) return false;
  const listEnd = start + 1 + bytes[start];
  if (listEnd > end) return false;
  for (let at = start + 1; at + 2 <= listEnd; at += 2) {
    const version = bytes.readUInt16BE(at);
    if (isGrease(version)) continue;
    if (versionRank(version) > versionRank(hello.extensionVersion)) hello.extensionVersion = version;
    if (version > hello.largestVersion) hello.largestVersion = version;
  }
  return true;
}

/** RFC 8446 §4.2.1. One that is empty chooses nothing: then the hello's own version was chosen. */
function readChosenVersion(bytes: Buffer, start: number, end: number): boolean {
  if (end === start) return true;
  if (end - start !== 2) return false;
  hello.extensionVersion = bytes.readUInt16BE(start);
  return true;
}

function readSignatures(bytes: Buffer, start: number, end: number): boolean {
  if (start + 2 > end) return false;
  const listEnd = start + 2 + bytes.readUInt16BE(start);
  if (listEnd > end) return false;
  for (let at = start + 2; at + 2 <= listEnd; at += 2) {
    const code = (bytes[at] << 8) | bytes[at + 1];
    if (!isGrease(code) && hello.signatureCount < MAX_LIST) signatures[hello.signatureCount++] = code;
  }
  return true;
}

/** RFC 9849 §5: type, cipher suite (4), configuration, then the key with its length. */
function readEch(bytes: Buffer, start: number, end: number): void {
  if (start + 8 > end || bytes[start] !== ECH_OUTER) return;
  hello.hasEch = true;
  hello.echKeyBytes = bytes.readUInt16BE(start + 6);
}

/** DTLS counts downwards (RFC 6347 §4.1, RFC 9147 §5.3); OpenSSL had a number of its own before RFC 4347. */
const DTLS_RANKS = new Map([
  [0x0100, 0x0302],
  [0xfeff, 0x0302],
  [0xfefd, 0x0303],
  [0xfefc, 0x0304],
]);

/** Drafts of 1.3 (0x7fNN, and Facebook's 0xfbNN) count as 1.3, as their users do; DTLS as the TLS it is made of. */
function versionRank(version: number): number {
  const major = version >>> 8;
  if (major === 3) return version;
  if (major === 0x7f || major === 0xfb) return 0x0304;
  return version === 2 ? 2 : (DTLS_RANKS.get(version) ?? 0);
}

/** True for the numbers of DTLS. */
export function isDtlsVersion(version: number): boolean {
  return DTLS_RANKS.has(version);
}

/** Text of a protocol version ("1.3" … "1.0", "3.0" for SSL 3.0, "2.0" for SSL 2.0); undefined for a number nobody assigned. */
export function versionText(version: number): string | undefined {
  // DTLS 1.0 is made of TLS 1.1, and there is no DTLS 1.1.
  if (version === 0xfeff || version === 0x0100) return "1.0";
  const rank = versionRank(version);
  if (rank === 2) return "2.0";
  if (rank === 0x0300) return "3.0";
  return rank > 0x0300 && rank <= 0x0304 ? `1.${rank - 0x0301}` : undefined;
}
