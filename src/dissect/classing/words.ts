import type { TextLabel } from "./label.ts";

/** A word that ends in a state of the machine: of which label, and whether it counts or only stands beside. */
export interface WordHit {
  readonly index: number;
  readonly isBeside: boolean;
}

/**
 * All words of all labels in one pass, whatever the borders between segments: one number is all that is carried over
 * (A. V. Aho, M. J. Corasick, Efficient String Matching, 1975).
 */
export class Words {
  private readonly next: Uint16Array;
  private readonly classOf = new Uint8Array(256);
  private readonly classes: number;
  private readonly hits: (readonly WordHit[] | undefined)[] = [];

  constructor(labels: readonly TextLabel[]) {
    const words = labels.flatMap(({ words, beside = [] }, index) => [
      ...words.map((text) => ({ text, hit: { index, isBeside: false } })),
      ...beside.map((text) => ({ text, hit: { index, isBeside: true } })),
    ]);
    const letters = [...new Set(words.flatMap(({ text }) => [...text]))];
    for (const [n, letter] of letters.entries()) this.classOf[letter.charCodeAt(0)] = n + 1;
    this.classes = letters.length + 1;
    const states = 1 + words.reduce((sum, { text }) => sum + text.length, 0);
    this.next = new Uint16Array(states * this.classes);
    const fallback = new Uint16Array(states);
    let used = 1;
    for (const { text, hit } of words) {
      let state = 0;
      for (const letter of text) {
        const at = state * this.classes + this.classOf[letter.charCodeAt(0)];
        if (this.next[at] === 0) this.next[at] = used++;
        state = this.next[at];
      }
      this.hits[state] = [...(this.hits[state] ?? []), hit];
    }
    // Breadth first: a state falls back to one nearer to the beginning, which is complete by then.
    const queue = [...this.next.subarray(0, this.classes)].filter((state) => state !== 0);
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head];
      const shorter = this.hits[fallback[state]];
      if (shorter) this.hits[state] = [...(this.hits[state] ?? []), ...shorter];
      for (let letter = 0; letter < this.classes; letter += 1) {
        const at = state * this.classes + letter;
        const otherwise = this.next[fallback[state] * this.classes + letter];
        if (this.next[at] === 0) this.next[at] = otherwise;
        else {
          fallback[this.next[at]] = otherwise;
          queue.push(this.next[at]);
        }
      }
    }
  }

  /** Goes on from `state`; calls back for each word found. Returns the state after the last byte. */
  read(bytes: Uint8Array, start: number, end: number, state: number, found: (hit: WordHit) => void): number {
    const { next, classOf, classes, hits } = this;
    let now = state;
    for (let at = start; at < end; at += 1) {
      now = next[now * classes + classOf[bytes[at]]];
      if (now !== 0 && hits[now] !== undefined) for (const hit of hits[now]!) found(hit);
    }
    return now;
  }
}
