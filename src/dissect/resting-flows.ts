const TURNED = 0x80;

/**
 * Flows of datagrams on which nothing is awaited, in two columns by slot instead of an object each: who reads them, and the
 * word from which the reader goes on.
 */
export class RestingFlows {
  private readers = new Uint8Array(1024);
  private words = new Int32Array(1024);

  /** `reader`: index of the dissector, below 64. */
  put(slot: number, reader: number, word: number, isTurned: boolean): void {
    if (slot >= this.words.length) this.growTo(slot);
    this.readers[slot] = (reader + 1) | (isTurned ? TURNED : 0);
    this.words[slot] = word;
  }

  has(slot: number): boolean {
    return slot < this.readers.length && this.readers[slot] !== 0;
  }

  readerOf(slot: number): number {
    return (this.readers[slot] & ~TURNED) - 1;
  }

  wordOf(slot: number): number {
    return this.words[slot];
  }

  isTurned(slot: number): boolean {
    return (this.readers[slot] & TURNED) !== 0;
  }

  turn(slot: number): void {
    this.readers[slot] ^= TURNED;
  }

  drop(slot: number): void {
    if (slot < this.readers.length) this.readers[slot] = 0;
  }

  private growTo(slot: number): void {
    const size = Math.max(slot + 1, this.words.length * 2);
    const readers = new Uint8Array(size);
    const words = new Int32Array(size);
    readers.set(this.readers);
    words.set(this.words);
    this.readers = readers;
    this.words = words;
  }
}
