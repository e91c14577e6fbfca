import type { AddressWords } from "../lib/ip.ts";

const FEWEST_BITS = 1 << 12;
const BITS_AN_ADDRESS = 8;

/**
 * Tells addresses that were surely never added from the rest, in one look into a few kilobytes (a Bloom filter with one hash):
 * most addresses have no name, and to find that out from the tables takes two searches through memory that no cache holds. It
 * forgets nothing: one that has filled up over the weeks is of no use any more, and of no harm.
 */
export class AddressFilter {
  private readonly mask: number;
  private readonly bits: Uint8Array;

  /** `expected`: so many distinct addresses leave seven of eight others turned away. */
  constructor(expected: number) {
    let bits = FEWEST_BITS;
    while (bits < expected * BITS_AN_ADDRESS) bits *= 2;
    this.mask = bits - 1;
    this.bits = new Uint8Array(bits / 8);
  }

  add(address: Readonly<AddressWords>): void {
    const bit = this.bitOf(address);
    this.bits[bit >>> 3] |= 1 << (bit & 7);
  }

  mayHave(address: Readonly<AddressWords>): boolean {
    const bit = this.bitOf(address);
    return ((this.bits[bit >>> 3] >>> (bit & 7)) & 1) !== 0;
  }

  private bitOf(address: Readonly<AddressWords>): number {
    let hash = Math.imul(address[0], 0x2c1b3c6d) ^ address[1];
    hash = Math.imul(hash ^ (hash >>> 15), 0x297a2d39) ^ address[2];
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ address[3];
    hash = Math.imul(hash ^ (hash >>> 16), 0x297a2d39);
    return (hash ^ (hash >>> 15)) & this.mask;
  }
}
