import { BLOCK_PACKETS, type PacketBlock } from "../../model/packet.ts";
import { InterfaceTable, LAST_MICROS } from "./pcapng-interfaces.ts";
import { LONGEST_BLOCK, LONGEST_ON_WIRE, type RecordReader } from "./record-reader.ts";

export const SECTION_HEADER = 0x0a0d0d0a;
/** Shortest section header block. */
export const SECTION_HEADER_BYTES = 28;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

/** pcapng (draft-ietf-opsawg-pcapng): any number of sections and interfaces; blocks that hold no packets are passed over. */
export class PcapngReader implements RecordReader {
  wantedBytes = 0;
  fault: string | undefined;
  oddRecords = 0;
  packets = 0;
  wireBytes = 0;
  newestMicros = -1;
  private readonly interfaces = new InterfaceTable();
  private isLittle = true;
  private lastMicros = 0;

  get linkTypes(): ReadonlySet<number> {
    return this.interfaces.linkTypesSeen;
  }

  get remark(): string | undefined {
    const drops = this.interfaces.drops;
    return drops > 0 ? `${drops} packets were dropped when it was captured` : undefined;
  }

  index(block: PacketBlock, from: number, to: number): number {
    const view = block.view;
    let at = from;
    this.wantedBytes = 0;
    while (block.count < BLOCK_PACKETS && at + 12 <= to) {
      const type = view.getUint32(at, this.isLittle);
      if (type === SECTION_HEADER && !this.startSection(view, at)) break;
      const length = view.getUint32(at + 4, this.isLittle);
      if (length < 12 || length % 4 !== 0 || length > LONGEST_BLOCK) {
        this.fault = `a block states ${length} bytes`;
        break;
      }
      if (at + length > to) {
        this.wantedBytes = length;
        break;
      }
      if (view.getUint32(at + length - 4, this.isLittle) !== length) {
        this.fault = "the two lengths of a block differ";
        break;
      }
      if (type === ENHANCED_PACKET) this.enhancedPacket(block, at, length);
      else if (type === SIMPLE_PACKET) this.simplePacket(block, at, length);
      else if (type === OBSOLETE_PACKET) this.obsoletePacket(block, at, length);
      else if (type === INTERFACE_DESCRIPTION) this.interfaces.describe(view, at, length, this.isLittle);
      else if (type === INTERFACE_STATISTICS) this.interfaces.count(view, at, length, this.isLittle);
      at += length;
    }
    return at;
  }

  private startSection(view: DataView, at: number): boolean {
    const isLittle = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (!isLittle && view.getUint32(at + 8, false) !== BYTE_ORDER_MAGIC) {
      this.fault = "a section without a byte-order magic";
      return false;
    }
    this.isLittle = isLittle;
    this.interfaces.clear();
    return true;
  }

  private enhancedPacket(block: PacketBlock, at: number, length: number): void {
    if (length < 32) {
      this.oddRecords += 1;
      return;
    }
    const view = block.view;
    const id = view.getUint32(at + 8, this.isLittle);
    const micros = this.interfaces.micros(id, view.getUint32(at + 12, this.isLittle), view.getUint32(at + 16, this.isLittle));
    this.add(block, id, micros, at + 28, view.getUint32(at + 20, this.isLittle), view.getUint32(at + 24, this.isLittle), length - 32);
  }

  private obsoletePacket(block: PacketBlock, at: number, length: number): void {
    if (length < 32) {
      this.oddRecords += 1;
      return;
    }
    const view = block.view;
    const id = view.getUint16(at + 8, this.isLittle);
    const micros = this.interfaces.micros(id, view.getUint32(at + 12, this.isLittle), view.getUint32(at + 16, this.isLittle));
    this.add(block, id, micros, at + 28, view.getUint32(at + 20, this.isLittle), view.getUint32(at + 24, this.isLittle), length - 32);
  }

  /** Has no time of its own (§4.4): it gets that of the packet before it. */
  private simplePacket(block: PacketBlock, at: number, length: number): void {
    if (length < 16) {
      this.oddRecords += 1;
      return;
    }
    const original = block.view.getUint32(at + 8, this.isLittle);
    const captured = Math.min(original, length - 16, this.interfaces.snapBytes(0));
    this.add(block, 0, this.lastMicros, at + 12, captured, original, length - 16);
  }

  private add(block: PacketBlock, id: number, micros: number, start: number, captured: number, original: number, room: number): void {
    if (captured > room) {
      this.oddRecords += 1;
      return;
    }
    let wire = original;
    if (original < captured || original > LONGEST_ON_WIRE) {
      this.oddRecords += 1;
      wire = captured;
    }
    // A time that no calendar has (a hostile resolution or offset) is that of the packet before.
    const time = micros >= 0 && micros <= LAST_MICROS ? micros : this.lastMicros;
    this.lastMicros = time;
    if (time > this.newestMicros) this.newestMicros = time;
    const n = block.count;
    block.offset[n] = start;
    block.captured[n] = captured;
    block.wire[n] = wire;
    block.timeMicros[n] = time;
    block.linkType[n] = this.interfaces.linkType(id);
    block.strippedTag[n] = 0;
    block.count = n + 1;
    this.packets += 1;
    this.wireBytes += wire;
  }
}
