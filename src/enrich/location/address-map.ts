import type { AddressWords } from "../../lib/ip.ts";
import { hashOfAddress } from "./address-cache.ts";

/** Single addresses → value above 0, made once from a list. Open addressing, half full at most. */
export class AddressMap {
  private readonly keys: Int32Array;
  private readonly values: Int32Array;
  private readonly mask: number;

  /** Of equal addresses the first one counts. */
  constructor(entries: readonly { address: Readonly<AddressWords>; value: number }[]) {
    let slots = 8;
    while (slots < entries.length * 2) slots *= 2;
    this.keys = new Int32Array(slots * 4);
    this.values = new Int32Array(slots);
    this.mask = slots - 1;
    for (const { address, value } of entries) {
      if (this.find(...address) !== 0) continue;
      let slot = hashOfAddress(...address) & this.mask;
      while (this.values[slot] !== 0) slot = (slot + 1) & this.mask;
      this.keys.set(address, slot * 4);
      this.values[slot] = value;
    }
  }

  /** 0 when the address is not in the list. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    const { keys, values } = this;
    let slot = hashOfAddress(w0, w1, w2, w3) & this.mask;
    while (values[slot] !== 0) {
      const at = slot << 2;
      if (keys[at + 3] === w3 && keys[at + 2] === w2 && keys[at + 1] === w1 && keys[at] === w0) return values[slot];
      slot = (slot + 1) & this.mask;
    }
    return 0;
  }
}
