import type { Alert } from "../model/alert.ts";
import { D } from "../model/flow.ts";
import type { DuckDB, DuckDBConnection } from "./duckdb.ts";
import { RowCursor } from "./flow-record.ts";
import { hourOf, LAST_MICROS, STRAY } from "./hours.ts";
import type { Kind } from "./parts.ts";
import type { HistoryBatch } from "./row.ts";
import { AlertStage, FlowStage } from "./staging.ts";

/** Hours one round writes to at most; rows of further hours go to the strays, so that odd clocks cannot make thousands of files. */
const MOST_HOURS = 48;

/** What a round holds of one hour: the range of batches that its file will be named by. */
export interface RoundHour {
  kind: Kind;
  hour: number;
  first: number;
  last: number;
  sinceSeconds: number;
  isWritten: boolean;
}

/** Rows that become durable together: batches from one flush to the next, in tables in memory. */
export class Round {
  readonly flows: FlowStage;
  readonly alerts: AlertStage;
  readonly hours = new Map<string, RoundHour>();
  firstBatch = 0;
  lastBatch = 0;
  private isOpen = false;

  constructor(duckdb: DuckDB, connection: DuckDBConnection, number: number) {
    this.flows = new FlowStage(duckdb, connection, `flows_${number}`);
    this.alerts = new AlertStage(connection, `alerts_${number}`);
  }

  get isEmpty(): boolean {
    return this.lastBatch === 0;
  }

  async open(): Promise<void> {
    if (this.isOpen) return;
    this.isOpen = true;
    await this.flows.open();
    await this.alerts.open();
  }

  /** Adds a batch, but for what is durable already: rows of an hour of which a part reaches to this batch or beyond. */
  add(batch: HistoryBatch, run: string, durableOf: (kind: Kind, hour: number) => number): void {
    if (this.isEmpty) this.firstBatch = batch.number;
    this.lastBatch = batch.number;
    const row = new RowCursor(batch, run);
    for (let n = 0; n < batch.count; n += 1) {
      row.at(n);
      const hour = this.hourFor("flows", hourOf(row.eventMicros));
      if (durableOf("flows", hour) >= batch.number) continue;
      this.note("flows", hour, batch.number, row.double(D.intervalStartMicros));
      this.flows.add(row, hour);
    }
    for (const document of batch.alerts) {
      const alert = JSON.parse(document) as Alert;
      const hour = this.hourFor("alerts", hourOf(alert.lastMicros));
      if (durableOf("alerts", hour) >= batch.number) continue;
      this.note("alerts", hour, batch.number, alert.firstMicros);
      this.alerts.add(alert, hour);
    }
  }

  seal(): void {
    this.flows.seal();
    this.alerts.seal();
  }

  async drop(): Promise<void> {
    await this.flows.drop();
    await this.alerts.drop();
  }

  private hourFor(kind: Kind, hour: number): number {
    return this.hours.size < MOST_HOURS || this.hours.has(`${kind}:${hour}`) ? hour : STRAY;
  }

  private note(kind: Kind, hour: number, batch: number, sinceMicros: number): void {
    const key = `${kind}:${hour}`;
    const sinceSeconds = Math.floor(Math.min(Math.max(sinceMicros || 0, 0), LAST_MICROS) / 1e6);
    const found = this.hours.get(key);
    if (!found) this.hours.set(key, { kind, hour, first: batch, last: batch, sinceSeconds, isWritten: false });
    else {
      found.last = batch;
      if (sinceSeconds < found.sinceSeconds) found.sinceSeconds = sinceSeconds;
    }
  }
}
