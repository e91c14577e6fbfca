import { randomBytes } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import type { Losses } from "../obs/losses.ts";
import type { Metric } from "../obs/metrics.ts";
import { BatchBuilder } from "./batch.ts";
import { HistoryLink } from "./link.ts";
import type { HistoryFacts } from "./messages.ts";
import { historyMetrics } from "./metrics.ts";
import { forkHistory, type StartHistory } from "./process.ts";
import type { QueryOptions, QueryRows } from "./query-options.ts";

const BATCH_ROWS = 4096;
const HAND_OVER_MS = 250;

export interface HistoryWriterOptions {
  folder: string;
  /** Epoch of the sensor, until `sensorStarted` says otherwise. */
  epoch: string;
  clock: Clock;
  health: Health;
  losses: Losses;
  log: Log;
  retentionDays?: number;
  retentionGigabytes?: number;
  partSeconds?: number;
  partRows?: number;
  /** Judged flows held in this process until they are durable, at most; beyond it the new ones are counted and let go. */
  queueMegabytes?: number;
  memoryMegabytes?: number;
  policyRevision?: string;
  builds?: Record<string, string>;
  /** All of the first `taken` events of this writer are on disk, or counted as dropped. */
  onDurable?: (taken: number) => void;
  /** Names this run in the files; a fresh one by default. */
  run?: string;
  start?: StartHistory;
}

/** The core's end of history: takes judged flows and alerts, holds them until the history process has them on disk. */
export interface HistoryWriter {
  /** Copies the event; nothing of it is kept. Never throws, never waits. */
  take(judged: JudgedFlow): void;
  takeAlert(alert: Alert): void;
  /** A sensor thread began anew under this epoch. */
  sensorStarted(epoch: string, thread: number): void;
  /** From now on events carry these. */
  setContext(context: { policyRevision: string; builds: Record<string, string> }): void;
  /** Resolves when all taken so far is on disk. @throws AppError history_unavailable after `timeoutMs` (30 s). */
  flush(timeoutMs?: number): Promise<void>;
  /** Asks the history process; sees rows that wait for their file too. */
  query(options: QueryOptions): Promise<QueryRows>;
  metrics(): Metric[];
  /** Writes what is left and ends the history process; what cannot be written within the time is counted. */
  close(timeoutMs?: number): Promise<void>;
}

export function createHistoryWriter(options: HistoryWriterOptions): HistoryWriter {
  return new Writer(options);
}

class Writer implements HistoryWriter {
  private readonly options: HistoryWriterOptions;
  private readonly link: HistoryLink;
  private readonly builder = new BatchBuilder(BATCH_ROWS);
  private readonly queueBytes: number;
  private readonly epochs: string[] = [];
  private context: { policyRevision: string; builds: string };
  private taken = 0;
  private batches = 0;
  private dropped = 0;
  private facts: HistoryFacts | undefined;
  private trouble: string | undefined;
  private readonly rate = { sinceMs: 0, rows: 0, bytes: 0, bytesPerSecond: Number.NaN };
  private waiting: { number: number; resolve(): void }[] = [];
  private readonly stopTimer: () => void;

  constructor(options: HistoryWriterOptions) {
    this.options = options;
    const { clock } = options;
    this.queueBytes = (options.queueMegabytes ?? 64) * 1e6;
    this.context = { policyRevision: options.policyRevision ?? "", builds: JSON.stringify(options.builds ?? {}) };
    const settings = {
      folder: options.folder,
      run: options.run ?? `${clock.nowMs().toString(36)}${randomBytes(4).toString("hex")}`,
      partSeconds: options.partSeconds ?? 30,
      partRows: options.partRows ?? 50_000,
      retentionDays: options.retentionDays ?? 90,
      retentionGigabytes: options.retentionGigabytes ?? 50,
      memoryMegabytes: options.memoryMegabytes ?? 1000,
    };
    this.link = new HistoryLink(settings, options.start ?? forkHistory(), clock, {
      onDurable: (batch) => {
        options.onDurable?.(batch.lastSequence);
        while (this.waiting.length > 0 && this.waiting[0].number <= batch.number) this.waiting.shift()!.resolve();
      },
      onTrouble: (reason) => this.setTrouble(reason),
      onFacts: (facts) => this.setFacts(facts),
      onSaid: (level, message, fields) => options.log[level](message, fields),
    });
    options.health.set("history", "ok");
    this.stopTimer = clock.every(HAND_OVER_MS, () => this.handOver());
  }

  take(judged: JudgedFlow): void {
    if (this.link.heldBytes >= this.queueBytes) {
      this.drop();
      this.taken += 1;
      return;
    }
    if (this.builder.isFull) this.handOver();
    this.taken += 1;
    if (this.builder.count === 0) this.builder.firstSequence = this.taken;
    this.builder.add(judged, this.epochs[judged.flow.thread] ?? this.options.epoch);
  }

  takeAlert(alert: Alert): void {
    // An alert's state is small and worth more than a flow: it goes in while there is any room at all.
    if (this.link.heldBytes >= this.queueBytes * 1.5) this.drop();
    else this.builder.addAlert(JSON.stringify(alert));
  }

  sensorStarted(epoch: string, thread: number): void {
    this.epochs[thread] = epoch;
  }

  setContext(context: { policyRevision: string; builds: Record<string, string> }): void {
    this.handOver();
    this.context = { policyRevision: context.policyRevision, builds: JSON.stringify(context.builds) };
  }

  flush(timeoutMs = 30_000): Promise<void> {
    this.handOver();
    const number = this.batches;
    if (this.link.heldBatches === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const entry = {
        number,
        resolve() {
          stop();
          resolve();
        },
      };
      const stop = this.options.clock.after(timeoutMs, () => {
        this.waiting = this.waiting.filter((one) => one !== entry);
        reject(
          new AppError(
            "history_unavailable",
            `history was not written within ${timeoutMs / 1000} s${this.trouble ? `: ${this.trouble}` : ""}: see the disk of ${this.options.folder}`,
          ),
        );
      });
      this.waiting.push(entry);
      this.link.flush(number);
    });
  }

  query(options: QueryOptions): Promise<QueryRows> {
    this.handOver();
    return this.link.query(options);
  }

  metrics(): Metric[] {
    return historyMetrics(() => ({
      taken: this.taken,
      dropped: this.dropped,
      heldBytes: this.link.heldBytes,
      restarts: this.link.restarts,
      facts: this.facts,
      bytesPerSecond: this.rate.bytesPerSecond,
      retentionBytes: (this.options.retentionGigabytes ?? 50) * 1e9,
    }));
  }

  async close(timeoutMs = 20_000): Promise<void> {
    this.stopTimer();
    await this.flush(timeoutMs).catch((error: AppError) =>
      this.options.log.error("history not written at the end", { reason: error.message }),
    );
    await this.link.close(5000);
  }

  private handOver(): void {
    if (this.builder.isEmpty) return;
    this.batches += 1;
    if (this.builder.count === 0) this.builder.firstSequence = this.taken + 1;
    this.link.push(this.builder.finish(this.batches, this.taken, this.context));
    if (this.link.heldBytes > this.queueBytes / 2 && !this.trouble) this.setTrouble("the history process is slower than the traffic");
  }

  private drop(): void {
    // Rows are numbered from the first of a batch: none may be missing in its middle.
    if (this.builder.count > 0) this.handOver();
    this.dropped += 1;
    this.options.losses.add("history_dropped");
    if (this.dropped % 10_000 === 1)
      this.options.log.warn("history is full: flow records are dropped, detection goes on", { dropped: this.dropped });
  }

  private setTrouble(reason: string | undefined): void {
    if (reason === this.trouble) return;
    this.trouble = reason;
    if (reason === undefined) this.options.health.set("history", "ok");
    else this.options.health.set("history", "degraded", reason);
    if (reason === undefined) this.options.log.info("history is written again");
    else this.options.log.warn("history cannot be written now: flow records wait, detection goes on", { reason });
  }

  private setFacts(facts: HistoryFacts): void {
    this.facts = facts;
    const { rate } = this;
    const nowMs = this.options.clock.nowMs();
    if (facts.rowsWritten > 0 && this.link.heldBytes <= this.queueBytes / 2 && this.trouble?.includes("slower")) this.setTrouble(undefined);
    // Bytes a row settle once hours are merged; rows a second are what changes.
    if (rate.sinceMs > 0 && nowMs - rate.sinceMs >= 60_000) {
      const bytes = Math.max(0, facts.rowsWritten - rate.rows) * BYTES_A_ROW;
      const now = bytes / ((nowMs - rate.sinceMs) / 1000);
      rate.bytesPerSecond = Number.isNaN(rate.bytesPerSecond) ? now : rate.bytesPerSecond * 0.9 + now * 0.1;
    }
    if (rate.sinceMs === 0 || nowMs - rate.sinceMs >= 60_000) {
      rate.sinceMs = nowMs;
      rate.rows = facts.rowsWritten;
    }
  }
}

/** Measured on mixed traffic, merged, zstd. */
const BYTES_A_ROW = 30;
