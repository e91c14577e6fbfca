import { type AddressWords, compareAddresses, parsePrefix } from "../lib/ip.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { outsideWord } from "./destination.ts";

/** A short list of networks from configuration, walked from its start: for flows that are rare. */
export class PrefixList {
  private readonly ranges: { first: AddressWords; last: AddressWords }[] = [];
  private readonly words: AddressWords = [0, 0, 0, 0];

  /** Texts that are no network are left out: configuration has checked them. */
  constructor(networks: readonly unknown[]) {
    for (const text of networks) {
      const range = typeof text === "string" ? parsePrefix(text) : undefined;
      if (range !== undefined) this.ranges.push(range);
    }
  }

  /** Of what a proxy was asked for, its target; false where nobody knows that one's address. */
  hasOutside(judged: JudgedFlow): boolean {
    if (judged.proxiedTo !== undefined && judged.proxiedWords === undefined) return false;
    for (let n = 0; n < 4; n += 1) this.words[n] = outsideWord(judged, n);
    return this.has(this.words);
  }

  hasInside({ flow, direction }: JudgedFlow): boolean {
    for (let n = 0; n < 4; n += 1) this.words[n] = direction === "inbound" ? flow.responderWord(n) : flow.initiatorWord(n);
    return this.has(this.words);
  }

  private has(words: Readonly<AddressWords>): boolean {
    return this.ranges.some(({ first, last }) => compareAddresses(first, words) <= 0 && compareAddresses(words, last) <= 0);
  }
}
