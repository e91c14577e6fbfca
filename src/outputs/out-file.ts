import { closeSync, openSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { AppError, reasonOf } from "../lib/errors.ts";

const STANDARD_OUTPUT = 1;
const RETRY_MS = 2;

/**
 * A file that appears whole or not at all: written under another name and renamed at the end. "-" is standard output;
 * devices and pipes are written as they are. Errors are AppErrors (`output_failed`) that name the file.
 */
export class OutFile {
  private readonly path: string;
  private readonly temporary: string | undefined;
  private fd: number;

  constructor(path: string) {
    this.path = path;
    if (path === "-") {
      this.fd = STANDARD_OUTPUT;
      return;
    }
    this.temporary = isSpecial(path) ? undefined : `${path}.${process.pid}.part`;
    this.fd = this.guard(() => openSync(this.temporary ?? path, "w", 0o640));
  }

  write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.fd, bytes, done, bytes.length - done);
      } catch (error) {
        // A full pipe that somebody made non-blocking: the reader needs a moment.
        if ((error as NodeJS.ErrnoException).code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
        else throw this.failed(error);
      }
    }
  }

  finish(): void {
    if (this.fd === STANDARD_OUTPUT) return;
    this.guard(() => closeSync(this.fd));
    const { temporary } = this;
    if (temporary !== undefined) this.guard(() => renameSync(temporary, this.path));
  }

  /** Gives up: what was written goes away. */
  abandon(): void {
    if (this.fd === STANDARD_OUTPUT) return;
    try {
      closeSync(this.fd);
      if (this.temporary !== undefined) unlinkSync(this.temporary);
    } catch {
      // It is being thrown away because something failed; that failure is the one to tell.
    }
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.failed(error);
    }
  }

  private failed(error: unknown): AppError {
    const name = this.path === "-" ? "standard output" : this.path;
    return new AppError("output_failed", `cannot write ${name}: ${reasonOf(error)}; check the folder, its rights and its free space`, {
      cause: error,
    });
  }
}

function isSpecial(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch {
    // Not there yet: it will be a plain file.
    return false;
  }
}
