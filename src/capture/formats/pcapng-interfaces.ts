/** The last second of the year 9999: later times cannot be written in RFC 3339. */
export const LAST_MICROS = 253_402_300_799_000_000;

/** A packet of an interface that the file does not describe. No link type has this number. */
export const UNKNOWN_LINK = -1;

/** Interfaces of one section that are remembered; packets of later ones have an unknown link type. */
const MOST_INTERFACES = 65_536;
const TWO_TO_32 = 4_294_967_296;

const OPTION_IF_TSRESOL = 9;
const OPTION_IF_TSOFFSET = 14;
const OPTION_ISB_IFDROP = 5;
const OPTION_ISB_OSDROP = 7;

/** The interface description blocks of a pcapng section (draft-ietf-opsawg-pcapng §4.2), and what their times mean. */
export class InterfaceTable {
  /** Link types of all sections. */
  readonly linkTypesSeen = new Set<number>();
  private links: number[] = [];
  private snaps: number[] = [];
  private scales: TimeScale[] = [];
  private dropsOf: number[] = [];
  private dropsBefore = 0;

  /** Packets that the capturing machine says it dropped, all sections. */
  get drops(): number {
    return this.dropsOf.reduce((sum, n) => sum + n, this.dropsBefore);
  }

  /** A new section knows no interfaces. */
  clear(): void {
    this.dropsBefore = this.drops;
    this.links = [];
    this.snaps = [];
    this.scales = [];
    this.dropsOf = [];
  }

  describe(view: DataView, at: number, length: number, isLittle: boolean): void {
    if (length < 20 || this.links.length >= MOST_INTERFACES) return;
    const link = view.getUint16(at + 8, isLittle);
    let resolution = 6;
    let offsetSeconds = 0;
    eachOption(view, at + 16, at + length - 4, isLittle, (code, valueAt, bytes) => {
      if (code === OPTION_IF_TSRESOL && bytes >= 1) resolution = view.getUint8(valueAt);
      if (code === OPTION_IF_TSOFFSET && bytes >= 8) offsetSeconds = Number(view.getBigInt64(valueAt, isLittle));
    });
    this.links.push(link);
    this.snaps.push(view.getUint32(at + 12, isLittle));
    this.scales.push(timeScale(resolution, offsetSeconds));
    this.dropsOf.push(0);
    this.linkTypesSeen.add(link);
  }

  /** An interface statistics block (§4.6): the newest one counts. */
  count(view: DataView, at: number, length: number, isLittle: boolean): void {
    if (length < 24) return;
    const id = view.getUint32(at + 8, isLittle);
    if (id >= this.dropsOf.length) return;
    let drops = 0;
    eachOption(view, at + 20, at + length - 4, isLittle, (code, valueAt, bytes) => {
      if ((code === OPTION_ISB_IFDROP || code === OPTION_ISB_OSDROP) && bytes >= 8) drops += Number(view.getBigUint64(valueAt, isLittle));
    });
    this.dropsOf[id] = drops;
  }

  linkType(id: number): number {
    return id < this.links.length ? this.links[id] : UNKNOWN_LINK;
  }

  /** Bytes kept of each packet; Infinity without a limit. */
  snapBytes(id: number): number {
    return id < this.snaps.length && this.snaps[id] > 0 ? this.snaps[id] : Number.POSITIVE_INFINITY;
  }

  /** Microseconds since 1970 of a 64-bit time stamp in the interface's units. */
  micros(id: number, high: number, low: number): number {
    if (id >= this.scales.length) return high * TWO_TO_32 + low;
    const scale = this.scales[id];
    return high * scale.microsPerHigh + (high * scale.unitsOver + low) / scale.unitsPerMicro + scale.offsetMicros;
  }
}

/**
 * How a time stamp becomes microseconds. 2^32 units are `microsPerHigh` whole microseconds and `unitsOver` units, so
 * that every step but the last is exact in a double for resolutions down to 10^-9 and beyond.
 */
interface TimeScale {
  microsPerHigh: number;
  unitsOver: number;
  unitsPerMicro: number;
  offsetMicros: number;
}

/** `resolution` as if_tsresol has it: a power of ten, or of two with the top bit set. */
function timeScale(resolution: number, offsetSeconds: number): TimeScale {
  const exponent = resolution & 0x7f;
  const offsetMicros = offsetSeconds * 1e6;
  if (resolution < 0x80 && exponent >= 6) {
    const unitsPerMicro = 10 ** (exponent - 6);
    const microsPerHigh = Math.floor(TWO_TO_32 / unitsPerMicro);
    return { microsPerHigh, unitsOver: TWO_TO_32 - microsPerHigh * unitsPerMicro, unitsPerMicro, offsetMicros };
  }
  const microsPerUnit = resolution < 0x80 ? 10 ** (6 - exponent) : 1e6 / 2 ** exponent;
  return { microsPerHigh: TWO_TO_32 * microsPerUnit, unitsOver: 0, unitsPerMicro: 1 / microsPerUnit, offsetMicros };
}

function eachOption(
  view: DataView,
  from: number,
  to: number,
  isLittle: boolean,
  see: (code: number, at: number, bytes: number) => void,
): void {
  for (let at = from; at + 4 <= to; ) {
    const code = view.getUint16(at, isLittle);
    const bytes = view.getUint16(at + 2, isLittle);
    if (code === 0 || at + 4 + bytes > to) return;
    see(code, at + 4, bytes);
    at += 4 + bytes + (-bytes & 3);
  }
}
