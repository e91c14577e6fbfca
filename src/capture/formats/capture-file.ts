import { basename } from "node:path";
import { AppError, reasonOf } from "../../lib/errors.ts";
import type { FileReport } from "../../model/capture.ts";
import type { PacketBlock } from "../../model/packet.ts";
import type { Losses } from "../../obs/losses.ts";
import type { ByteInput } from "./byte-input.ts";
import { isGzip, readerFor } from "./detect.ts";
import { GzipInput } from "./gzip-input.ts";
import { linkNames } from "./link-names.ts";
import { LONGEST_BLOCK, type RecordReader } from "./record-reader.ts";

const READ_BYTES = 1 << 20;

/** The buffer that all files of a source are read into, one after the other. */
export class ReadBuffer {
  bytes = Buffer.allocUnsafeSlow(READ_BYTES);

  /** Makes room behind `used` bytes for a record that is longer than the buffer. Readers refuse records that this could not hold. */
  grow(used: number): void {
    if (this.bytes.length > LONGEST_BLOCK) throw new Error("a record reader asked for more than its own limit");
    const larger = Buffer.allocUnsafeSlow(this.bytes.length * 2);
    this.bytes.copy(larger, 0, 0, used);
    this.bytes = larger;
  }
}

/** Reads one capture from its first byte to its last whole record. */
export class CaptureFile {
  readonly report: FileReport;
  /** Why it is no capture. */
  fault: AppError | undefined;
  reader: RecordReader | undefined;
  private readonly path: string;
  private input: ByteInput;
  private readonly buffer: ReadBuffer;
  private readonly losses: Losses;
  private from = 0;
  private to = 0;
  private isUnpacked = false;
  private inputEnded = false;
  private readProblem: string | undefined;
  private isOver = false;

  constructor(path: string, input: ByteInput, buffer: ReadBuffer, losses: Losses) {
    this.path = path === "-" ? "standard input" : path;
    this.report = { name: basename(path), packets: 0, linktype: "", complete: false };
    this.input = input;
    this.buffer = buffer;
    this.losses = losses;
  }

  get consumed(): number {
    return this.input.consumed;
  }

  /** Reads up to the first record: afterwards either `reader` or `fault` is set. */
  async start(): Promise<void> {
    while (!this.isOver && !this.findReader()) if (this.fill() === "idle") await this.ready(1000);
  }

  next(block: PacketBlock): PacketBlock | "idle" | "end" {
    block.reset(this.buffer.bytes);
    while (!this.isOver) {
      if (this.findReader()) {
        this.from = this.reader!.index(block, this.from, this.to);
        if (block.count > 0) return block;
        if (this.reader!.fault !== undefined || this.inputEnded) return this.finish();
      }
      if (this.fill() === "idle") return "idle";
      block.reset(this.buffer.bytes);
    }
    return "end";
  }

  ready(maxMs: number): Promise<void> {
    return this.input.ready(maxMs);
  }

  close(): void {
    this.isOver = true;
    this.input.close();
  }

  /** Whether the format is known; unpacks, and gives up, as the first bytes tell. */
  private findReader(): boolean {
    if (this.reader) return true;
    const head = this.buffer.bytes.subarray(this.from, this.to);
    if (!this.isUnpacked && isGzip(head)) {
      this.input = new GzipInput(Buffer.from(head), this.input);
      this.isUnpacked = true;
      this.inputEnded = false;
      this.from = this.to = 0;
      return false;
    }
    const found = readerFor(head);
    if (found === "short") {
      if (this.inputEnded)
        this.refuse(this.readProblem ?? this.input.problem ?? (head.length === 0 ? "it is empty" : "it ends inside its header"));
      return false;
    }
    if ("notCapture" in found) {
      this.refuse(found.notCapture.replace("FILE", this.path));
      return false;
    }
    this.reader = found.reader;
    this.from += found.headerBytes;
    return true;
  }

  private fill(): "filled" | "idle" {
    if (this.isOver) return "filled";
    if (this.from > 0) {
      this.buffer.bytes.copyWithin(0, this.from, this.to);
      this.to -= this.from;
      this.from = 0;
    }
    if (this.to === this.buffer.bytes.length) this.buffer.grow(this.to);
    let n = 0;
    try {
      n = this.input.read(this.buffer.bytes, this.to, this.buffer.bytes.length - this.to);
    } catch (error) {
      this.readProblem = `reading stopped: ${reasonOf(error)}`;
    }
    if (n < 0) return "idle";
    this.to += n;
    if (n === 0) this.inputEnded = true;
    return "filled";
  }

  private refuse(why: string): void {
    this.fault = new AppError("capture_not_a_capture", `${this.path} is no packet capture (pcap, pcapng, or one of them gzipped): ${why}`, {
      exitCode: 2,
    });
    this.report.fault = "capture_not_a_capture";
    this.report.warning = this.fault.message;
    this.close();
  }

  private finish(): "end" {
    const reader = this.reader!;
    const warnings: string[] = [];
    const problem = this.readProblem ?? this.input.problem;
    const endsInRecord = this.from < this.to && reader.fault === undefined;
    if (reader.fault !== undefined) {
      warnings.push(`${reader.fault}: reading stopped there`);
      this.losses.add("record_length");
    } else if (problem !== undefined || endsInRecord) {
      warnings.push([problem, endsInRecord ? "it ends inside a record" : undefined].filter(Boolean).join(", "));
      this.losses.add("record_truncated");
    }
    this.report.complete = warnings.length === 0;
    if (reader.oddRecords > 0) {
      warnings.push(`${reader.oddRecords} records contradict themselves`);
      this.losses.add("record_length", reader.oddRecords);
    }
    if (reader.remark !== undefined) warnings.push(reader.remark);
    if (warnings.length > 0) this.report.warning = warnings.join("; ");
    this.report.packets = reader.packets;
    this.report.linktype = linkNames(reader.linkTypes);
    this.close();
    return "end";
  }
}
