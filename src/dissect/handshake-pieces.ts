/** Longest handshake that is put together, and most parts of it. */
const LONGEST_HANDSHAKE = 16_384;
const MAX_PIECES = 256;

const joined: Buffer = Buffer.alloc(LONGEST_HANDSHAKE);

/** A part of a handshake that comes in datagrams: bytes stand at `offset` of it. */
export interface HandshakePiece {
  readonly offset: number;
  readonly bytes: Buffer;
}

/** False when a part of so many bytes is beyond what is put together. */
export function hasRoomFor(pieces: HandshakePiece[], offset: number, length: number): boolean {
  return offset + length <= LONGEST_HANDSHAKE && pieces.length < MAX_PIECES;
}

/** Adds a part for which there is room, unless it is there already. The memory stays the caller's. */
export function addPiece(pieces: HandshakePiece[], offset: number, bytes: Buffer): void {
  if (!pieces.some((piece) => piece.offset === offset && piece.bytes.length >= bytes.length)) pieces.push({ offset, bytes });
}

/** The handshake from its first byte to its first hole, in a buffer that serves all: `end` bytes of it. */
export function joinPieces(pieces: HandshakePiece[]): { bytes: Buffer; end: number } {
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
