import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Position, SpoolEntry } from "./spool.ts";

/** Tries at one entry after a start; a core that died of it so often in recovery alone does not try again. */
const MOST_TRIES = 2;
/** Entries kept aside; beyond it they are only counted. */
const MOST_ASIDE = 64;

/**
 * Which entry of the spool the core is at work on after a start. A core that dies of an entry would die of it at every start: the
 * note says so to the next one, which sets the entry aside in a file of its own and goes on.
 */
export class Suspect {
  private readonly note: string;
  private readonly aside: string;
  /** Tries by position, of entries that nobody has got past yet. */
  private readonly tries: Map<Position, number>;
  private current: Position | undefined;

  /** `folder` is that of the spool. */
  constructor(folder: string) {
    this.note = join(folder, "judging");
    this.aside = join(folder, "set-aside");
    this.tries = readNote(this.note);
  }

  /** True when the entry may be judged (the one before it was); false when it was tried too often, and is set aside now. */
  mayTry(entry: SpoolEntry): boolean {
    if (this.current !== undefined) this.tries.delete(this.current);
    const tries = (this.tries.get(entry.position) ?? 0) + 1;
    this.current = entry.position;
    if (tries > MOST_TRIES) {
      this.setAside(entry);
      return false;
    }
    this.tries.set(entry.position, tries);
    try {
      writeFileSync(`${this.note}.part`, JSON.stringify([...this.tries]));
      renameSync(`${this.note}.part`, this.note);
    } catch {
      // A disk that takes no note takes no spool either: health has said so, and the worst is one more death.
    }
    return true;
  }

  /** All entries are judged. */
  clear(): void {
    this.tries.clear();
    this.current = undefined;
    rmSync(this.note, { force: true });
  }

  private setAside({ position, payload }: SpoolEntry): void {
    try {
      mkdirSync(this.aside, { recursive: true, mode: 0o750 });
      if (readdirSync(this.aside).length < MOST_ASIDE) writeFileSync(join(this.aside, `${position}.flows`), payload, { mode: 0o640 });
    } catch {
      // It is counted all the same.
    }
  }
}

function readNote(path: string): Map<Position, number> {
  try {
    const pairs: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!Array.isArray(pairs)) return new Map();
    return new Map(pairs.filter((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite)));
  } catch {
    // No note: the core before this one ended of something else.
    return new Map();
  }
}
