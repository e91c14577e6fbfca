import { closeSync, readSync } from "node:fs";

/** Where the bytes of a capture come from: a file, a pipe, or either of them unpacked. */
export interface ByteInput {
  /** Copies at most `limit` bytes to `target` at `at` and returns how many: 0 at the end, -1 when there are none now. Throws what the system throws. */
  read(target: Buffer, at: number, limit: number): number;
  /** Resolves when `read` may have bytes, at the latest after `maxMs`. Only called after -1. */
  ready(maxMs: number): Promise<void>;
  /** Bytes taken from the file itself, for progress. */
  readonly consumed: number;
  /** Why the bytes ended before their end, for people. */
  readonly problem: string | undefined;
  close(): void;
}

/** A regular file: never waits. */
export class FileInput implements ByteInput {
  readonly problem = undefined;
  consumed = 0;
  private fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  read(target: Buffer, at: number, limit: number): number {
    const n = readSync(this.fd, target, at, limit, null);
    this.consumed += n;
    return n;
  }

  async ready(): Promise<void> {}

  close(): void {
    if (this.fd > 2) closeSync(this.fd);
    this.fd = -1;
  }
}
