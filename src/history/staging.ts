import type { Alert } from "../model/alert.ts";
import { ALERT_COLUMNS } from "./alert-columns.ts";
import { FLOW_COLUMNS, type FlowColumn, isNumberColumn, RECORD_COLUMN } from "./columns.ts";
import type { DuckDB, DuckDBConnection } from "./duckdb.ts";
import { isExact, recordHex, stored } from "./exactness.ts";
import type { RowCursor } from "./flow-record.ts";

/** Rows of a DuckDB data chunk. */
const CHUNK_ROWS = 2048;
const COLUMNS: readonly FlowColumn[] = [...FLOW_COLUMNS, RECORD_COLUMN];

/**
 * Tables in memory where rows wait for their file. Numbers wait as DOUBLE (NaN: nothing), all else as text ("": nothing),
 * because those two fill fastest; `selectFlows` turns them into the columns' own types.
 */
export class FlowStage {
  readonly table: string;
  rows = 0;
  private readonly duckdb: DuckDB;
  private readonly connection: DuckDBConnection;
  private appender: Awaited<ReturnType<DuckDBConnection["createAppender"]>> | undefined;
  /** One array a column, plus the hour at the end. */
  private readonly values: (Float64Array | string[])[] = COLUMNS.map((column) =>
    isNumberColumn(column) ? new Float64Array(CHUNK_ROWS) : new Array<string>(CHUNK_ROWS).fill(""),
  );
  private readonly hours = new Float64Array(CHUNK_ROWS);
  private waiting = 0;

  constructor(duckdb: DuckDB, connection: DuckDBConnection, table: string) {
    this.duckdb = duckdb;
    this.connection = connection;
    this.table = table;
  }

  async open(): Promise<void> {
    const columns = COLUMNS.map((column) => `"${column.name}" ${isNumberColumn(column) ? "DOUBLE" : "VARCHAR"}`);
    await this.connection.run(`CREATE TABLE ${this.table} (${columns.join(", ")}, _hour DOUBLE)`);
    this.appender = await this.connection.createAppender(this.table);
  }

  add(row: RowCursor, hour: number): void {
    const at = this.waiting;
    for (let n = 0; n < FLOW_COLUMNS.length; n += 1) {
      const column = FLOW_COLUMNS[n];
      if (isNumberColumn(column)) (this.values[n] as Float64Array)[at] = stored(column, column.read(row));
      else (this.values[n] as string[])[at] = column.read(row);
    }
    (this.values[FLOW_COLUMNS.length] as string[])[at] = isExact(row) ? "" : recordHex(row);
    this.hours[at] = hour;
    this.waiting += 1;
    this.rows += 1;
    if (this.waiting === CHUNK_ROWS) this.append();
  }

  /** Makes all rows visible to queries. */
  flush(): void {
    this.append();
    this.appender?.flushSync();
  }

  seal(): void {
    this.append();
    this.appender?.closeSync();
    this.appender = undefined;
  }

  private append(): void {
    if (this.waiting === 0) return;
    const { DuckDBDataChunk, DOUBLE, VARCHAR } = this.duckdb;
    const chunk = DuckDBDataChunk.create([...COLUMNS.map((column) => (isNumberColumn(column) ? DOUBLE : VARCHAR)), DOUBLE], this.waiting);
    for (const [n, values] of [...this.values, this.hours].entries()) {
      const vector = chunk.getColumnVector(n);
      if (values instanceof Float64Array) (vector as unknown as { items: Float64Array }).items.set(values.subarray(0, this.waiting));
      else for (let row = 0; row < this.waiting; row += 1) vector.setItem(row, values[row]);
      vector.flush();
    }
    this.appender!.appendDataChunk(chunk);
    this.waiting = 0;
  }
}

/** SELECT list that gives a stage's rows their own types. */
export function selectFlows(table: string): string {
  const list = COLUMNS.map((column) => {
    const value = `"${column.name}"`;
    if (!isNumberColumn(column)) {
      if (column.type === "BLOB") return `unhex(nullif(${value}, '')) AS ${value}`;
      if (column.type === "VARCHAR") return `nullif(${value}, '') AS ${value}`;
      return `CASE WHEN ${value} = '' THEN NULL ELSE string_split(${value}, ' ') END AS ${value}`;
    }
    if (column.words) return `[${column.words.map((w) => `'${w}'`).join(", ")}][TRY_CAST(${value} AS INTEGER) + 1] AS ${value}`;
    if (column.type === "DOUBLE") return `CASE WHEN isnan(${value}) THEN NULL ELSE ${value} END AS ${value}`;
    if (column.type === "TIMESTAMP") return `make_timestamp(TRY_CAST(${value} AS BIGINT)) AS ${value}`;
    return `TRY_CAST(${value} AS ${column.type}) AS ${value}`;
  });
  return `SELECT ${list.join(", ")} FROM ${table}`;
}

/** Alerts waiting for their file; few, so one row at a time. */
export class AlertStage {
  readonly table: string;
  rows = 0;
  private readonly connection: DuckDBConnection;
  private appender: Awaited<ReturnType<DuckDBConnection["createAppender"]>> | undefined;

  constructor(connection: DuckDBConnection, table: string) {
    this.connection = connection;
    this.table = table;
  }

  async open(): Promise<void> {
    const columns = ALERT_COLUMNS.map(({ name, type }) => `"${name}" ${type.startsWith("VARCHAR") ? "VARCHAR" : "DOUBLE"}`);
    await this.connection.run(`CREATE TABLE ${this.table} (${columns.join(", ")}, _hour DOUBLE)`);
    this.appender = await this.connection.createAppender(this.table);
  }

  add(alert: Alert, hour: number): void {
    const appender = this.appender!;
    for (const column of ALERT_COLUMNS) {
      const value = column.read(alert);
      if (value === undefined || value === "") appender.appendNull();
      else if (typeof value === "number") appender.appendDouble(value);
      else appender.appendVarchar(value);
    }
    appender.appendDouble(hour);
    appender.endRow();
    this.rows += 1;
  }

  flush(): void {
    this.appender?.flushSync();
  }

  seal(): void {
    this.appender?.closeSync();
    this.appender = undefined;
  }
}

export function selectAlerts(table: string): string {
  const list = ALERT_COLUMNS.map(({ name, type }) => {
    if (type === "VARCHAR") return `"${name}"`;
    if (type === "VARCHAR[]") return `string_split("${name}", ' ') AS "${name}"`;
    if (type === "TIMESTAMP") return `make_timestamp(TRY_CAST(floor("${name}") AS BIGINT)) AS "${name}"`;
    return `TRY_CAST("${name}" AS ${type}) AS "${name}"`;
  });
  return `SELECT ${list.join(", ")} FROM ${table}`;
}
