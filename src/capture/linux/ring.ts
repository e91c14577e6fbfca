import { BLOCK_PACKETS, type PacketBlock } from "../../model/packet.ts";

/**
 * Bytes of one block of the ring: the unit that the kernel hands over. However little is in a block when it is handed
 * over, it is taken: 256 of them (64 MB), each held at least 8 ms, outlast a stall of two seconds at any rate that fits.
 */
export const RING_BLOCK_BYTES = 256 << 10;
/** A frame's share that the kernel asks for at least; TPACKET_V3 packs frames closer than that. */
export const RING_FRAME_BYTES = 2048;

// struct tpacket_block_desc (linux/if_packet.h): offsets.
const BLOCK_STATUS = 8;
const BLOCK_PACKET_COUNT = 12;
const BLOCK_FIRST_PACKET = 16;
// struct tpacket3_hdr.
const NEXT = 0;
const SECONDS = 4;
const NANOSECONDS = 8;
const CAPTURED = 12;
const LENGTH = 16;
const STATUS = 20;
const FRAME = 24;
const VLAN_TCI = 32;
const VLAN_TPID = 36;

const STATUS_KERNEL = 0;
const STATUS_USER = 1;
const STATUS_VLAN_VALID = 1 << 4;
const STATUS_VLAN_TPID_VALID = 1 << 6;
const TPID_8021Q = 0x8100;
const VLAN_TAG_BYTES = 4;

/**
 * The reading side of a TPACKET_V3 ring (Documentation/networking/packet_mmap.rst): packets are described where the
 * kernel wrote them, without a copy. What `take` described is the kernel's again at the next `take`.
 */
export class Ring {
  packets = 0;
  /** Lengths on the wire, with the tags that the kernel took out. */
  wireBytes = 0;
  /** Time of the newest packet, microseconds; -1 before the first. */
  newestMicros = -1;
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private readonly words: Int32Array;
  private readonly blocks: number;
  private block = 0;
  /** Whether the block at hand is ours, how many of its packets are left, and where the next one lies. */
  private isHeld = false;
  private left = 0;
  private at = 0;

  constructor(memory: ArrayBuffer) {
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.words = new Int32Array(memory);
    this.blocks = memory.byteLength / RING_BLOCK_BYTES;
  }

  /** Describes the next packets, at most as many as the block holds; false when the kernel has none ready. */
  take(into: PacketBlock): boolean {
    into.reset(this.bytes);
    while (this.left === 0) {
      if (this.isHeld) this.giveBack();
      const base = this.block * RING_BLOCK_BYTES;
      if ((Atomics.load(this.words, (base + BLOCK_STATUS) >> 2) & STATUS_USER) === 0) return false;
      this.isHeld = true;
      this.left = this.view.getUint32(base + BLOCK_PACKET_COUNT, true);
      this.at = base + this.view.getUint32(base + BLOCK_FIRST_PACKET, true);
    }
    this.describe(into);
    return true;
  }

  private giveBack(): void {
    Atomics.store(this.words, (this.block * RING_BLOCK_BYTES + BLOCK_STATUS) >> 2, STATUS_KERNEL);
    this.block = (this.block + 1) % this.blocks;
    this.isHeld = false;
  }

  private describe(into: PacketBlock): void {
    const view = this.view;
    const { offset, captured, wire, timeMicros, strippedTag } = into;
    const count = Math.min(this.left, BLOCK_PACKETS);
    let at = this.at;
    let wireBytes = 0;
    let newest = this.newestMicros;
    for (let n = 0; n < count; n += 1) {
      const status = view.getUint32(at + STATUS, true);
      const length = view.getUint32(at + LENGTH, true);
      const micros = view.getUint32(at + SECONDS, true) * 1e6 + view.getUint32(at + NANOSECONDS, true) / 1000;
      if (micros > newest) newest = micros;
      offset[n] = at + view.getUint16(at + FRAME, true);
      captured[n] = view.getUint32(at + CAPTURED, true);
      wire[n] = length;
      timeMicros[n] = micros;
      wireBytes += length;
      if ((status & STATUS_VLAN_VALID) === 0) strippedTag[n] = 0;
      else {
        const tpid = (status & STATUS_VLAN_TPID_VALID) === 0 ? TPID_8021Q : view.getUint16(at + VLAN_TPID, true);
        strippedTag[n] = (tpid << 16) | (view.getUint32(at + VLAN_TCI, true) & 0xffff);
        wireBytes += VLAN_TAG_BYTES;
      }
      at += view.getUint32(at + NEXT, true);
    }
    into.count = count;
    this.at = at;
    this.left -= count;
    this.packets += count;
    this.wireBytes += wireBytes;
    this.newestMicros = newest;
  }
}
