import type { PacketBlock } from "../../model/packet.ts";

/** Longest frame a pcap record may hold (libpcap's MAXIMUM_SNAPLEN). */
export const LONGEST_FRAME = 262_144;
/** No frame was ever longer on a wire; a larger original length is a fault of the file. */
export const LONGEST_ON_WIRE = 16 << 20;
/** Longest pcapng block that is read or skipped. */
export const LONGEST_BLOCK = 16 << 20;

/** Finds the packet records of one file format. Keeps its place between calls; never throws for what the file holds. */
export interface RecordReader {
  /**
   * Adds the records in block.bytes[from, to) to the block until it is full or the next one is not whole;
   * returns where the first record not yet taken starts.
   */
  index(block: PacketBlock, from: number, to: number): number;
  /** Bytes that the record there has in all; 0 when its header is not whole either. */
  readonly wantedBytes: number;
  /** Why no further record can be found; set once. */
  readonly fault: string | undefined;
  /** Records that contradict themselves, but end where they say. */
  readonly oddRecords: number;
  /** What else people should know of the file. */
  readonly remark: string | undefined;
  readonly linkTypes: ReadonlySet<number>;
  readonly packets: number;
  readonly wireBytes: number;
  /** Time of the newest packet, microseconds since 1970; -1 before the first. */
  readonly newestMicros: number;
}
