import { afterVarint, readVarint } from "./quic-header.ts";

/** Frame types that a client's first packets may hold (RFC 9000 §12.4). */
const PADDING = 0x00;
const PING = 0x01;
const ACK = 0x02;
const ACK_ECN = 0x03;
const CRYPTO = 0x06;
const CONNECTION_CLOSE = 0x1c;

/** Longest handshake that is put together, and most parts of it. */
const LONGEST_HELLO = 16_384;
const MAX_PIECES = 256;

const joined: Buffer = Buffer.alloc(LONGEST_HELLO);

/** A part of the handshake: bytes stand at `offset` of it. */
export interface CryptoPiece {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** What a packet's frames were: all in order; with parts beyond what is put together; none that may be there. */
export type FramesVerdict = "good" | "beyond" | "broken";

/** Adds the handshake's parts in the frames of a packet to `pieces` (RFC 9000 §19.6). They share memory with `frames`. */
export function takePieces(frames: Buffer, pieces: CryptoPiece[], isCut: boolean): FramesVerdict {
  const end = frames.length;
  for (let at = 0; at < end; ) {
    const type = frames[at];
    at += 1;
    if (type === PADDING || type === PING) continue;
    if (type === CONNECTION_CLOSE) return "good";
    if (type === CRYPTO) {
      const offset = readVarint(frames, at, end);
      const length = offset < 0 ? -1 : readVarint(frames, afterVarint(), end);
      if (length < 0) return isCut ? "good" : "broken";
      at = afterVarint();
      if (length > end - at && !isCut) return "broken";
      if (offset + length > LONGEST_HELLO || pieces.length >= MAX_PIECES) return "beyond";
      const bytes = frames.subarray(at, at + length);
      at += length;
      if (!pieces.some((piece) => piece.offset === offset && piece.bytes.length >= bytes.length)) pieces.push({ offset, bytes });
    } else if (type === ACK || type === ACK_ECN) {
      at = afterAck(frames, at, type === ACK_ECN ? 3 : 0);
      if (at < 0) return isCut ? "good" : "broken";
    } else return "broken";
  }
  return "good";
}

/** Position after an ACK frame (RFC 9000 §19.3); -1 when it is cut. */
function afterAck(frames: Buffer, start: number, more: number): number {
  let at = start;
  // Largest, delay, number of ranges, first range; two for each range.
  let left = 4 + more;
  for (let n = 0; n < left; n += 1) {
    const value = readVarint(frames, at, frames.length);
    if (value < 0) return -1;
    if (n === 2) left += value * 2;
    at = afterVarint();
  }
  return at;
}

/** The handshake from its first byte to its first hole, in a buffer that serves all: `end` bytes of it. */
export function joinPieces(pieces: CryptoPiece[]): { bytes: Buffer; end: number } {
  let end = 0;
  pieces.sort((a, b) => a.offset - b.offset);
  for (const { offset, bytes } of pieces) {
    if (offset > end) break;
    if (offset + bytes.length <= end) continue;
    bytes.copy(joined, end, end - offset);
    end = offset + bytes.length;
  }
  return { bytes: joined, end };
}
