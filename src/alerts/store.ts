import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Health } from "../obs/health.ts";
import type { JournalFile, JournalFiles } from "./files.ts";
import { decodeJournal, encodeGroup, JOURNAL_HEADER, type Recovered } from "./journal.ts";

const COMMIT_MS = 50;
/** For what the input could tell once more after a crash: growth, and the position itself. */
const LAZY_COMMIT_MS = 1000;
const RETRY_MS = 1000;
/** A journal is written anew when it is this large and this many times what is in it. */
const COMPACT_BYTES = 4_000_000;
const COMPACT_RATIO = 4;
const SLICE = 200;

export interface StoreOptions {
  path: string;
  files: JournalFiles;
  clock: Clock;
  health: Health | undefined;
  /** JSON text of an alert's whole line, or of its growth; undefined when there is no such alert any more. */
  encode(id: string, isWhole: boolean): string | undefined;
  /** All ids, in the order to be written. */
  ids(): string[];
  /** The input is applied up to here, on the disk. */
  onDurable(position: string): void;
}

/**
 * Makes alerts durable: changes are gathered for 50 ms (growth alone: a second) and appended as one group with one sync. When
 * the disk refuses, everything goes on in memory, and the whole of what changed is tried again each second.
 */
export class AlertStore {
  failures = 0;
  bytes = 0;
  private readonly options: StoreOptions;
  private file: JournalFile | undefined;
  /** Ids to write: true for the whole alert. */
  private dirty = new Map<string, boolean>();
  private dropped = new Set<string>();
  private position: string | undefined;
  private isPositionDirty = false;
  /** Findings were taken since the last `commit`: to write now would tell more than the position says. */
  private isAhead = false;
  private usesPositions = false;
  private isWriting = false;
  /** When the next flush is due, and before when none is tried after a failure. */
  private dueMs = Number.POSITIVE_INFINITY;
  private retryAtMs = 0;
  private isTorn = false;
  private isFailing = false;
  private isClosing = false;
  private wholeBytes = 0;
  private waiters: (() => void)[] = [];

  private constructor(options: StoreOptions) {
    this.options = options;
  }

  /** Reads what is there and opens it. Throws an AppError (`alerts_store`) when the folder cannot be used or holds something else. */
  static async open(options: StoreOptions): Promise<{ store: AlertStore; recovered: Recovered }> {
    const { path, files } = options;
    const store = new AlertStore(options);
    try {
      const bytes = files.read(path) ?? Buffer.alloc(0);
      const recovered = decodeJournal(bytes);
      if (recovered === undefined)
        throw new AppError(
          "alerts_store",
          `${path} is no alerts journal of this version: move it away, or start the version that wrote it`,
        );
      store.file = await files.open(path, false);
      if (recovered.goodBytes === 0) {
        await store.file.truncate(0);
        await store.file.write(Buffer.from(JOURNAL_HEADER), 0);
        recovered.goodBytes = JOURNAL_HEADER.length;
      } else if (recovered.goodBytes < bytes.length) await store.file.truncate(recovered.goodBytes);
      store.bytes = recovered.goodBytes;
      store.position = recovered.position;
      if (recovered.badGroups === 0) options.health?.set("alerts", "ok");
      else options.health?.set("alerts", "degraded", `${path}: ${recovered.badGroups} damaged changes were left out; check the disk`);
      return { store, recovered };
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("alerts_store", `cannot open ${path}: ${reasonOf(error)}; give bordertap a state folder it may write to`, {
        cause: error,
      });
    }
  }

  /** A finding was taken: nothing is written before the next `commit`, where positions are in use. */
  taken(): void {
    this.isAhead = this.usesPositions;
  }

  /** `isAct`: a person's doing. All else comes again from the input after a crash, so it may wait where positions are in use. */
  mark(id: string, isWhole: boolean, isAct = false): void {
    // To be written already, so a flush is due.
    if (!isWhole && this.dirty.has(id)) return;
    this.dirty.set(id, isWhole);
    this.schedule(isAct || (isWhole && !this.usesPositions) ? COMMIT_MS : LAZY_COMMIT_MS);
  }

  drop(id: string): void {
    this.dirty.delete(id);
    this.dropped.add(id);
    this.schedule(COMMIT_MS);
  }

  /** All findings up to this position were taken. */
  commit(position: string): void {
    this.usesPositions = true;
    this.isAhead = false;
    if (position === this.position && !this.isPositionDirty) return;
    this.position = position;
    this.isPositionDirty = true;
    this.schedule(LAZY_COMMIT_MS);
  }

  /** Resolves when everything up to now is on the disk (at once when it is). While the disk refuses, it waits. */
  durable(): Promise<void> {
    if (!this.hasWork && !this.isWriting) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      void this.flush();
    });
  }

  /** Tries once more to write what is left, then closes. Call `commit` before: what is ahead of the position would be applied again. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.isAhead = false;
    while (this.isWriting) await new Promise<void>((resolve) => this.waiters.push(resolve));
    if (this.hasWork) await this.flush();
    await this.file?.close().catch(() => undefined);
    this.file = undefined;
  }

  private get hasWork(): boolean {
    return this.dirty.size > 0 || this.dropped.size > 0 || this.isPositionDirty;
  }

  private schedule(afterMs: number): void {
    const { clock } = this.options;
    const due = clock.nowMs() + afterMs;
    if (due >= this.dueMs || this.isClosing) return;
    this.dueMs = due;
    clock.after(afterMs, () => {
      if (this.dueMs === due) this.dueMs = Number.POSITIVE_INFINITY;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    if (this.isWriting || this.file === undefined || !this.hasWork) return;
    const { clock, health } = this.options;
    const tooEarlyMs = this.isClosing ? 0 : this.retryAtMs - clock.nowMs();
    // Longer than the pause itself: the clock was set back.
    if (this.isAhead || (tooEarlyMs > 0 && tooEarlyMs <= RETRY_MS)) {
      this.schedule(Math.max(COMMIT_MS, tooEarlyMs));
      return;
    }
    this.isWriting = true;
    let hasFailed = false;
    try {
      if (this.bytes > COMPACT_BYTES && this.bytes > this.wholeBytes * COMPACT_RATIO) await this.compact();
      else await this.append();
      if (this.isFailing) health?.set("alerts", "ok");
      this.isFailing = false;
    } catch (error) {
      // The world failed: memory has it all, health says so, and it is tried again.
      hasFailed = true;
      this.failures += 1;
      this.isFailing = true;
      this.retryAtMs = clock.nowMs() + RETRY_MS;
      health?.set(
        "alerts",
        "degraded",
        `cannot write ${this.options.path}: ${reasonOf(error)}; alerts go on in memory, trying again each second`,
      );
    }
    this.isWriting = false;
    if (hasFailed ? this.isClosing : !this.hasWork || this.isClosing) for (const resolve of this.waiters.splice(0)) resolve();
    if (!this.hasWork || this.isClosing) return;
    if (this.waiters.length > 0 && !hasFailed) void this.flush();
    else this.schedule(hasFailed ? RETRY_MS : COMMIT_MS);
  }

  /** Takes all that changed, as lines of one group; `undo` puts it back after a failure. */
  private gather(): { group: Buffer; position: string | undefined; undo(): void } {
    const { dirty, dropped } = this;
    const position = this.isPositionDirty ? this.position : undefined;
    this.dirty = new Map();
    this.dropped = new Set();
    this.isPositionDirty = false;
    const lines: string[] = [];
    for (const id of dropped) lines.push(JSON.stringify({ drop: id }));
    for (const [id, isWhole] of dirty) {
      const line = this.options.encode(id, isWhole);
      if (line !== undefined) lines.push(line);
    }
    const undo = () => {
      for (const [id, isWhole] of dirty) this.dirty.set(id, isWhole || this.dirty.get(id) === true);
      for (const id of dropped) this.dropped.add(id);
      if (position !== undefined) this.isPositionDirty = true;
    };
    return { group: encodeGroup(lines, position), position, undo };
  }

  private async append(): Promise<void> {
    const file = this.file!;
    if (this.isTorn) {
      await file.truncate(this.bytes);
      this.isTorn = false;
      // Findings may have been taken meanwhile: then the next turn writes.
      if (this.isAhead && !this.isClosing) return;
    }
    const { group, position, undo } = this.gather();
    try {
      await file.write(group, this.bytes);
      await file.sync();
    } catch (error) {
      this.isTorn = true;
      undo();
      throw error;
    }
    this.bytes += group.length;
    if (position !== undefined) this.options.onDurable(position);
  }

  /** Writes all alerts to a new file, in slices, so that the event loop goes on; the last group has what changed meanwhile. */
  private async compact(): Promise<void> {
    const { path, files, encode, ids } = this.options;
    const temporary = `${path}.new`;
    const file = await files.open(temporary, true);
    let undo: (() => void) | undefined;
    try {
      let at = JOURNAL_HEADER.length;
      await file.write(Buffer.from(JOURNAL_HEADER), 0);
      const all = ids();
      for (let from = 0; from < all.length; from += SLICE) {
        const lines = all.slice(from, from + SLICE).map((id) => encode(id, true));
        const group = encodeGroup(
          lines.filter((line) => line !== undefined),
          undefined,
        );
        await file.write(group, at);
        at += group.length;
      }
      // Between two commits the position would tell less than the alerts: leave it for later.
      if (this.isAhead) throw new Error("findings were taken meanwhile");
      this.isPositionDirty = this.position !== undefined;
      const last = this.gather();
      undo = last.undo;
      await file.write(last.group, at);
      at += last.group.length;
      await file.sync();
      await files.replace(temporary, path);
      await this.file!.close();
      this.file = file;
      this.bytes = at;
      this.wholeBytes = at;
      this.isTorn = false;
      if (last.position !== undefined) this.options.onDurable(last.position);
    } catch {
      // Not vital: the old journal goes on, and grows as much again before the next try.
      undo?.();
      this.wholeBytes = this.bytes;
      await file.close().catch(() => undefined);
      if (this.isAhead) this.schedule(COMMIT_MS);
      else await this.append();
    }
  }
}
