import { type FileHandle, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";
import type { FlowKind } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Health } from "../obs/health.ts";
import type { Losses } from "../obs/losses.ts";
import { alertDocument } from "./alert-document.ts";
import { flowDocument } from "./flow-document.ts";
import type { AlertSink, FlowSink, SinkCounters } from "./sink.ts";

const FLUSH_MS = 1000;
const WRITE_AT = 64 << 10;
/** Text waiting for a slow or full disk; beyond it records are dropped and counted. */
const WAITING_BYTES = 8 << 20;
const FILES_KEPT = 5;

export interface JsonLinesOptions {
  path: string;
  /** A file that reaches this is renamed to `path.1`, and `path.1` to `path.2` …; undefined: never (logrotate and SIGHUP do it). */
  maxMegabytes?: number;
  clock: Clock;
  losses?: Losses;
  health?: Health;
}

/**
 * A file of JSON lines, appended to in the background: at most a second, or 64 kB, after the record came. A disk that
 * refuses costs records (counted, health degraded), never the process.
 */
export class JsonLinesFile {
  readonly name: string;
  private readonly options: JsonLinesOptions;
  private handle: FileHandle | undefined;
  private lines: string[] = [];
  private waiting = 0;
  private fileBytes = 0;
  private written = 0;
  private dropped = 0;
  private bytes = 0;
  private work: Promise<void> = Promise.resolve();
  private isWriting = false;
  private wantsReopen = false;
  private isFailing = false;
  private readonly stopTimer: () => void;

  private constructor(options: JsonLinesOptions) {
    this.name = options.path;
    this.options = options;
    this.stopTimer = options.clock.every(FLUSH_MS, () => this.start());
  }

  /** Opens the file. Throws an AppError (`output_failed`) when that cannot be. */
  static async open(options: JsonLinesOptions): Promise<JsonLinesFile> {
    const file = new JsonLinesFile(options);
    try {
      await file.openHandle();
    } catch (error) {
      file.stopTimer();
      throw new AppError("output_failed", `cannot write ${options.path}: ${reasonOf(error)}; check the folder and its rights`, {
        cause: error,
      });
    }
    return file;
  }

  append(line: string): void {
    if (this.waiting + line.length + 1 > WAITING_BYTES) {
      this.drop(1);
      return;
    }
    this.lines.push(line);
    this.waiting += line.length + 1;
    if (this.waiting >= WRITE_AT) this.start();
  }

  /** Closes and opens the file by its name: after logrotate moved it away (SIGHUP). */
  reopen(): void {
    this.wantsReopen = true;
    this.start();
  }

  counters(): SinkCounters {
    return { written: this.written, dropped: this.dropped, bytes: this.bytes };
  }

  async flush(): Promise<void> {
    this.start();
    await this.work;
    if (this.lines.length > 0) {
      this.start();
      await this.work;
    }
  }

  async close(): Promise<void> {
    this.stopTimer();
    await this.flush();
    await this.handle?.close().catch(() => undefined);
    this.handle = undefined;
  }

  private start(): void {
    if (this.isWriting || (this.lines.length === 0 && !this.wantsReopen)) return;
    this.isWriting = true;
    this.work = this.writeOut().finally(() => {
      this.isWriting = false;
    });
  }

  private async writeOut(): Promise<void> {
    const lines = this.lines;
    const size = this.waiting;
    this.lines = [];
    this.waiting = 0;
    try {
      if (this.wantsReopen || this.handle === undefined) {
        this.wantsReopen = false;
        await this.handle?.close().catch(() => undefined);
        this.handle = undefined;
        await this.openHandle();
      }
      if (lines.length === 0) return;
      const limit = (this.options.maxMegabytes ?? Number.POSITIVE_INFINITY) * 1e6;
      if (this.fileBytes > 0 && this.fileBytes + size > limit) await this.rotate();
      const bytes = Buffer.from(`${lines.join("\n")}\n`);
      await this.writeAll(bytes);
      this.fileBytes += bytes.length;
      this.bytes += bytes.length;
      this.written += lines.length;
      if (this.isFailing) this.options.health?.set(`output ${this.name}`, "ok");
      this.isFailing = false;
    } catch (error) {
      // The world failed: these lines are lost and counted, the next ones try again.
      this.isFailing = true;
      this.drop(lines.length);
      this.options.health?.set(
        `output ${this.name}`,
        "degraded",
        `cannot write ${this.name}: ${reasonOf(error)}; records are lost until it can`,
      );
    }
  }

  /** After a part of it failed, the file is cut back to whole lines. */
  private async writeAll(bytes: Buffer): Promise<void> {
    const handle = this.handle!;
    try {
      for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
    } catch (error) {
      await handle.truncate(this.fileBytes).catch(() => undefined);
      throw error;
    }
  }

  private async openHandle(): Promise<void> {
    await mkdir(dirname(this.options.path), { recursive: true, mode: 0o750 });
    this.handle = await open(this.options.path, "a", 0o640);
    this.fileBytes = (await stat(this.options.path)).size;
  }

  private async rotate(): Promise<void> {
    const { path } = this.options;
    await this.handle?.close().catch(() => undefined);
    this.handle = undefined;
    for (let n = FILES_KEPT - 1; n >= 1; n -= 1) await rename(`${path}.${n}`, `${path}.${n + 1}`).catch(() => undefined);
    await rename(path, `${path}.1`);
    await this.openHandle();
  }

  private drop(count: number): void {
    this.dropped += count;
    this.options.losses?.add("output_dropped", count);
  }
}

/** Flow events as ECS documents. By default finished flows only: one document each, with its totals. */
export class JsonLinesFlows implements FlowSink {
  readonly name: string;
  readonly file: JsonLinesFile;
  private readonly kinds: ReadonlySet<FlowKind>;

  constructor(file: JsonLinesFile, kinds: readonly FlowKind[] = ["closed"]) {
    this.name = file.name;
    this.file = file;
    this.kinds = new Set(kinds);
  }

  take(judged: JudgedFlow): void {
    if (this.kinds.has(judged.flow.kind)) this.file.append(flowDocument(judged, { hasSite: true, isLive: true }));
  }

  /** See JsonLinesFile.reopen. */
  reopen(): void {
    this.file.reopen();
  }

  counters(): SinkCounters {
    return this.file.counters();
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Alerts as ECS documents, one for each change. */
export class JsonLinesAlerts implements AlertSink {
  readonly name: string;
  readonly file: JsonLinesFile;

  constructor(file: JsonLinesFile) {
    this.name = file.name;
    this.file = file;
  }

  take(alert: Readonly<Alert>): void {
    this.file.append(alertDocument(alert));
  }

  /** See JsonLinesFile.reopen. */
  reopen(): void {
    this.file.reopen();
  }

  counters(): SinkCounters {
    return this.file.counters();
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
