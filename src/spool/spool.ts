import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { BoundedMap } from "../lib/bounded-map.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Health } from "../obs/health.ts";

/**
 * What the core has taken from sensors and has not yet worked into alerts and history, as it came off the socket.
 * Its recovery path is its main feature: after any death the core reads it again from the last applied position.
 *
 * Segment files of entries: magic u32 · payload bytes u32 · crc32 of the rest u32 · thread u32 · sequence f64 · epoch
 * (16 bytes, ASCII, zero-padded) · payload. A torn last entry is what the writer had not finished: it was never acknowledged.
 */
const MAGIC = 0x4c4f5053;
const HEADER_BYTES = 40;
/** Sensor threads, dead ones included, whose last sequence is remembered. */
const MOST_SENSORS = 256;

/** Segment number × 2^32 + offset: grows along the spool. */
export type Position = number;
const SEGMENT_STEP = 2 ** 32;

export interface SpoolEntry {
  position: Position;
  /** Position after it. */
  next: Position;
  epoch: string;
  thread: number;
  sequence: number;
  payload: Buffer;
}

export interface SpoolOptions {
  folder: string;
  health: Health;
  segmentBytes?: number;
  /** Beyond this the oldest segments go, applied or not (counted). */
  limitBytes?: number;
}

export class Spool {
  private readonly folder: string;
  private readonly health: Health;
  private readonly segmentBytes: number;
  private readonly limitBytes: number;
  private segments: { number: number; bytes: number }[] = [];
  private fd = -1;
  /** Highest sequence stored, by "epoch/thread": what a sensor sends again after a break is recognised by it. */
  private readonly sequences = new BoundedMap<string, number>(MOST_SENSORS);
  /** Entries that could not be stored, and segments given up unapplied for want of room. */
  failedEntries = 0;
  forgottenSegments = 0;

  constructor(options: SpoolOptions) {
    this.folder = options.folder;
    this.health = options.health;
    this.segmentBytes = options.segmentBytes ?? 16 * 1024 * 1024;
    this.limitBytes = options.limitBytes ?? 1024 * 1024 * 1024;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o750 });
      this.segments = readdirSync(this.folder)
        .filter((name) => /^\d{8}\.spool$/.test(name))
        .map((name) => ({ number: Number(name.slice(0, 8)), bytes: statSync(join(this.folder, name)).size }))
        .sort((a, b) => a.number - b.number);
    } catch (error) {
      throw new AppError("spool_failed", `cannot use the spool folder ${this.folder}: ${reasonOf(error)}`, { cause: error });
    }
    for (const entry of this.read(0)) this.remember(entry.epoch, entry.thread, entry.sequence);
    this.health.set("spool", "ok");
  }

  /** True when this batch is stored already. */
  has(epoch: string, thread: number, sequence: number): boolean {
    return sequence <= (this.sequences.get(`${epoch}/${thread}`) ?? 0);
  }

  /** Stores an entry; the position after it, or undefined when the disk refuses (health says so; detection goes on without). */
  append(epoch: string, thread: number, sequence: number, payload: Buffer): Position | undefined {
    this.remember(epoch, thread, sequence);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(payload.length, 4);
    header.writeUInt32LE(thread, 12);
    header.writeDoubleLE(sequence, 16);
    header.write(epoch.slice(0, 16), 24, "ascii");
    header.writeUInt32LE(crc32(payload, crc32(header.subarray(12))), 8);
    let started = false;
    try {
      const segment = this.writable(HEADER_BYTES + payload.length);
      started = true;
      writeAll(this.fd, header);
      writeAll(this.fd, payload);
      segment.bytes += HEADER_BYTES + payload.length;
      this.health.set("spool", "ok");
      return segment.number * SEGMENT_STEP + segment.bytes;
    } catch (error) {
      this.failedEntries += 1;
      this.health.set("spool", "degraded", `${this.folder}: ${reasonOf(error)}: events are judged but would not survive a crash now`);
      if (started) this.abandonTail();
      return undefined;
    }
  }

  /** Makes what was appended survive a power cut; calls back with the error, if any. */
  sync(done: (error?: unknown) => void): void {
    if (this.fd < 0) done();
    else fdatasync(this.fd, (error) => done(error ?? undefined));
  }

  /** Entries from a position on, in order; stops at a torn or damaged entry of a segment and goes on with the next segment. */
  *read(from: Position): Generator<SpoolEntry> {
    for (const { number } of [...this.segments]) {
      if ((number + 1) * SEGMENT_STEP <= from) continue;
      let bytes: Buffer;
      try {
        bytes = readFileSync(this.pathOf(number));
      } catch (error) {
        this.health.set("spool", "degraded", `${this.pathOf(number)}: ${reasonOf(error)}`);
        continue;
      }
      let at = 0;
      while (at + HEADER_BYTES <= bytes.length && bytes.readUInt32LE(at) === MAGIC) {
        const end = at + HEADER_BYTES + bytes.readUInt32LE(at + 4);
        if (end > bytes.length) break;
        const payload = bytes.subarray(at + HEADER_BYTES, end);
        if (bytes.readUInt32LE(at + 8) !== crc32(payload, crc32(bytes.subarray(at + 12, at + HEADER_BYTES)))) break;
        const position = number * SEGMENT_STEP + at;
        if (position >= from) {
          const epoch = bytes.toString("ascii", at + 24, at + 40).replace(/\0+$/, "");
          yield {
            position,
            next: number * SEGMENT_STEP + end,
            epoch,
            thread: bytes.readUInt32LE(at + 12),
            sequence: bytes.readDoubleLE(at + 16),
            payload,
          };
        }
        at = end;
      }
    }
  }

  /** Removes whole segments that lie before the position. The newest stays. */
  trim(upTo: Position): void {
    while (this.segments.length > 1 && this.segments[1].number * SEGMENT_STEP <= upTo) this.removeOldest();
  }

  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  close(): void {
    if (this.fd < 0) return;
    fsyncSync(this.fd);
    closeSync(this.fd);
    this.fd = -1;
  }

  private writable(needed: number): { number: number; bytes: number } {
    const last = this.segments.at(-1);
    if (this.fd >= 0 && last && last.bytes + needed <= this.segmentBytes) return last;
    // Always a new file after a start: what follows a torn entry would not be read.
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    const segment = { number: (last?.number ?? 0) + 1, bytes: 0 };
    this.fd = openSync(this.pathOf(segment.number), "wx", 0o640);
    this.segments.push(segment);
    while (this.segments.length > 1 && this.bytes + this.segmentBytes > this.limitBytes) {
      this.forgottenSegments += 1;
      this.removeOldest();
    }
    return segment;
  }

  /** Cuts a half-written entry off, or, when even that fails, leaves the segment so that nothing is written behind it. */
  private abandonTail(): void {
    const last = this.segments.at(-1);
    try {
      if (this.fd >= 0 && last) ftruncateSync(this.fd, last.bytes);
    } catch {
      closeSync(this.fd);
      this.fd = -1;
    }
  }

  private removeOldest(): void {
    const oldest = this.segments.shift();
    if (oldest) rmSync(this.pathOf(oldest.number), { force: true });
  }

  private remember(epoch: string, thread: number, sequence: number): void {
    const key = `${epoch}/${thread}`;
    this.sequences.delete(key);
    this.sequences.set(key, sequence);
  }

  private pathOf(number: number): string {
    return join(this.folder, `${String(number).padStart(8, "0")}.spool`);
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(fd, bytes, at);
}
