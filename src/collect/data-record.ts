import { PLACES } from "./information-elements.ts";

const TWO_TO_32 = 2 ** 32;
/** From 1900, where NTP's era begins, to 1970 (RFC 5905 §6). */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;

/** One data record: where each element of interest lies in the message. One object serves all. */
export class DataRecord {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** By place (information-elements.ts): where the element begins, -1 when the record has none; and its length. */
  readonly positions = new Int32Array(PLACES).fill(-1);
  readonly lengths = new Int32Array(PLACES);
  /** Of a packet in a packet: the version of the innermost addresses. */
  innerVersion: 4 | 6 | undefined = undefined;

  clear(): void {
    this.positions.fill(-1);
  }

  has(place: number): boolean {
    return this.positions[place] >= 0;
  }

  lengthOf(place: number): number {
    return this.lengths[place];
  }

  /**
   * An unsigned number of 1 to 8 bytes (reduced-size encoding, RFC 7011 §6.2); of longer fields the last 8 bytes. NaN when the
   * record has none. Beyond 2^53 it is as exact as a double can be.
   */
  number(place: number): number {
    const at = this.positions[place];
    if (at < 0) return Number.NaN;
    const { view } = this;
    const length = this.lengths[place];
    if (length === 4) return view.getUint32(at);
    if (length === 8) return view.getUint32(at) * TWO_TO_32 + view.getUint32(at + 4);
    if (length === 2) return view.getUint16(at);
    if (length === 0) return Number.NaN;
    let value = 0;
    for (let n = at + Math.max(0, length - 8); n < at + length; n += 1) value = value * 256 + view.getUint8(n);
    return value;
  }

  /** The first of two that the record has. */
  either(place: number, other: number): number {
    return this.positions[place] >= 0 ? this.number(place) : this.number(other);
  }

  /** IEEE 754, of 4 or 8 bytes (RFC 7011 §6.1.4); NaN when there is none. */
  float(place: number): number {
    const at = this.positions[place];
    if (at < 0) return Number.NaN;
    return this.lengths[place] === 8 ? this.view.getFloat64(at) : this.lengths[place] === 4 ? this.view.getFloat32(at) : Number.NaN;
  }

  /** An NTP timestamp (RFC 7011 §6.1.9) as microseconds since 1970; NaN when there is none. */
  ntpMicros(place: number): number {
    const at = this.positions[place];
    if (at < 0 || this.lengths[place] !== 8) return Number.NaN;
    const seconds = this.view.getUint32(at) - NTP_TO_UNIX_SECONDS;
    return (seconds + this.view.getUint32(at + 4) / TWO_TO_32) * 1e6;
  }
}
