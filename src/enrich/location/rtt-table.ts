import { hashOfAddress } from "./address-cache.ts";

/** A measurement serves so long after the flow that it is of was last told of: what answers at an address changes. */
const KEPT_MICROS = 86_400e6;

/**
 * The two least handshake round-trip times of distinct connections to each outside address, of the last day of packet time.
 * Direct-mapped like the address cache: a newer address takes the older one's slot, so it is bounded, and what is lost is
 * only that an earlier measurement is not remembered.
 */
export class RttTable {
  /** Of the address that `take` was asked about last, microseconds; NaN when there is none. */
  least = Number.NaN;
  /** The next one, of another connection. */
  second = Number.NaN;
  private readonly keys: Int32Array;
  /** By slot: time measured, start of the connection, newest packet time at which it was told of; twice, the lesser first. */
  private readonly samples: Float64Array;
  private readonly mask: number;
  private isEmpty = true;

  /** `slots` is a power of two; 64 bytes each. */
  constructor(slots: number) {
    this.keys = new Int32Array(slots * 4);
    this.samples = new Float64Array(slots * 6).fill(Number.NaN);
    this.mask = slots - 1;
  }

  /**
   * Takes a measurement (NaN: none this time) of the connection that began at `startMicros`, told of at `nowMicros`, and sets
   * `least` and `second`. The same connection told of again counts once.
   */
  take(w0: number, w1: number, w2: number, w3: number, micros: number, startMicros: number, nowMicros: number): void {
    const isMeasured = micros > 0;
    this.least = Number.NaN;
    this.second = Number.NaN;
    if (this.isEmpty && !isMeasured) return;
    this.isEmpty = false;
    const slot = hashOfAddress(w0, w1, w2, w3) & this.mask;
    const at = slot << 2;
    const { keys, samples } = this;
    const first = slot * 6;
    if (keys[at + 3] !== w3 || keys[at + 2] !== w2 || keys[at + 1] !== w1 || keys[at] !== w0) {
      if (!isMeasured) return;
      keys[at] = w0;
      keys[at + 1] = w1;
      keys[at + 2] = w2;
      keys[at + 3] = w3;
      samples.fill(Number.NaN, first, first + 6);
    }
    this.expire(first, nowMicros);
    if (isMeasured) this.put(first, micros, startMicros, nowMicros);
    this.least = samples[first];
    this.second = samples[first + 3];
  }

  private expire(first: number, nowMicros: number): void {
    const { samples } = this;
    if (nowMicros - samples[first + 5] > KEPT_MICROS) samples.fill(Number.NaN, first + 3, first + 6);
    if (!(nowMicros - samples[first + 2] > KEPT_MICROS)) return;
    samples.copyWithin(first, first + 3, first + 6);
    samples.fill(Number.NaN, first + 3, first + 6);
  }

  private put(first: number, micros: number, startMicros: number, nowMicros: number): void {
    const { samples } = this;
    if (samples[first + 1] === startMicros) {
      samples[first + 2] = Math.max(samples[first + 2], nowMicros);
      return;
    }
    if (samples[first + 4] === startMicros) {
      samples[first + 5] = Math.max(samples[first + 5], nowMicros);
      return;
    }
    // NaN compares as false: an empty place takes what comes.
    if (samples[first] <= micros) {
      if (samples[first + 3] <= micros) return;
      this.write(first + 3, micros, startMicros, nowMicros);
      return;
    }
    samples.copyWithin(first + 3, first, first + 3);
    this.write(first, micros, startMicros, nowMicros);
  }

  private write(at: number, micros: number, startMicros: number, nowMicros: number): void {
    this.samples[at] = micros;
    this.samples[at + 1] = startMicros;
    this.samples[at + 2] = nowMicros;
  }
}
