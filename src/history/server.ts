import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import { type Place, placeDurably } from "../lib/place-file.ts";
import { type DuckDB, type DuckDBConnection, type DuckDBInstance, loadDuckDb, openMemory, quote } from "./duckdb.ts";
import { flowQuery, sourceOf } from "./flow-query.ts";
import { HOUR_MS, STRAY } from "./hours.ts";
import { mergeHour } from "./merge.ts";
import type { FromHistory, HistorySettings, ToHistory } from "./messages.ts";
import { hourFolder, KINDS, type Kind, listHour, listHours, listParts, type Part, partName } from "./parts.ts";
import { isGoneFile, runGuarded } from "./query.ts";
import type { QueryOptions, QueryRows } from "./query-options.ts";
import { chooseExpired, listStored, removeHour } from "./retention.ts";
import { Round, type RoundHour } from "./round.ts";
import { oneLine, readSelect } from "./run-sql.ts";
import { selectAlerts, selectFlows } from "./staging.ts";

/** An hour is merged when no part came to it for so long. */
const QUIET_MS = 120_000;
const HOUSEKEEPING_MS = 60_000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];

/**
 * The work of the history process: takes batches into memory, writes them out as Parquet parts, merges and expires
 * parts, answers queries. It says `durable` only of batches whose every row is on disk.
 */
export class HistoryServer {
  private readonly settings: HistorySettings;
  private readonly send: (message: FromHistory) => void;
  private readonly clock: Clock;
  private readonly place: Place;
  private duckdb!: DuckDB;
  private instance!: DuckDBInstance;
  /** Appends wait for nobody's COPY, and a query that is interrupted interrupts nothing else: a connection each. */
  private appending!: DuckDBConnection;
  private writing!: DuckDBConnection;
  private readonly sealed: Round[] = [];
  private current!: Round;
  private rounds = 0;
  private readonly durable = new Map<string, number>();
  private readonly touchedMs = new Map<string, number>();
  private work: Promise<void> = Promise.resolve();
  private failures = 0;
  private isWriting = false;
  private readonly reading = new Set<Promise<QueryRows>>();
  private isClosed = false;
  private latest = 0;
  private rowsWritten = 0;
  private expiredParts = 0;
  private readonly timers: (() => void)[] = [];
  private retry: (() => void) | undefined;

  constructor(settings: HistorySettings, send: (message: FromHistory) => void, options: { clock: Clock; place?: Place }) {
    this.settings = settings;
    this.send = send;
    this.clock = options.clock;
    this.place = options.place ?? placeDurably;
  }

  /** @throws AppError history_unavailable when DuckDB does not load or the folder cannot be made. */
  async start(): Promise<void> {
    const { folder, run } = this.settings;
    try {
      await rm(join(folder, "tmp"), { recursive: true, force: true });
      await mkdir(join(folder, "tmp"), { recursive: true, mode: 0o700 });
      for (const kind of KINDS) await mkdir(join(folder, kind), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new AppError("history_unavailable", `history folder ${folder}: ${reasonOf(cause)}: make it writable, or set state.folder`, {
        cause,
      });
    }
    this.duckdb = await loadDuckDb();
    this.instance = await openMemory({ megabytes: this.settings.memoryMegabytes, threads: 1, joinsKeepOrder: true });
    this.appending = await this.instance.connect();
    this.writing = await this.instance.connect();
    for (const kind of KINDS) {
      for (const hour of await listHours(folder, kind)) {
        for (const part of (await listHour(folder, kind, hour)).parts) if (part.run === run) this.remember(kind, hour, part.last);
      }
    }
    this.current = this.newRound();
    await this.current.open();
    this.timers.push(this.clock.every(this.settings.partSeconds * 1000, () => this.flush(false)));
    this.timers.push(this.clock.every(HOUSEKEEPING_MS, () => this.queue(() => this.keepHouse())));
    this.send({ kind: "ready" });
    this.queue(() => this.keepHouse());
  }

  async take(message: ToHistory): Promise<void> {
    if (message.kind === "batch") {
      const { batch } = message;
      if (batch.number > this.latest) {
        this.latest = batch.number;
        this.current.add(batch, this.settings.run, (kind, hour) => this.durable.get(`${kind}:${hour}`) ?? 0);
      }
      this.send({ kind: "received", number: batch.number });
      if (this.current.flows.rows >= this.settings.partRows) await this.seal();
    } else if (message.kind === "flush") await this.flush(true);
    else if (message.kind === "query") this.answer(message.id, message.options);
    else if (message.kind === "close") await this.close();
  }

  /** Writes what is waiting, waits for all work under way, and ends. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const stop of this.timers) stop();
    this.retry?.();
    await this.seal();
    await this.work;
    this.appending.closeSync();
    this.writing.closeSync();
    this.instance.closeSync();
  }

  private async flush(isAsked: boolean): Promise<void> {
    if (this.current.isEmpty && this.sealed.length === 0) {
      if (isAsked && this.latest > 0) this.send({ kind: "durable", number: this.latest });
      return;
    }
    await this.seal();
  }

  private newRound(): Round {
    this.rounds += 1;
    return new Round(this.duckdb, this.appending, this.rounds);
  }

  /** Closes the current round and has it written. Messages are taken one after the other, so no batch comes in between. */
  private async seal(): Promise<void> {
    if (!this.current.isEmpty) {
      const full = this.current;
      const next = this.newRound();
      await next.open();
      // A second call may have come while the tables were made.
      if (this.current !== full) return next.drop();
      full.seal();
      this.current = next;
      this.sealed.push(full);
    }
    this.queue(() => this.write());
  }

  /** One job at a time: writing, merging and retention never meet. */
  private queue(job: () => Promise<void>): void {
    this.work = this.work.then(job).catch((error) => {
      this.send({ kind: "said", level: "warn", message: "history housekeeping failed", fields: { reason: oneLine(reasonOf(error)) } });
    });
  }

  private async write(): Promise<void> {
    if (this.isWriting) return;
    this.isWriting = true;
    try {
      for (let round = this.sealed[0]; round; round = this.sealed[0]) {
        await this.writeRound(round);
        this.sealed.shift();
        // Before it is told what is durable: whoever waited for that finds all well.
        if (this.failures > 0) this.send({ kind: "fine" });
        this.failures = 0;
        this.send({ kind: "durable", number: round.lastBatch });
        // Queries that know the round's tables finish first.
        await Promise.allSettled(this.reading);
        await round.drop();
      }
    } catch (error) {
      const waitMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
      this.failures += 1;
      this.send({ kind: "trouble", reason: oneLine(reasonOf(error)) });
      // A full disk may have room again once the oldest hours are gone.
      await this.expire().catch(() => undefined);
      this.retry?.();
      if (!this.isClosed) this.retry = this.clock.after(waitMs, () => this.queue(() => this.write()));
    } finally {
      this.isWriting = false;
    }
    await this.tell();
  }

  private async writeRound(round: Round): Promise<void> {
    const { folder, run } = this.settings;
    for (const part of round.hours.values()) {
      if (part.isWritten) continue;
      const select = part.kind === "flows" ? selectFlows(round.flows.table) : selectAlerts(round.alerts.table);
      const temporary = join(folder, "tmp", `${part.kind}-${part.last}-${part.hour}.tmp`);
      try {
        const result = await this.writing.run(
          `COPY (${select} WHERE _hour = ${part.hour}) TO ${quote(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
        );
        await this.place(
          temporary,
          join(hourFolder(folder, part.kind, part.hour), partName(run, part.first, part.last, part.sinceSeconds)),
        );
        if (part.kind === "flows") this.rowsWritten += result.rowsChanged;
      } finally {
        await rm(temporary, { force: true });
      }
      part.isWritten = true;
      this.remember(part.kind, part.hour, part.last);
      this.touchedMs.set(`${part.kind}:${part.hour}`, this.clock.nowMs());
    }
  }

  private remember(kind: Kind, hour: number, last: number): void {
    const key = `${kind}:${hour}`;
    this.durable.set(key, Math.max(this.durable.get(key) ?? 0, last));
  }

  private async keepHouse(): Promise<void> {
    if (this.isClosed) return;
    await this.expire();
    for (const kind of KINDS) {
      for (const hour of await listHours(this.settings.folder, kind)) {
        const touchedMs = this.touchedMs.get(`${kind}:${hour}`);
        if (this.isClosed) return;
        if (touchedMs !== undefined && this.clock.nowMs() - touchedMs < QUIET_MS) continue;
        await mergeHour(this.writing, this.settings.folder, kind, hour, this.place);
        this.touchedMs.delete(`${kind}:${hour}`);
      }
    }
    await this.tell();
  }

  private async expire(): Promise<void> {
    const { folder, retentionDays, retentionGigabytes } = this.settings;
    const stored = await listStored(folder);
    const expired = chooseExpired(stored, { nowMs: this.clock.nowMs(), retentionDays, retentionBytes: retentionGigabytes * 1e9 });
    for (const hour of expired) {
      await removeHour(folder, hour);
      this.expiredParts += hour.paths.length;
      const fields = {
        kind: hour.kind,
        hour: hour.hour === STRAY ? "stray" : new Date(hour.hour * HOUR_MS).toISOString(),
        bytes: hour.bytes,
      };
      this.send({ kind: "said", level: "info", message: "history hour expired", fields });
    }
  }

  private async tell(): Promise<void> {
    const stored = await listStored(this.settings.folder);
    const hours = stored.filter((s) => s.kind === "flows" && s.hour !== STRAY);
    const { bavail, bsize } = await statfs(this.settings.folder);
    this.send({
      kind: "facts",
      facts: {
        bytesOnDisk: stored.reduce((sum, s) => sum + s.bytes, 0),
        parts: stored.reduce((sum, s) => sum + s.paths.length, 0),
        oldestMs: hours.length > 0 ? hours[0].hour * HOUR_MS : undefined,
        newestMs: hours.length > 0 ? hours[hours.length - 1].hour * HOUR_MS : undefined,
        freeBytes: bavail * bsize,
        rowsWritten: this.rowsWritten,
        expiredParts: this.expiredParts,
      },
    });
  }

  private answer(id: number, options: QueryOptions): void {
    this.rowsOf(options).then(
      (rows) => this.send({ kind: "rows", id, rows }),
      (error) => this.send({ kind: "refused", id, reason: reasonOf(error) }),
    );
  }

  /** SQL of people runs in a database of its own, over the files; the built-in query also sees rows that wait for theirs. */
  private async rowsOf(options: QueryOptions): Promise<QueryRows> {
    if (options.sql !== undefined) return runGuarded(this.settings.folder, options);
    this.current.flows.flush();
    const reading = this.readAll(options);
    this.reading.add(reading);
    try {
      return await reading;
    } finally {
      this.reading.delete(reading);
    }
  }

  /** Every row once: of what is being written just now, an hour is read from its file or from its table, never from both. */
  private async readAll(options: QueryOptions): Promise<QueryRows> {
    for (let attempt = 1; ; attempt += 1) {
      // Rounds first: one whose file comes while the parts are listed is in both lists, and its table stays until this ends.
      const rounds = [...this.sealed, this.current];
      const parts = await listParts(this.settings.folder, "flows", options.fromMicros, options.toMicros);
      const waiting = rounds.map((round) => {
        const inFiles = [...round.hours.values()].filter((h) => h.kind === "flows" && parts.some((part) => this.holds(part, h)));
        return `${selectFlows(round.flows.table)} WHERE _hour NOT IN (${[-2, ...inFiles.map((h) => h.hour)].join(", ")})`;
      });
      const connection = await this.instance.connect();
      try {
        const source = sourceOf("flows", parts, waiting);
        return await readSelect(this.duckdb, connection, await flowQuery(connection, source, options), options);
      } catch (error) {
        if (attempt === 3 || !isGoneFile(error)) throw error;
      } finally {
        connection.closeSync();
      }
    }
  }

  private holds(part: Part, hour: RoundHour): boolean {
    return part.run === this.settings.run && part.hour === hour.hour && part.first <= hour.first && part.last >= hour.last;
  }
}
