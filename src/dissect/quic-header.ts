import { HANDSHAKE, INITIAL, packetType, type QuicVersion, quicVersion, RETRY } from "./quic-versions.ts";

/** Longest connection id of any version known here (RFC 9000 §17.2). */
const LONGEST_ID = 20;
const RETRY_TAG_BYTES = 16;
/** A packet number and the 16 bytes that authenticate, at the least. */
const SHORTEST_SEALED = 17;

/** The long header at a position of a datagram (RFC 9000 §17.2). One object serves all. */
export const header = {
  version: 0,
  known: undefined as QuicVersion | undefined,
  type: INITIAL as number,
  isNegotiation: false,
  /** Destination connection id: bytes[idStart, idEnd). */
  idStart: 0,
  idEnd: 0,
  hasToken: false,
  /** Where the protected packet number begins. */
  numberAt: 0,
  /** End of the packet by its own length; beyond the datagram when that is cut. */
  packetEnd: 0,
};

/** Position after the variable-length integer that was read last. */
let nextAt = 0;

/** Variable-length integer, RFC 9000 §16; -1 when it is not all there. Values beyond 2^53 are as large as any. */
export function readVarint(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  const size = 1 << (bytes[at] >>> 6);
  if (at + size > end) return -1;
  let value = bytes[at] & 0x3f;
  for (let n = 1; n < size; n += 1) value = value * 256 + bytes[at + n];
  nextAt = at + size;
  return value;
}

/** Position after the integer that was read last. */
export function afterVarint(): number {
  return nextAt;
}

/**
 * Reads the long header at `start` into `header`: false when it is none of a known version, or its lengths do not fit into
 * the datagram. `isCut`: bytes after `end` were not captured, and lengths may go beyond it.
 */
export function readLongHeader(bytes: Buffer, start: number, end: number, isCut: boolean): boolean {
  if (end - start < 7 || bytes[start] < 0x80) return false;
  const version = bytes.readUInt32BE(start + 1);
  header.version = version;
  header.known = quicVersion(version);
  header.isNegotiation = version === 0;
  header.hasToken = false;
  header.packetEnd = end;
  if (version !== 0 && (header.known === undefined || (bytes[start] & 0x40) === 0)) return false;
  // Some of these have connection ids of another form; what follows is searched as it is.
  if (version !== 0 && header.known!.salt === undefined) return true;
  if (bytes[start + 5] > LONGEST_ID) return false;
  header.idStart = start + 6;
  header.idEnd = header.idStart + bytes[start + 5];
  if (header.idEnd >= end || bytes[header.idEnd] > LONGEST_ID) return false;
  const at = header.idEnd + 1 + bytes[header.idEnd];
  if (version === 0) return isVersionList(bytes, at, end, isCut);
  header.type = packetType(bytes[start], header.known!);
  if (header.type === RETRY) return at + RETRY_TAG_BYTES <= end || isCut;
  return readLengths(bytes, at, end, isCut);
}

/** Token of an Initial (RFC 9000 §17.2.2), then the length of what is left. */
function readLengths(bytes: Buffer, start: number, end: number, isCut: boolean): boolean {
  let at = start;
  if (header.type === INITIAL) {
    const tokenBytes = readVarint(bytes, at, end);
    if (tokenBytes < 0 || tokenBytes > end - nextAt) return false;
    header.hasToken = tokenBytes > 0;
    at = nextAt + tokenBytes;
  }
  const length = readVarint(bytes, at, end);
  if (length < SHORTEST_SEALED || (length > end - nextAt && !isCut)) return false;
  header.numberAt = nextAt;
  header.packetEnd = nextAt + length;
  return header.type <= HANDSHAKE;
}

/** RFC 9000 §17.2.1: the versions that the server has; one of them is known. */
function isVersionList(bytes: Buffer, start: number, end: number, isCut: boolean): boolean {
  if (start >= end || ((end - start) % 4 !== 0 && !isCut)) return false;
  for (let at = start; at + 4 <= end; at += 4) if (quicVersion(bytes.readUInt32BE(at)) !== undefined) return true;
  return false;
}
