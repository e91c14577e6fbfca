import type { PacketBlock } from "./packet.ts";

/** What a source knows of its own work. Unknown is `undefined`, never 0. */
export interface CaptureCounters {
  /** Complete packets that the source delivered (and, live, that it knows it dropped). */
  seenPackets: number;
  /** Sum of their lengths on the wire. */
  seenBytes: number;
  /** Packets that a capture filter took out, where that can be known. */
  filteredPackets: number;
  /** Packets the kernel dropped for want of room; `undefined` when the source cannot know. */
  kernelDrops: number | undefined;
  /** Packets that the interface counted (live only): lets a restarted sensor say what it missed. */
  interfacePackets: number | undefined;
  /** Packet time of the newest packet, microseconds; `undefined` before the first. */
  newestMicros: number | undefined;
  /** What keeps the source from seeing packets just now (the interface is down, or gone), for people. */
  trouble?: string;
}

/** One input file as the contract's summary lists it. */
export interface FileReport {
  /** Base name only. */
  name: string;
  packets: number;
  linktype: string;
  /** False when the file ends inside a record. */
  complete: boolean;
  /** What is wrong with the file, for people. */
  warning?: string;
  /** Set when it could not be read as a capture at all: the code of the AppError whose text is `warning`. */
  fault?: "capture_missing" | "capture_not_a_capture";
}

/** Where packets come from. Pull model: the sensor asks, the source never pushes. */
export interface PacketSource {
  /** For people: "eth0 (af-packet)", "day.pcap". */
  readonly title: string;
  /** Opens it. Throws an AppError (`capture_*`) that names the thing and what to do. */
  open(): Promise<void>;
  /** The next block, valid until the next call. "idle": nothing now. "end": there will be no more. */
  next(): PacketBlock | "idle" | "end";
  /** Resolves when `next` may have something, at the latest after `maxMs`. Only called after "idle". */
  ready(maxMs: number): Promise<void>;
  counters(): CaptureCounters;
  /** For files: one report each, in order. Live sources return []. */
  files(): FileReport[];
  /** Share of the input read, 0 to 1, where it has an end. */
  progress(): number | undefined;
  close(): void;
}
