import { statSync } from "node:fs";
import { basename } from "node:path";
import { AppError } from "../lib/errors.ts";
import { PacketBlock } from "../model/packet.ts";
import type { Losses } from "../obs/losses.ts";
import { CaptureFile, ReadBuffer } from "./formats/capture-file.ts";
import { openInput, probeFile } from "./formats/open-input.ts";
import type { CaptureCounters, CaptureOptions, FileReport, PacketSource } from "./source.ts";

/** Capture files (pcap, pcapng, gzipped or not; "-" is standard input), one after the other as one stream. */
export class PcapFileSource implements PacketSource {
  readonly title: string;
  private readonly paths: readonly string[];
  private readonly keepsGoing: boolean;
  private readonly losses: Losses;
  private readonly block = new PacketBlock();
  private readonly buffer = new ReadBuffer();
  private readonly reports: FileReport[] = [];
  private readonly sizes: (number | undefined)[];
  private readonly hasFilter: boolean;
  private current: CaptureFile | undefined;
  private nextPath = 0;
  private doneBytes = 0;
  private packets = 0;
  private wireBytes = 0;
  private newestMicros = -1;

  constructor(options: CaptureOptions) {
    this.paths = options.files ?? [];
    this.keepsGoing = options.keepGoing ?? false;
    this.losses = options.losses;
    this.hasFilter = options.filter !== undefined;
    this.sizes = this.paths.map(sizeOf);
    const first = this.paths[0] === "-" ? "standard input" : basename(this.paths[0] ?? "");
    this.title = this.paths.length > 1 ? `${first} and ${this.paths.length - 1} more` : first;
  }

  /** Looks at every file, and throws for the first that is none unless told to keep going: then `files()` has the fault. */
  async open(): Promise<void> {
    if (this.hasFilter)
      throw new AppError(
        "capture_filter",
        "a capture filter works on a live interface only: filter files with `tcpdump -r FILE -w - EXPRESSION`",
        { exitCode: 2 },
      );
    if (!this.keepsGoing)
      for (const path of this.paths) {
        const fault = probeFile(path);
        if (fault) throw fault;
      }
    this.begin();
    await this.current?.start();
    if (this.current?.fault && !this.keepsGoing) throw this.current.fault;
  }

  next(): PacketBlock | "idle" | "end" {
    for (;;) {
      if (!this.current && !this.begin()) return "end";
      const got = this.current!.next(this.block);
      if (got !== "end") return got;
      this.end();
    }
  }

  async ready(maxMs: number): Promise<void> {
    await this.current?.ready(maxMs);
  }

  counters(): CaptureCounters {
    const reader = this.current?.reader;
    const newest = Math.max(this.newestMicros, reader?.newestMicros ?? -1);
    return {
      seenPackets: this.packets + (reader?.packets ?? 0),
      seenBytes: this.wireBytes + (reader?.wireBytes ?? 0),
      filteredPackets: 0,
      kernelDrops: 0,
      interfacePackets: undefined,
      newestMicros: newest < 0 ? undefined : newest,
    };
  }

  /** Reports of the files that were read, and of the one being read as far as it goes. */
  files(): FileReport[] {
    if (!this.current) return [...this.reports];
    return [...this.reports, { ...this.current.report, packets: this.current.reader?.packets ?? 0 }];
  }

  progress(): number | undefined {
    let total = 0;
    for (const size of this.sizes) {
      if (size === undefined) return undefined;
      total += size;
    }
    return total === 0 ? 1 : Math.min(1, (this.doneBytes + (this.current?.consumed ?? 0)) / total);
  }

  close(): void {
    this.current?.close();
    this.block.reset(Buffer.alloc(0));
  }

  /** Opens the next file that can be opened; false when there is none left. */
  private begin(): boolean {
    while (this.nextPath < this.paths.length) {
      const path = this.paths[this.nextPath];
      this.nextPath += 1;
      try {
        this.current = new CaptureFile(path, openInput(path), this.buffer, this.losses);
        return true;
      } catch (error) {
        if (!(error instanceof AppError) || (!this.keepsGoing && this.nextPath === 1)) throw error;
        const fault = error.code === "capture_missing" ? "capture_missing" : "capture_not_a_capture";
        this.reports.push({ name: basename(path), packets: 0, linktype: "", complete: false, warning: error.message, fault });
      }
    }
    return false;
  }

  private end(): void {
    const file = this.current!;
    this.reports.push(file.report);
    this.doneBytes += this.sizes[this.nextPath - 1] ?? 0;
    this.packets += file.reader?.packets ?? 0;
    this.wireBytes += file.reader?.wireBytes ?? 0;
    this.newestMicros = Math.max(this.newestMicros, file.reader?.newestMicros ?? -1);
    this.current = undefined;
  }
}

function sizeOf(path: string): number | undefined {
  try {
    const stat = path === "-" ? undefined : statSync(path);
    return stat?.isFile() ? stat.size : undefined;
  } catch {
    return undefined; // Opening it will say why.
  }
}
