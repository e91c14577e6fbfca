/**
 * Packets as capture hands them to decode: a run of frames inside one buffer, described by parallel arrays.
 * No object per packet: one block is filled, read and given back over and over.
 */

/** Most packets one block may describe. */
export const BLOCK_PACKETS = 4096;

/** Link types by their number in the pcap registry (LINKTYPE_*), as in https://www.tcpdump.org/linktypes.html. */
export type LinkType = number;

export class PacketBlock {
  /** What the offsets point into. A source may point this at another buffer for each block (zero copy). */
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  /** Packets in this block; the arrays are valid for indexes below it. */
  count = 0;
  /** Where the frame starts in `bytes`. */
  readonly offset = new Int32Array(BLOCK_PACKETS);
  /** Bytes of the frame that were captured. */
  readonly captured = new Int32Array(BLOCK_PACKETS);
  /** Bytes of the frame as it was on the wire (pcap `orig_len`). */
  readonly wire = new Int32Array(BLOCK_PACKETS);
  /** Microseconds since 1970, UTC. Nanosecond captures keep what a double can hold. */
  readonly timeMicros = new Float64Array(BLOCK_PACKETS);
  readonly linkType = new Int32Array(BLOCK_PACKETS);
  /** A VLAN tag that the kernel took out of the frame: TPID << 16 | TCI, or 0 when there is none. `wire` does not count its 4 bytes; decode adds them. */
  readonly strippedTag = new Int32Array(BLOCK_PACKETS);

  /** Points the block at another buffer and empties it. */
  reset(bytes: Buffer): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.count = 0;
  }
}
