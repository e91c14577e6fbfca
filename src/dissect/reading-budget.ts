/** In the heap a text costs so much beyond its characters. */
const TEXT_OVERHEAD_BYTES = 32;
/** Most of one flow's facts, bytes: all that many flows have to tell still goes over the link at once. */
const MOST_FACTS_BYTES = 49_152;
/** Facts that are kept for a flow which is read no more, beyond their texts. */
const FACTS_BYTES = 512;

/**
 * What flows take of memory for facts and for being read, by slot, within one limit for all. When it is reached the first flow
 * that a hand going round finds gives way, unless it was read since the hand last came by (the clock algorithm).
 */
export class ReadingBudget {
  /** Bytes kept, and flows that gave way. */
  readonly counters = { readingBytes: 0, gaveWay: 0 };
  private kept = new Uint32Array(0);
  private facts = new Uint32Array(0);
  private wasRead = new Uint8Array(0);
  private hand = 0;
  private readonly totalBytes: number;
  private readonly onGiveWay: (slot: number) => void;

  /** `onGiveWay` lets go of what the slot's flow keeps, and ends with `free`. */
  constructor(totalBytes: number, onGiveWay: (slot: number) => void) {
    this.totalBytes = totalBytes;
    this.onGiveWay = onGiveWay;
  }

  growTo(size: number): void {
    const [kept, facts, wasRead] = [new Uint32Array(size), new Uint32Array(size), new Uint8Array(size)];
    kept.set(this.kept);
    facts.set(this.facts);
    wasRead.set(this.wasRead);
    this.kept = kept;
    this.facts = facts;
    this.wasRead = wasRead;
  }

  /** The flow was read. */
  touch(slot: number): void {
    this.wasRead[slot] = 1;
  }

  /** The flow is read from now on, and takes so many bytes; it is not spared before it was read again. */
  open(slot: number, bytes: number): void {
    this.wasRead[slot] = 0;
    this.take(slot, bytes);
  }

  /** The flow takes so many bytes more; another one makes room for them if need be. */
  take(slot: number, bytes: number): void {
    this.kept[slot] += bytes;
    this.counters.readingBytes += bytes;
    if (this.counters.readingBytes > this.totalBytes) this.makeRoom(slot);
  }

  /** A text for the flow's facts; false when they have all they may. */
  takeText(slot: number, text: string): boolean {
    const bytes = encodedBytes(text) + TEXT_OVERHEAD_BYTES;
    if (this.facts[slot] + bytes > MOST_FACTS_BYTES) return false;
    this.facts[slot] += bytes;
    this.take(slot, bytes);
    return true;
  }

  /** Of the flow no more than its facts is kept. */
  keepFacts(slot: number): void {
    this.counters.readingBytes -= this.kept[slot];
    this.kept[slot] = 0;
    this.take(slot, FACTS_BYTES + this.facts[slot]);
  }

  /** Nothing is kept of the flow, or what costs nothing. */
  free(slot: number): void {
    this.counters.readingBytes -= this.kept[slot];
    this.kept[slot] = 0;
    this.facts[slot] = 0;
  }

  private makeRoom(taker: number): void {
    const { kept, wasRead } = this;
    // Twice round at most: the first time everybody may have been read.
    for (let left = 2 * kept.length; left > 0 && this.counters.readingBytes > this.totalBytes; left -= 1) {
      const slot = this.hand;
      this.hand = slot + 1 < kept.length ? slot + 1 : 0;
      if (kept[slot] === 0 || slot === taker) continue;
      if (wasRead[slot] === 1) {
        wasRead[slot] = 0;
        continue;
      }
      this.counters.gaveWay += 1;
      this.onGiveWay(slot);
    }
  }
}

/** Length of the text in JSON, with its quotes and a comma. */
export function encodedBytes(text: string): number {
  let bytes = 3 + text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c) bytes += 1;
    else if (code > 0x7f) bytes += 2;
  }
  return bytes;
}
