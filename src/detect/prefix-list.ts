import { type AddressWords, compareAddresses, parsePrefix } from "../lib/ip.ts";
import type { JudgedFlow } from "../model/judgement.ts";

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

  hasOutside({ flow, isInsideInitiator }: JudgedFlow): boolean {
    for (let n = 0; n < 4; n += 1) this.words[n] = isInsideInitiator ? flow.responderWord(n) : flow.initiatorWord(n);
    return this.has(this.words);
  }

  hasInside({ flow, isInsideInitiator }: JudgedFlow): boolean {
    for (let n = 0; n < 4; n += 1) this.words[n] = isInsideInitiator ? flow.initiatorWord(n) : flow.responderWord(n);
    return this.has(this.words);
  }

  private has(words: Readonly<AddressWords>): boolean {
    return this.ranges.some(({ first, last }) => compareAddresses(first, words) <= 0 && compareAddresses(words, last) <= 0);
  }
}
