import { resolve } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { FlowFacts } from "../model/facts.ts";
import { FLOW_RECORD_BYTES, FlowBatch } from "../model/flow.ts";
import { FLOW_COLUMNS, type FlowColumn, isNumberColumn } from "./columns.ts";
import type { DuckDBConnection } from "./duckdb.ts";
import { sourceOf } from "./flow-query.ts";
import { LooseRecord } from "./flow-record.ts";
import { HOUR_MS, STRAY } from "./hours.ts";
import { listHour, listHours, type Part } from "./parts.ts";
import { inMemory, isGoneFile } from "./query.ts";
import { oneLine } from "./run-sql.ts";

const BATCH_RECORDS = 1024;
/** Rows sorted at once, about: an hour with more is read in slices. */
const SLICE_ROWS = 250_000;
const MOST_SLICES = 3600;
/** Events due within this time go together, so that a paced replay does not make a batch of each. */
const PACE_MS = 50;

export interface ReplayOptions {
  folder: string;
  /** Events made in [from, to), microseconds since 1970. */
  fromMicros?: number;
  toMicros?: number;
  /** 1: as fast as it happened, 60: a minute a second; 0 or none: as fast as it goes. */
  speed?: number;
  /**
   * Gets the records with their facts, and the sensor epoch of each; both are reused after it returns (or its promise resolves).
   */
  onBatch(batch: FlowBatch, epochs: readonly string[]): void | Promise<void>;
  clock: Clock;
  signal?: AbortSignal;
}

export interface ReplaySummary {
  events: number;
  firstMicros: number | undefined;
  lastMicros: number | undefined;
  wasCancelled: boolean;
}

const RESTORING: readonly FlowColumn[] = FLOW_COLUMNS.filter((column) => column.restore);
const ORDER = "event_time, coalesce(event_time_nanos, 0), coalesce(sensor_epoch, ''), sensor_thread, flow_id, run, sequence";

/**
 * Reads recorded flow events and hands them on as the sensor made them, bit for bit, in order of event time, then
 * sensor epoch, thread, flow and recording: the same history gives the same run, every time. Memory is bounded by a slice of an hour.
 *
 * @throws AppError history_query when a file cannot be read; whatever `onBatch` throws.
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  // Timers of a clock let the process end; a paced replay has nothing else that would keep it.
  const keepAlive = setInterval(() => undefined, 60_000);
  try {
    return await inMemory((connection) => replayWith(connection, options), 1);
  } catch (error) {
    throw error instanceof CallerError ? error.cause : error;
  } finally {
    clearInterval(keepAlive);
  }
}

async function replayWith(connection: DuckDBConnection, options: ReplayOptions): Promise<ReplaySummary> {
  const folder = resolve(options.folder);
  const player = new Player(options);
  // Strays have any time at all: where there are some, they are sorted in with each hour.
  const hours = await listHours(folder, "flows");
  const strays = hours.includes(STRAY);
  const calendar = hours.filter((hour) => hour !== STRAY);
  if (!strays) {
    for (const hour of calendar) {
      const from = Math.max(hour * HOUR_MS * 1000, options.fromMicros ?? 0);
      const to = Math.min((hour + 1) * HOUR_MS * 1000, options.toMicros ?? Number.POSITIVE_INFINITY);
      if (from < to && !player.isCancelled) await replaySpan(connection, folder, [hour], from, to, player);
    }
  } else await replaySpan(connection, folder, hours, options.fromMicros, options.toMicros, player);
  return player.end();
}

/** Replays some hours in one order, in slices of equal time. */
async function replaySpan(
  connection: DuckDBConnection,
  folder: string,
  hours: readonly number[],
  from: number | undefined,
  to: number | undefined,
  player: Player,
): Promise<void> {
  const bounds = [
    ...(from === undefined ? [] : [`event_time >= make_timestamp(${Math.floor(from)})`]),
    ...(to === undefined || to === Number.POSITIVE_INFINITY ? [] : [`event_time < make_timestamp(${Math.ceil(to)})`]),
  ];
  const where = ["true", ...bounds].join(" AND ");
  const measure = await retrying(folder, hours, async (source) =>
    (
      await connection.runAndReadAll(
        `SELECT count(*), epoch_us(min(event_time)), epoch_us(max(event_time)) FROM (${source}) WHERE ${where}`,
      )
    ).getRows(),
  );
  const [rows, first, last] = measure[0].map(Number);
  if (!rows) return;
  const slices = Math.min(Math.ceil(rows / SLICE_ROWS), MOST_SLICES);
  const width = Math.ceil((last - first + 1) / slices);
  for (let at = first; at <= last && !player.isCancelled; at += width) {
    const select = `SELECT ${RESTORING.map(asPlain).join(", ")}, coalesce(hex(record), ''), coalesce(facts, ''), coalesce(sensor_epoch, ''), CAST(epoch_us(event_time) AS DOUBLE)`;
    const slice = `event_time >= make_timestamp(${at}) AND event_time < make_timestamp(${at + width})`;
    let done = 0;
    await retrying(folder, hours, async (source) => {
      const result = await connection.stream(`${select} FROM (${source}) WHERE ${where} AND ${slice} ORDER BY ${ORDER} OFFSET ${done}`);
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0 && !player.isCancelled; chunk = await result.fetchChunk()) {
        const columns = chunk.getColumns();
        for (let row = 0; row < chunk.rowCount && !player.isCancelled; row += 1) await player.play(columns, row);
        done += chunk.rowCount;
      }
    });
  }
}

/** Lists the files anew when one was merged or expired under the reader's hands. */
async function retrying<T>(folder: string, hours: readonly number[], work: (source: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const parts: Part[] = [];
    for (const hour of hours) parts.push(...(await listHour(folder, "flows", hour)).parts);
    try {
      return await work(sourceOf("flows", parts));
    } catch (error) {
      if (attempt < 3 && isGoneFile(error)) continue;
      if (error instanceof CallerError) throw error;
      throw new AppError("history_query", `replay: ${oneLine(reasonOf(error))}`, { cause: error });
    }
  }
}

/** What the caller's `onBatch` threw is the caller's. */
class CallerError extends Error {}

/** A column as a number (NaN: nothing) or text ("": nothing). */
function asPlain(column: FlowColumn): string {
  const name = `"${column.name}"`;
  if (!isNumberColumn(column)) return `coalesce(${name}, '')`;
  if (column.words)
    return `coalesce(CAST(list_position([${column.words.map((w) => `'${w}'`).join(", ")}], ${name}) - 1 AS DOUBLE), 'nan'::DOUBLE)`;
  if (column.type === "TIMESTAMP") return `coalesce(CAST(epoch_us(${name}) AS DOUBLE), 'nan'::DOUBLE)`;
  return `coalesce(CAST(${name} AS DOUBLE), 'nan'::DOUBLE)`;
}

/** Fills batches and hands them on when they are full or due. */
class Player {
  private readonly options: ReplayOptions;
  private readonly batch = new FlowBatch(BATCH_RECORDS);
  private readonly epochs: string[] = [];
  private readonly record = new LooseRecord();
  private readonly bytes = Buffer.from(this.record.ints.buffer);
  private events = 0;
  private firstMicros: number | undefined;
  private lastMicros: number | undefined;
  private startedMs = 0;

  constructor(options: ReplayOptions) {
    this.options = options;
  }

  get isCancelled(): boolean {
    return this.options.signal?.aborted === true;
  }

  async play(columns: readonly (readonly unknown[])[], row: number): Promise<void> {
    const at = RESTORING.length;
    await this.waitFor(columns[at + 3][row] as number);
    if (this.isCancelled) return;
    const hex = columns[at][row] as string;
    if (hex !== "") this.bytes.write(hex, "hex");
    else this.restore(columns, row);
    const { batch } = this;
    const n = batch.count;
    batch.bytes.set(this.bytes, n * FLOW_RECORD_BYTES);
    const facts = columns[at + 1][row] as string;
    batch.facts[n] = facts === "" ? undefined : (JSON.parse(facts) as FlowFacts);
    this.epochs[n] = columns[at + 2][row] as string;
    batch.count = n + 1;
    this.events += 1;
    if (batch.count === batch.capacity) await this.handOver();
  }

  async end(): Promise<ReplaySummary> {
    if (!this.isCancelled) await this.handOver();
    return { events: this.events, firstMicros: this.firstMicros, lastMicros: this.lastMicros, wasCancelled: this.isCancelled };
  }

  private restore(columns: readonly (readonly unknown[])[], row: number): void {
    this.record.reset();
    for (let n = 0; n < RESTORING.length; n += 1) {
      const column = RESTORING[n];
      const value = columns[n][row];
      if (isNumberColumn(column)) {
        if (!Number.isNaN(value)) column.restore!(this.record, value as number);
      } else if (value !== "") column.restore!(this.record, value as string);
    }
  }

  private async handOver(): Promise<void> {
    if (this.batch.count === 0) return;
    this.epochs.length = this.batch.count;
    try {
      await this.options.onBatch(this.batch, this.epochs);
    } catch (cause) {
      throw new CallerError("", { cause });
    }
    this.batch.clear();
  }

  private async waitFor(micros: number): Promise<void> {
    const { clock, speed, signal } = this.options;
    if (this.firstMicros === undefined) {
      this.firstMicros = micros;
      this.startedMs = clock.nowMs();
    }
    this.lastMicros = micros;
    if (!speed) return;
    const waitMs = this.startedMs + (micros - this.firstMicros) / 1000 / speed - clock.nowMs();
    if (waitMs <= PACE_MS) return;
    await this.handOver();
    await new Promise<void>((resolve) => {
      const finish = () => {
        stop();
        signal?.removeEventListener("abort", finish);
        resolve();
      };
      const stop = clock.after(Math.min(waitMs, 2 ** 31 - 1), finish);
      signal?.addEventListener("abort", finish);
    });
  }
}
