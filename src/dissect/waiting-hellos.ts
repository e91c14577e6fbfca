import { Oldest } from "../lib/oldest.ts";
import type { HandshakePiece } from "./handshake-pieces.ts";
import type { Stream } from "./stream.ts";

const MICROS = 1_000_000;
/** Flows whose hello is not all there yet, and what is kept of them. */
const MAX_WAITING = 4096;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** A hello's parts come within a round trip or two. */
const WAITING_MICROS = 10 * MICROS;
/** Most that is kept of one flow. */
const MAX_KEPT_BYTES = 24_576;

/** A handshake in parts. */
export interface WaitingHello {
  pieces: HandshakePiece[];
  keptBytes: number;
  sinceMicros: number;
}

/** Handshakes in datagrams that wait for their rest: how many, and how much of them. */
class WaitingHellos {
  private readonly waiting = new Set<WaitingHello>();
  private readonly oldest = new Oldest(this.waiting);
  /** The one that waits longest, once it was looked at; no longer among `waiting`. */
  private front: WaitingHello | undefined = undefined;
  private keptBytes = 0;

  /** False when so many bytes more are beyond one flow's share. */
  hasRoom(hello: WaitingHello, bytes: number): boolean {
    return hello.keptBytes + bytes <= MAX_KEPT_BYTES;
  }

  /** Keeps a hello until the rest of it comes; those that have waited longest give way. */
  keep(hello: WaitingHello, bytes: number, stream: Stream): void {
    this.drop(hello);
    hello.keptBytes += bytes;
    hello.sinceMicros = stream.timeMicros;
    this.keptBytes += hello.keptBytes;
    this.waiting.add(hello);
    for (;;) {
      const front = (this.front ??= this.oldest.take());
      if (front === undefined) break;
      const isFull = this.waiting.size + 1 > MAX_WAITING || this.keptBytes > MAX_WAITING_BYTES;
      if (!isFull && Math.abs(stream.timeMicros - front.sinceMicros) < WAITING_MICROS) break;
      if (isFull) stream.lose("dissect_limit");
      this.forget(front);
    }
  }

  forget(hello: WaitingHello): void {
    this.drop(hello);
    hello.pieces = [];
    hello.keptBytes = 0;
  }

  private drop(hello: WaitingHello): void {
    const isFront = this.front === hello;
    if (isFront) this.front = undefined;
    if (isFront || this.waiting.delete(hello)) this.keptBytes -= hello.keptBytes;
  }
}

/** One for each reader, so that what one capture costs takes nothing from another. */
const byReader = new WeakMap<Stream, WaitingHellos>();

export function waitingHellos(stream: Stream): WaitingHellos {
  let hellos = byReader.get(stream);
  if (hellos === undefined) {
    hellos = new WaitingHellos();
    byReader.set(stream, hellos);
  }
  return hellos;
}
