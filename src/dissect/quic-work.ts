import type { Stream } from "./stream.ts";

/** Packets that are tried to be opened in a second of packet time: about 20 µs each. */
const OPENED_A_SECOND = 2000;
const MICROS = 1_000_000;

/** What opening packets may cost one reader. */
class QuicWork {
  private second = -1;
  private opened = 0;

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
