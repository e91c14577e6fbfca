import { type AddressWords, compareAddresses, parseAddress, parsePrefix } from "../lib/ip.ts";

/** A few networks, and whether an address is in one of them. */
export class PrefixList {
  private readonly ranges: { first: AddressWords; last: AddressWords }[];

  /** CIDR texts that the configuration checked. */
  constructor(networks: readonly string[]) {
    this.ranges = networks.flatMap((text) => parsePrefix(text) ?? []);
  }

  /** Text of an address; what is none is in no network. */
  has(text: string): boolean {
    const words = parseAddress(text);
    if (words === undefined) return false;
    return this.ranges.some(({ first, last }) => compareAddresses(first, words) <= 0 && compareAddresses(words, last) <= 0);
  }
}
