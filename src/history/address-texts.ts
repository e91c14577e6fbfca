import { formatAddress } from "../lib/ip.ts";

const SLOTS = 8192;

/** Texts of addresses, the recent ones remembered: flows of one host come again and again. */
export class AddressTexts {
  private readonly words = new Int32Array(SLOTS * 4);
  private readonly texts: string[] = new Array(SLOTS).fill("::");

  of(w0: number, w1: number, w2: number, w3: number): string {
    const slot = (Math.imul(w3 ^ Math.imul(w2, 31) ^ Math.imul(w1, 17) ^ w0, 0x9e3779b1) >>> 19) & (SLOTS - 1);
    const at = slot * 4;
    const { words } = this;
    if (words[at] === w0 && words[at + 1] === w1 && words[at + 2] === w2 && words[at + 3] === w3) return this.texts[slot];
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
    this.texts[slot] = formatAddress(w0, w1, w2, w3);
    return this.texts[slot];
  }
}
