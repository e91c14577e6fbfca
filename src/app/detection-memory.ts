import { readFileSync, renameSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { reasonOf } from "../lib/errors.ts";
import { placeDurably } from "../lib/place-file.ts";
import { formatBytes } from "../lib/units.ts";
import type { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import { silentLog } from "../obs/silent-log.ts";

/** Beyond this a file is none of ours: the tables that it holds are bounded. */
export const LARGEST_BYTES = 256 * 2 ** 20;

/** The file operations that it needs, so that tests can make each of them fail. */
export interface MemoryFiles {
  /** Length in bytes; undefined when there is no such file. */
  size(path: string): number | undefined;
  read(path: string): string;
  /** Puts a file out of the way. */
  setAside(from: string, to: string): void;
  write(path: string, text: string): Promise<void>;
  /** Puts a file that was written in another's place, so that either of the two survives a power cut whole. */
  place(from: string, to: string): Promise<void>;
}

const diskFiles: MemoryFiles = {
  size: (path) => statSync(path, { throwIfNoEntry: false })?.size,
  read: (path) => readFileSync(path, "utf8"),
  setAside: renameSync,
  write: (path, text) => writeFile(path, text, { mode: 0o640 }),
  place: placeDurably,
};

/**
 * What detections remember over a restart (baselines, who was seen when), as one JSON file that is written anew each time. What
 * is lost of it is learned again, so a file that cannot be read or written is said, a health state, and no reason to stop. A file that
 * is none of ours, or torn, is kept beside for whoever wants to look at it.
 */
export class DetectionMemory {
  private readonly path: string;
  private readonly health: Health;
  private readonly log: Log;
  private readonly files: MemoryFiles;
  private isWriting: Promise<void> | undefined;

  constructor(path: string, health: Health, log: Log = silentLog, files: MemoryFiles = diskFiles) {
    this.path = path;
    this.health = health;
    this.log = log;
    this.files = files;
  }

  /** What was written last; undefined when there is nothing that can be read. */
  read(): unknown {
    try {
      const bytes = this.files.size(this.path);
      if (bytes === undefined) return undefined;
      if (bytes <= LARGEST_BYTES) return this.parsed(this.files.read(this.path));
      this.setAside(`it has ${formatBytes(bytes)}, and ours never have more than ${formatBytes(LARGEST_BYTES)}`);
    } catch (error) {
      this.tell(`cannot read ${this.path}: ${reasonOf(error)}; baselines are learned anew`);
    }
    return undefined;
  }

  /** Writes beside the old file and puts the new one in its place; one at a time. */
  write(value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    this.isWriting = (this.isWriting ?? Promise.resolve()).then(() => this.replace(text));
    return this.isWriting;
  }

  private parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      this.setAside(reasonOf(error));
      return undefined;
    }
  }

  private setAside(why: string): void {
    const to = `${this.path}.set-aside`;
    this.files.setAside(this.path, to);
    this.tell(`${this.path} cannot be used (${why}): kept as ${to}; baselines are learned anew`);
  }

  private async replace(text: string): Promise<void> {
    const bytes = Buffer.byteLength(text);
    if (bytes > LARGEST_BYTES) {
      // The next start would refuse it: better what is there.
      this.tell(`${this.path} is not written: it would have ${formatBytes(bytes)}, more than ${formatBytes(LARGEST_BYTES)}`);
      return;
    }
    try {
      await this.files.write(`${this.path}.new`, text);
      await this.files.place(`${this.path}.new`, this.path);
      this.health.set("detection memory", "ok", "");
    } catch (error) {
      this.tell(`cannot write ${this.path}: ${reasonOf(error)}; after a restart baselines would be learned anew`);
    }
  }

  /** The health state lasts until the next write that works; the log keeps it. */
  private tell(text: string): void {
    this.health.set("detection memory", "degraded", text);
    this.log.warn(text);
  }
}
