import type { Log } from "../obs/log.ts";
import type { Losses } from "../obs/losses.ts";

export type { CaptureCounters, FileReport, PacketSource } from "../model/capture.ts";

/** The members of this folder; "auto" is pcap-file when files are given, else the platform's own live source. */
export type SourceName = "af-packet" | "cap" | "pcap-file";

/** One thread's share of an interface (packet(7), PACKET_FANOUT): flows are spread over all sources of one group by their hash. */
export interface Fanout {
  /** The same number for all threads of one sensor, 0 to 65535; another sensor on the interface needs another one. */
  group: number;
  threads: number;
  /** Hands packets to another thread when this one's ring is full: fewer drops, but a flow may then be split. Off by default. */
  rollsOver?: boolean | undefined;
}

export interface CaptureOptions {
  source: SourceName | "auto";
  /** Live: the interface's name; left out, that of the default route. */
  interface?: string | undefined;
  /** Capture files, read as one stream in this order; "-" is standard input. */
  files?: readonly string[] | undefined;
  /** Files: go on when one cannot be read as a capture; `files()` says which. */
  keepGoing?: boolean | undefined;
  /** A capture filter in libpcap's language (pcap-filter(7)). Live sources only. */
  filter?: string | undefined;
  /** Live: the size of the kernel's ring in units of 2^20 bytes, 1 to 2047. 64 when left out. */
  ringMegabytes?: number | undefined;
  /** Live: bytes kept of each packet; all of them when left out. */
  snapBytes?: number | undefined;
  fanout?: Fanout | undefined;
  /** Where the source counts what it lost. */
  losses: Losses;
  log?: Log | undefined;
  /** Wall time for retries, milliseconds since 1970. */
  nowMs?: (() => number) | undefined;
}
