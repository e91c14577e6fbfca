import type { DataRecord } from "./data-record.ts";
import { E, HEADER_PLACES, PLACES } from "./information-elements.ts";

/** Length of a field that states it in each record (RFC 7011 §7). */
export const VARIABLE = 0xffff;
const LONG_FORM = 255;

/** How the records of one template are laid out. */
export class Template {
  readonly id: number;
  readonly isOptions: boolean;
  /** By field: the place it goes to, -1 for those passed over; and its length. No two fields go to one place. */
  private readonly places: Int16Array;
  private readonly lengths: Uint16Array;
  private readonly isFixed: boolean;
  private readonly fixedPositions = new Int32Array(PLACES).fill(-1);
  /** Of records about packets in packets: the version of the innermost addresses. */
  readonly innerVersion: 4 | 6 | undefined;
  /** Bytes of the shortest record; never 0. */
  readonly leastBytes: number;

  /** `places` and `lengths` by field. Check `leastBytesOf` first: a record must have a byte at least. */
  constructor(id: number, isOptions: boolean, places: Int16Array, lengths: Uint16Array) {
    this.id = id;
    this.isOptions = isOptions;
    this.innerVersion = innerVersionOf(places);
    this.places = withoutRepeats(places, this.innerVersion !== undefined);
    this.lengths = lengths;
    this.leastBytes = leastBytesOf(lengths);
    this.isFixed = !lengths.includes(VARIABLE);
    let at = 0;
    for (let field = 0; field < places.length && this.isFixed; field += 1) {
      const place = this.places[field];
      if (place >= 0) this.fixedPositions[place] = at;
      at += lengths[field];
    }
  }

  has(place: number): boolean {
    return this.places.includes(place);
  }

  /** Bytes it takes, for the cap on all templates together. */
  get bytes(): number {
    return this.places.length * 16 + PLACES * 4 + 256;
  }

  /** All records have this many bytes; undefined where they differ. */
  get fixedBytes(): number | undefined {
    return this.isFixed ? this.leastBytes : undefined;
  }

  /** Lays the template over the bytes from `at` on. Returns the record's end, or -1 when it does not end before `end`. */
  lay(record: DataRecord, at: number, end: number): number {
    if (at + this.leastBytes > end) return -1;
    record.innerVersion = this.innerVersion;
    if (!this.isFixed) return this.walk(record, at, end);
    const { positions, lengths } = record;
    for (let place = 0; place < PLACES; place += 1)
      positions[place] = this.fixedPositions[place] < 0 ? -1 : at + this.fixedPositions[place];
    for (let field = 0; field < this.places.length; field += 1)
      if (this.places[field] >= 0) lengths[this.places[field]] = this.lengths[field];
    return at + this.leastBytes;
  }

  private walk(record: DataRecord, start: number, end: number): number {
    const { positions, lengths, view } = record;
    record.clear();
    let at = start;
    for (let field = 0; field < this.places.length; field += 1) {
      let length = this.lengths[field];
      if (length === VARIABLE) {
        if (at >= end) return -1;
        length = view.getUint8(at);
        at += 1;
        if (length === LONG_FORM) {
          if (at + 2 > end) return -1;
          length = view.getUint16(at);
          at += 2;
        }
      }
      if (at + length > end) return -1;
      const place = this.places[field];
      if (place >= 0) {
        positions[place] = at;
        lengths[place] = length;
      }
      at += length;
    }
    return at;
  }
}

/**
 * An element may stand in a template more than once: then in the order of the headers in the packet (RFC 7011 §8). Where the
 * protocol does, the record is about a packet in a packet, and the last addresses are the innermost.
 */
function innerVersionOf(places: Int16Array): 4 | 6 | undefined {
  if (places.indexOf(E.protocolIdentifier) === places.lastIndexOf(E.protocolIdentifier)) return undefined;
  const v4 = places.lastIndexOf(E.sourceIPv4Address);
  const v6 = places.lastIndexOf(E.sourceIPv6Address);
  return v4 === v6 ? undefined : v4 > v6 ? 4 : 6;
}

/** Of what is read from headers the innermost counts, of all else the first. */
function withoutRepeats(places: Int16Array, isNested: boolean): Int16Array {
  return places.map((place, field) => {
    const counts = isNested && HEADER_PLACES.has(place) ? places.lastIndexOf(place) : places.indexOf(place);
    return counts === field ? place : -1;
  });
}

/** Bytes of the shortest record that fields of these lengths make. */
export function leastBytesOf(lengths: Uint16Array): number {
  let bytes = 0;
  for (const length of lengths) bytes += length === VARIABLE ? 1 : length;
  return bytes;
}
