import { BLOCK_PACKETS, type PacketBlock } from "../../model/packet.ts";
import { LONGEST_FRAME, LONGEST_ON_WIRE, type RecordReader } from "./record-reader.ts";

export const PCAP_HEADER_BYTES = 24;

const MAGIC_MICROS = 0xa1b2c3d4;
const MAGIC_NANOS = 0xa1b23c4d;
/** Alexey Kuznetsov's variant: eight more bytes in each record header. */
const MAGIC_MODIFIED = 0xa1b2cd34;

/** Whether these four bytes start a pcap file, and in which byte order. */
export function pcapByteOrder(head: Buffer): "little" | "big" | undefined {
  const isMagic = (word: number) => word === MAGIC_MICROS || word === MAGIC_NANOS || word === MAGIC_MODIFIED;
  return isMagic(head.readUInt32LE(0)) ? "little" : isMagic(head.readUInt32BE(0)) ? "big" : undefined;
}

/** Classic pcap (draft-ietf-opsawg-pcap), micro- and nanoseconds, either byte order. */
export class PcapReader implements RecordReader {
  wantedBytes = 0;
  fault: string | undefined;
  oddRecords = 0;
  readonly remark = undefined;
  readonly linkTypes: ReadonlySet<number>;
  packets = 0;
  wireBytes = 0;
  newestMicros = -1;
  private readonly isLittle: boolean;
  private readonly headerBytes: 16 | 24;
  private readonly fractionsPerMicro: 1 | 1000;
  private readonly linkType: number;
  /** Files before version 2.4 may have the two lengths the other way round; the captured one is never the longer. */
  private readonly mayBeSwapped: boolean;
  private isFirst = true;

  /** `header`: the file's first 24 bytes, known to start with a pcap magic. */
  constructor(header: Buffer) {
    this.isLittle = pcapByteOrder(header) === "little";
    const view = new DataView(header.buffer, header.byteOffset, PCAP_HEADER_BYTES);
    const magic = view.getUint32(0, this.isLittle);
    this.headerBytes = magic === MAGIC_MODIFIED ? 24 : 16;
    this.fractionsPerMicro = magic === MAGIC_NANOS ? 1000 : 1;
    this.mayBeSwapped = view.getUint16(4, this.isLittle) === 2 && view.getUint16(6, this.isLittle) < 4;
    // The upper four bits tell of a frame check sequence.
    this.linkType = view.getUint32(20, this.isLittle) & 0x0fffffff;
    this.linkTypes = new Set([this.linkType]);
  }

  index(block: PacketBlock, from: number, to: number): number {
    const { view, offset, captured, wire, timeMicros } = block;
    const { isLittle, headerBytes, fractionsPerMicro } = this;
    if (this.isFirst) {
      block.linkType.fill(this.linkType);
      block.strippedTag.fill(0);
      this.isFirst = false;
    }
    let n = block.count;
    const before = n;
    let at = from;
    let newest = this.newestMicros;
    let wireBytes = 0;
    this.wantedBytes = 0;
    while (n < BLOCK_PACKETS && at + headerBytes <= to) {
      let length = view.getUint32(at + 8, isLittle);
      let original = view.getUint32(at + 12, isLittle);
      if (length > original && this.mayBeSwapped) [length, original] = [original, length];
      if (length > LONGEST_FRAME) {
        this.fault = `record ${this.packets + n - before + 1} states ${length} bytes`;
        break;
      }
      const start = at + headerBytes;
      if (start + length > to) {
        this.wantedBytes = headerBytes + length;
        break;
      }
      if (original < length || original > LONGEST_ON_WIRE) {
        this.oddRecords += 1;
        original = length;
      }
      const micros = view.getUint32(at, isLittle) * 1e6 + view.getUint32(at + 4, isLittle) / fractionsPerMicro;
      if (micros > newest) newest = micros;
      offset[n] = start;
      captured[n] = length;
      wire[n] = original;
      timeMicros[n] = micros;
      wireBytes += original;
      n += 1;
      at = start + length;
    }
    block.count = n;
    this.packets += n - before;
    this.wireBytes += wireBytes;
    this.newestMicros = newest;
    return at;
  }
}
