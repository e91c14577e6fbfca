import type { Deliver } from "./tcp-streams.ts";

const DATA = 0;
const CHUNK_HEADER_BYTES = 4;
const DATA_HEADER_BYTES = 16;
const BEGIN = 2;
const END = 1;
const MOST_ASSOCIATIONS = 256;
const MOST_MESSAGE_BYTES = 65_535;
/** Transmission numbers remembered, so that a chunk that was sent again is not read again. */
const REMEMBERED = 256;

interface Association {
  recent: Int32Array;
  recentCount: number;
  /** The message in pieces that is being put together (RFC 9260 §6.9: its pieces follow each other by TSN). */
  pieces: Buffer[];
  pieceBytes: number;
  nextPiece: number;
}

/** IPFIX over SCTP (RFC 7011 §10.2): each user message is one export message. */
export class SctpMessages {
  private readonly associations = new Map<string, Association>();
  private readonly deliver: Deliver;

  constructor(deliver: Deliver) {
    this.deliver = deliver;
  }

  /** The chunks of one packet: bytes[start, end). */
  take(key: string, observer: string, bytes: Buffer, start: number, end: number, micros: number): void {
    for (let at = start; at + CHUNK_HEADER_BYTES <= end; ) {
      const length = bytes.readUInt16BE(at + 2);
      if (length < CHUNK_HEADER_BYTES || at + length > end) return;
      if (bytes[at] === DATA && length > DATA_HEADER_BYTES) {
        const flags = bytes[at + 1];
        const tsn = bytes.readInt32BE(at + 4);
        const association = this.associationOf(key);
        if (isNew(association, tsn)) this.data(association, flags, tsn, bytes, at + DATA_HEADER_BYTES, at + length, observer, micros);
      }
      at += (length + 3) & ~3;
    }
  }

  private data(
    association: Association,
    flags: number,
    tsn: number,
    bytes: Buffer,
    start: number,
    end: number,
    observer: string,
    micros: number,
  ): void {
    if ((flags & BEGIN) !== 0 && (flags & END) !== 0) {
      this.deliver(bytes, start, end, observer, micros);
      return;
    }
    if ((flags & BEGIN) !== 0) {
      association.pieces = [];
      association.pieceBytes = 0;
    } else if (association.pieces.length === 0 || tsn !== association.nextPiece) {
      association.pieces = [];
      return;
    }
    association.pieceBytes += end - start;
    if (association.pieceBytes > MOST_MESSAGE_BYTES) {
      association.pieces = [];
      return;
    }
    association.pieces.push(Buffer.from(bytes.subarray(start, end)));
    association.nextPiece = (tsn + 1) | 0;
    if ((flags & END) === 0) return;
    const whole = Buffer.concat(association.pieces);
    association.pieces = [];
    this.deliver(whole, 0, whole.length, observer, micros);
  }

  private associationOf(key: string): Association {
    let association = this.associations.get(key);
    if (association === undefined) {
      if (this.associations.size >= MOST_ASSOCIATIONS)
        for (const [oldest] of [...this.associations].slice(0, 1)) this.associations.delete(oldest);
      association = { recent: new Int32Array(REMEMBERED), recentCount: 0, pieces: [], pieceBytes: 0, nextPiece: 0 };
      this.associations.set(key, association);
    }
    return association;
  }
}

function isNew(association: Association, tsn: number): boolean {
  const { recent, recentCount } = association;
  if (recent.subarray(0, Math.min(recentCount, REMEMBERED)).includes(tsn)) return false;
  recent[recentCount % REMEMBERED] = tsn;
  association.recentCount += 1;
  return true;
}
