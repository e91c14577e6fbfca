import { formatAddress, parseAddress } from "../lib/ip.ts";

/** Distinct inside ends kept per alert. */
const ENDS_KEPT = 256;
const WORDS = 4;
const FIRST_ROOM = 4;
const MORE_ROOM = 4;

/**
 * The inside ends of one alert, each by the name of its asset or else by its address, in order of appearance; at most 256, the
 * later ones are left out. Addresses are kept as words: text is made of them when somebody reads it.
 */
export class InsideEnds {
  size = 0;
  /** Where each name stands in the order. */
  private readonly names = new Map<string, number>();
  /** Four words for each place in the order; those of a name mean nothing. */
  private words = new Int32Array(FIRST_ROOM * WORDS);
  /** Hash table of places in the order, from 1; 0: free. Twice the room, so that half of it is free. */
  private slots = new Uint16Array(FIRST_ROOM * 2);

  constructor(texts: Iterable<string> = []) {
    for (const text of texts) this.add(text);
  }

  /** Names of assets and texts of addresses. */
  toArray(): string[] {
    const out: string[] = [];
    for (const [name, place] of this.names) {
      while (out.length < place) out.push(this.textAt(out.length));
      out.push(name);
    }
    while (out.length < this.size) out.push(this.textAt(out.length));
    return out;
  }

  /** An asset's name, or an address as text. */
  add(text: string): void {
    if (this.size >= ENDS_KEPT || this.names.has(text)) return;
    const address = parseAddress(text);
    if (address !== undefined && formatAddress(...address) === text) {
      this.addAddress(...address);
      return;
    }
    this.names.set(text, this.size);
    this.size += 1;
    if (this.size * WORDS >= this.words.length) this.makeRoom();
  }

  addAddress(w0: number, w1: number, w2: number, w3: number): void {
    if (this.size >= ENDS_KEPT) return;
    const slot = this.slotOf(w0, w1, w2, w3);
    if (this.slots[slot] !== 0) return;
    const at = this.size * WORDS;
    this.words[at] = w0;
    this.words[at + 1] = w1;
    this.words[at + 2] = w2;
    this.words[at + 3] = w3;
    this.size += 1;
    this.slots[slot] = this.size;
    if (this.size * WORDS >= this.words.length) this.makeRoom();
  }

  private textAt(place: number): string {
    const at = place * WORDS;
    return formatAddress(this.words[at], this.words[at + 1], this.words[at + 2], this.words[at + 3]);
  }

  /** The slot that has the address, or the free one that would. */
  private slotOf(w0: number, w1: number, w2: number, w3: number): number {
    const { slots, words } = this;
    const mask = slots.length - 1;
    const mixed = Math.imul(w3 ^ w0 ^ Math.imul(w1, 0x9e3779b1) ^ Math.imul(w2, 0x85ebca6b), 0xc2b2ae35);
    let slot = (mixed >>> 16) & mask;
    for (;;) {
      if (slots[slot] === 0) return slot;
      const at = (slots[slot] - 1) * WORDS;
      if (words[at + 3] === w3 && words[at + 2] === w2 && words[at + 1] === w1 && words[at] === w0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private makeRoom(): void {
    const before = this.slots;
    const words = new Int32Array(this.words.length * MORE_ROOM);
    words.set(this.words);
    this.words = words;
    this.slots = new Uint16Array(before.length * MORE_ROOM);
    for (const place of before) {
      if (place === 0) continue;
      const at = (place - 1) * WORDS;
      this.slots[this.slotOf(words[at], words[at + 1], words[at + 2], words[at + 3])] = place;
    }
  }
}
