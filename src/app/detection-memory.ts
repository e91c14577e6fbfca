import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { reasonOf } from "../lib/errors.ts";
import type { Health } from "../obs/health.ts";

/** Beyond this a file is none of ours: the tables that it holds are bounded. */
const LARGEST_BYTES = 256 * 2 ** 20;

/**
 * What detections remember over a restart (baselines, who was seen when), as one JSON file that is written anew each time. What
 * is lost of it is learned again, so a file that cannot be read or written is a health state and no reason to stop.
 */
export class DetectionMemory {
  private readonly path: string;
  private readonly health: Health;
  private isWriting: Promise<void> | undefined;

  constructor(path: string, health: Health) {
    this.path = path;
    this.health = health;
  }

  /** What was written last; undefined when there is nothing that can be read. */
  read(): unknown {
    try {
      const bytes = readFileSync(this.path);
      return bytes.length > LARGEST_BYTES ? undefined : JSON.parse(bytes.toString("utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        this.tell(`cannot read ${this.path}: ${reasonOf(error)}; baselines are learned anew`);
      return undefined;
    }
  }

  /** Writes beside the old file and puts the new one in its place; one at a time. */
  write(value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    this.isWriting = (this.isWriting ?? Promise.resolve()).then(() => this.replace(text));
    return this.isWriting;
  }

  private async replace(text: string): Promise<void> {
    try {
      await writeFile(`${this.path}.new`, text, { mode: 0o640 });
      await rename(`${this.path}.new`, this.path);
      this.health.set("detection memory", "ok", "");
    } catch (error) {
      this.tell(`cannot write ${this.path}: ${reasonOf(error)}; after a restart baselines would be learned anew`);
    }
  }

  private tell(text: string): void {
    this.health.set("detection memory", "degraded", text);
  }
}
