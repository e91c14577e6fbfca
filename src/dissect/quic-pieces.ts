import { addPiece, type HandshakePiece, hasRoomFor } from "./handshake-pieces.ts";
import { afterVarint, readVarint } from "./quic-header.ts";

/** Frame types that a client's first packets may hold (RFC 9000 §12.4). */
const PADDING = 0x00;
const PING = 0x01;
const ACK = 0x02;
const ACK_ECN = 0x03;
const CRYPTO = 0x06;
const CONNECTION_CLOSE = 0x1c;
/** Those of Google's versions (Chromium, quic_frame.h): the handshake, a ping; acknowledgements have bit 6 set. */
const GOOGLE_CRYPTO = 0x08;
const GOOGLE_PING = 0x07;
const GOOGLE_ACK_BIT = 0x40;

/** What a packet's frames were: all in order; with parts beyond what is put together; none that may be there. */
export type FramesVerdict = "good" | "beyond" | "broken";

/**
 * Adds the handshake's parts in the frames of a packet to `pieces` (RFC 9000 §19.6), from the handshake's byte `from` on, which
 * counts as 0 there. They share memory with `frames`.
 */
export function takePieces(frames: Buffer, pieces: HandshakePiece[], isCut: boolean, isGoogle = false, from = 0): FramesVerdict {
  const end = frames.length;
  for (let at = 0; at < end; ) {
    const type = frames[at];
    at += 1;
    if (type === PADDING || type === (isGoogle ? GOOGLE_PING : PING)) continue;
    if (type === CONNECTION_CLOSE || (isGoogle && (type & GOOGLE_ACK_BIT) !== 0)) return "good";
    if (type === (isGoogle ? GOOGLE_CRYPTO : CRYPTO)) {
      const offset = readVarint(frames, at, end);
      const length = offset < 0 ? -1 : readVarint(frames, afterVarint(), end);
      if (length < 0) return isCut ? "good" : "broken";
      at = afterVarint();
      if (length > end - at && !isCut) return "broken";
      if (!hasRoomFor(pieces, offset - from, length)) return "beyond";
      if (offset >= from) addPiece(pieces, offset - from, frames.subarray(at, at + length));
      at += length;
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
