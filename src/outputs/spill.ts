import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError, reasonOf } from "../lib/errors.ts";

const CHUNK_BYTES = 1 << 20;
/** Text kept in memory before a file is made; nearly every capture stays below. */
const IN_MEMORY_BYTES = 32 << 20;

/**
 * Texts put away in the order they come and read back in another: in memory while they are few, then in a file beside the
 * output that is unlinked as soon as it is open, so that nothing is left behind whatever happens.
 */
export class Spill {
  private chunks: Buffer[] = [];
  private chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private used = 0;
  /** Bytes before `chunk`. */
  private before = 0;
  private fd: number | undefined;
  private readonly folder: string;

  /** `beside`: a path whose folder takes the file; undefined: the system's folder for temporary files. */
  constructor(beside: string | undefined) {
    this.folder = beside === undefined ? tmpdir() : dirname(beside);
  }

  /** Bytes put so far: where the next text will stand. */
  get length(): number {
    return this.before + this.used;
  }

  /** Appends the text in UTF-8. Throws an AppError (`output_failed`) when the disk refuses. */
  put(text: string): void {
    if (text.length * 3 > CHUNK_BYTES - this.used) {
      this.turnOver();
      if (text.length * 3 > CHUNK_BYTES) {
        const large = Buffer.from(text);
        this.keep(large);
        this.before += large.length;
        return;
      }
    }
    this.used += this.chunk.write(text, this.used);
  }

  /** Copies bytes [from, from + length) into `target` at 0. */
  read(from: number, length: number, target: Buffer): void {
    let done = 0;
    if (this.fd !== undefined) {
      while (done < length && from + done < this.before) {
        const count = readSync(this.fd, target, done, Math.min(length - done, this.before - from - done), from + done);
        if (count === 0) throw new AppError("output_failed", `the temporary file in ${this.folder} lost its end: check the disk`);
        done += count;
      }
    } else {
      // In memory each kept buffer ends where the next begins; starts are found by walking, which `order` makes rare.
      for (let index = this.chunkAt(from); done < length && index < this.chunks.length; index += 1) {
        const start = this.starts[index];
        done += this.chunks[index].copy(target, done, from + done - start, Math.min(this.chunks[index].length, from + length - start));
      }
    }
    if (done < length) this.chunk.copy(target, done, from + done - this.before, from + length - this.before);
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
    this.chunks = [];
  }

  private readonly starts: number[] = [];

  private chunkAt(position: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private turnOver(): void {
    if (this.used === 0) return;
    this.keep(this.chunk.subarray(0, this.used));
    this.before += this.used;
    this.used = 0;
    if (this.fd === undefined) this.chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  }

  private keep(bytes: Buffer): void {
    if (this.fd === undefined && this.before + bytes.length <= IN_MEMORY_BYTES) {
      this.starts.push(this.before);
      this.chunks.push(bytes);
      return;
    }
    try {
      if (this.fd === undefined) {
        const path = join(this.folder, `.bordertap-${process.pid}-${Date.now().toString(36)}.tmp`);
        this.fd = openSync(path, "wx+", 0o600);
        unlinkSync(path);
        let at = 0;
        for (const chunk of this.chunks) {
          writeAll(this.fd, chunk, at);
          at += chunk.length;
        }
        this.chunks = [];
        this.starts.length = 0;
      }
      writeAll(this.fd, bytes, this.before);
    } catch (error) {
      throw new AppError(
        "output_failed",
        `cannot write a temporary file in ${this.folder}: ${reasonOf(error)}; free some space or choose another folder for the output`,
        { cause: error },
      );
    }
  }
}

function writeAll(fd: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
}
