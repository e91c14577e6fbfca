import type { Readable } from "node:stream";
import { reasonOf } from "../../lib/errors.ts";
import type { ByteInput } from "./byte-input.ts";
import { Chunks } from "./chunks.ts";

const ENOUGH_BYTES = 8 << 20;

/** A pipe (standard input, a FIFO, a child's output): read as it comes, held back when nobody takes it. */
export class StreamInput implements ByteInput {
  consumed = 0;
  problem: string | undefined;
  private readonly stream: Readable;
  private readonly chunks = new Chunks();
  private hasEnded = false;

  constructor(stream: Readable) {
    this.stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      if (this.chunks.waiting > ENOUGH_BYTES) stream.pause();
    });
    stream.on("end", () => this.end());
    stream.on("close", () => this.end());
    stream.on("error", (error) => {
      this.problem = `reading stopped: ${reasonOf(error)}`;
      this.end();
    });
  }

  read(target: Buffer, at: number, limit: number): number {
    const n = this.chunks.take(target, at, limit);
    this.consumed += n;
    if (this.chunks.waiting <= ENOUGH_BYTES / 2 && this.stream.isPaused()) this.stream.resume();
    return n > 0 || this.hasEnded ? n : -1;
  }

  ready(maxMs: number): Promise<void> {
    return this.hasEnded || this.chunks.waiting > 0 ? Promise.resolve() : this.chunks.wait(maxMs);
  }

  close(): void {
    this.stream.destroy();
  }

  private end(): void {
    this.hasEnded = true;
    this.chunks.wake();
  }
}
