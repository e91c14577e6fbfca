import type { Clock } from "../lib/clock.ts";
import { AppError } from "../lib/errors.ts";
import type { FromHistory, HistoryFacts, HistorySettings } from "./messages.ts";
import type { HistoryPort, StartHistory } from "./process.ts";
import type { QueryOptions, QueryRows } from "./query-options.ts";
import type { HistoryBatch } from "./row.ts";

/** Batches that are under way to the history process and not yet taken in by it. */
const MOST_UNDER_WAY = 8;
const BACKOFF_MS = [500, 1000, 2000, 5000, 10_000, 30_000];
/** A process that lived so long starts a new count of failures. */
const STABLE_MS = 60_000;
/** Silence with batches under way that ends the process. */
const STUCK_MS = 60_000;
const MOST_QUERIES = 16;

export interface LinkEvents {
  onDurable(batch: HistoryBatch): void;
  /** undefined: all is well again. */
  onTrouble(reason: string | undefined): void;
  onFacts(facts: HistoryFacts): void;
  onSaid(level: "info" | "warn", message: string, fields: Record<string, unknown>): void;
}

/** Keeps batches until they are durable, and the history process running: after its end a new one gets them all again. */
export class HistoryLink {
  restarts = 0;
  heldBytes = 0;
  private readonly held: HistoryBatch[] = [];
  private readonly settings: HistorySettings;
  private readonly startOther: StartHistory;
  private readonly clock: Clock;
  private readonly events: LinkEvents;
  private port: HistoryPort | undefined;
  private isReady = false;
  private isClosing = false;
  private failures = 0;
  private startedMs = 0;
  private heardMs = 0;
  /** Numbers of the newest batch sent to this process, taken in by it, and to be flushed. */
  private sent = 0;
  private received = 0;
  private flushTo = 0;
  private reason = "";
  private queryId = 0;
  private readonly queries = new Map<number, { resolve(rows: QueryRows): void; reject(error: Error): void }>();
  private readonly stopWatch: () => void;
  private stopBackoff: (() => void) | undefined;
  private onClosed: (() => void) | undefined;

  constructor(settings: HistorySettings, startOther: StartHistory, clock: Clock, events: LinkEvents) {
    this.settings = settings;
    this.startOther = startOther;
    this.clock = clock;
    this.events = events;
    this.stopWatch = clock.every(5000, () => this.watch());
    this.start();
  }

  get heldBatches(): number {
    return this.held.length;
  }

  push(batch: HistoryBatch): void {
    this.held.push(batch);
    this.heldBytes += batch.weight;
    this.sendMore();
  }

  /** Asks that all up to this batch become durable soon. */
  flush(number: number): void {
    this.flushTo = Math.max(this.flushTo, number);
    this.sendMore();
  }

  query(options: QueryOptions): Promise<QueryRows> {
    if (!this.port || !this.isReady)
      return Promise.reject(new AppError("history_unavailable", `history is not available now (${this.reason || "starting"}): try again`));
    if (this.queries.size >= MOST_QUERIES)
      return Promise.reject(new AppError("history_unavailable", `${MOST_QUERIES} history queries are running: try again`));
    this.queryId += 1;
    const id = this.queryId;
    return new Promise((resolve, reject) => {
      this.queries.set(id, { resolve, reject });
      this.port!.send({ kind: "query", id, options });
    });
  }

  /** Ends the process; resolves when it has gone, at the latest after `waitMs`. */
  close(waitMs: number): Promise<void> {
    this.isClosing = true;
    this.stopWatch();
    this.stopBackoff?.();
    if (!this.port) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.clock.after(waitMs, () => this.port?.kill());
      this.onClosed = () => {
        stop();
        resolve();
      };
      this.port!.send({ kind: "close" });
    });
  }

  private start(): void {
    this.startedMs = this.clock.nowMs();
    this.heardMs = this.startedMs;
    this.isReady = false;
    this.sent = (this.held[0]?.number ?? 1) - 1;
    this.received = this.sent;
    this.port = this.startOther(
      (message) => this.take(message),
      (reason) => this.ended(reason),
    );
    this.port.send({ kind: "start", settings: this.settings });
  }

  private take(message: FromHistory): void {
    this.heardMs = this.clock.nowMs();
    if (message.kind === "ready") {
      this.isReady = true;
      this.sent = (this.held[0]?.number ?? this.sent + 1) - 1;
      this.received = this.sent;
      if (this.reason !== "") this.events.onTrouble(undefined);
      this.reason = "";
      this.sendMore();
    } else if (message.kind === "received") {
      this.received = message.number;
      this.sendMore();
    } else if (message.kind === "durable") {
      this.failures = 0;
      while (this.held.length > 0 && this.held[0].number <= message.number) {
        const batch = this.held.shift()!;
        this.heldBytes -= batch.weight;
        this.events.onDurable(batch);
      }
    } else if (message.kind === "trouble") {
      this.reason = message.reason;
      this.events.onTrouble(message.reason);
    } else if (message.kind === "fine") {
      this.reason = "";
      this.events.onTrouble(undefined);
    } else if (message.kind === "facts") this.events.onFacts(message.facts);
    else if (message.kind === "said") this.events.onSaid(message.level, message.message, message.fields);
    else if (message.kind === "fatal") this.reason = message.reason;
    else this.settle(message.id, message);
  }

  private settle(id: number, message: { kind: "rows"; rows: QueryRows } | { kind: "refused"; reason: string }): void {
    const query = this.queries.get(id);
    this.queries.delete(id);
    if (message.kind === "rows") query?.resolve(message.rows);
    else query?.reject(new AppError("history_query", message.reason, { exitCode: 2 }));
  }

  private sendMore(): void {
    if (!this.port || !this.isReady) return;
    const last = this.held.at(-1)?.number ?? 0;
    while (this.sent < last && this.sent - this.received < MOST_UNDER_WAY) {
      const batch = this.held[this.sent + 1 - this.held[0].number];
      if (this.sent === this.received) this.heardMs = this.clock.nowMs();
      this.port.send({ kind: "batch", batch });
      this.sent = batch.number;
    }
    if (this.flushTo > 0 && this.sent >= this.flushTo) {
      this.flushTo = 0;
      this.port.send({ kind: "flush" });
    }
  }

  private watch(): void {
    if (!this.port || !this.isReady || this.sent === this.received) return;
    if (this.clock.nowMs() - this.heardMs < STUCK_MS) return;
    this.reason = `silent for ${STUCK_MS / 1000} s with work under way`;
    this.port.kill();
  }

  private ended(how: string): void {
    this.port = undefined;
    this.isReady = false;
    for (const query of this.queries.values())
      query.reject(new AppError("history_unavailable", "the history process ended during the query: try again"));
    this.queries.clear();
    if (this.isClosing) {
      this.onClosed?.();
      return;
    }
    this.reason = this.reason === "" ? how : this.reason;
    this.events.onTrouble(`the history process ${how === this.reason ? how : `${how} (${this.reason})`}; it is started again`);
    if (this.clock.nowMs() - this.startedMs > STABLE_MS) this.failures = 0;
    const waitMs = BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)];
    this.failures += 1;
    this.restarts += 1;
    // A flush that was asked for is still owed.
    if (this.held.length > 0) this.flushTo = this.held.at(-1)!.number;
    this.stopBackoff = this.clock.after(waitMs, () => this.start());
  }
}
