import type { CryptoPiece } from "./quic-pieces.ts";
import type { Stream } from "./stream.ts";

/** Packets that are tried to be opened in a second of packet time: about 40 µs each. */
const OPENED_A_SECOND = 2000;
const MICROS = 1_000_000;
/** Flows whose hello is not all there yet, and what is kept of them. */
const MAX_WAITING = 4096;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** A hello's parts come within a round trip or two. */
const WAITING_MICROS = 10 * MICROS;

/** A hello in parts. */
export interface WaitingHello {
  pieces: CryptoPiece[];
  keptBytes: number;
  sinceMicros: number;
}

/** What opening packets may cost one reader, in time and in room. */
class QuicWork {
  private second = -1;
  private opened = 0;
  private readonly waiting = new Set<WaitingHello>();
  private keptBytes = 0;

  /** False, and a loss, when this second's share is used up. */
  mayOpen(stream: Stream): boolean {
    const second = Math.floor(stream.timeMicros / MICROS);
    if (second !== this.second) {
      this.second = second;
      this.opened = 0;
    }
    this.opened += 1;
    if (this.opened <= OPENED_A_SECOND) return true;
    stream.lose("dissect_limit");
    return false;
  }

  /** This second's share is used up. */
  get isExhausted(): boolean {
    return this.opened > OPENED_A_SECOND;
  }

  /** Keeps a hello until the rest of it comes; those that have waited longest give way. */
  keep(hello: WaitingHello, bytes: number, stream: Stream): void {
    this.drop(hello);
    hello.keptBytes += bytes;
    hello.sinceMicros = stream.timeMicros;
    this.keptBytes += hello.keptBytes;
    this.waiting.add(hello);
    for (const oldest of this.waiting) {
      const isFull = this.waiting.size > MAX_WAITING || this.keptBytes > MAX_WAITING_BYTES;
      if (!isFull && Math.abs(stream.timeMicros - oldest.sinceMicros) < WAITING_MICROS) break;
      if (isFull) stream.lose("dissect_limit");
      this.forget(oldest);
    }
  }

  forget(hello: WaitingHello): void {
    this.drop(hello);
    hello.pieces = [];
    hello.keptBytes = 0;
  }

  private drop(hello: WaitingHello): void {
    if (this.waiting.delete(hello)) this.keptBytes -= hello.keptBytes;
  }
}

/** One for each reader, so that what one capture costs takes nothing from another. */
const works = new WeakMap<Stream, QuicWork>();

export function quicWork(stream: Stream): QuicWork {
  let work = works.get(stream);
  if (work === undefined) {
    work = new QuicWork();
    works.set(stream, work);
  }
  return work;
}
