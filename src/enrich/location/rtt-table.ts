import { hashOfAddress } from "./address-cache.ts";

/**
 * Least handshake round-trip time measured to each outside address. Direct-mapped like the address cache: a newer address
 * takes the older one's slot, so it is bounded, and what is lost is only that an earlier measurement is not remembered.
 */
export class RttTable {
  private readonly keys: Int32Array;
  private readonly least: Float64Array;
  private readonly mask: number;
  private isEmpty = true;

  /** `slots` is a power of two; 24 bytes each. */
  constructor(slots: number) {
    this.keys = new Int32Array(slots * 4);
    this.least = new Float64Array(slots).fill(Number.NaN);
    this.mask = slots - 1;
  }

  /** Takes a measurement (NaN: none this time) and returns the least one of the address so far; NaN when there is none. */
  take(w0: number, w1: number, w2: number, w3: number, micros: number): number {
    const isMeasured = micros > 0;
    if (this.isEmpty && !isMeasured) return Number.NaN;
    this.isEmpty = false;
    const slot = hashOfAddress(w0, w1, w2, w3) & this.mask;
    const at = slot << 2;
    const { keys, least } = this;
    if (keys[at + 3] === w3 && keys[at + 2] === w2 && keys[at + 1] === w1 && keys[at] === w0) {
      const before = least[slot];
      if (!isMeasured || before <= micros) return before;
      least[slot] = micros;
      return micros;
    }
    if (!isMeasured) return Number.NaN;
    keys[at] = w0;
    keys[at + 1] = w1;
    keys[at + 2] = w2;
    keys[at + 3] = w3;
    least[slot] = micros;
    return micros;
  }
}
