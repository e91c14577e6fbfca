import type { Alert } from "../model/alert.ts";
import { ALERT_COLUMNS } from "./alert-columns.ts";
import { FLOW_COLUMNS, type FlowColumn, isNumberColumn, RECORD_COLUMN } from "./columns.ts";
import type { DuckDB, DuckDBConnection } from "./duckdb.ts";
import { RecordCheck, recordHex, stored } from "./exactness.ts";
import type { RowCursor } from "./flow-record.ts";

type Appender = Awaited<ReturnType<DuckDBConnection["createAppender"]>>;

/** Rows of a DuckDB data chunk. */
const CHUNK_ROWS = 2048;
const COLUMNS: readonly FlowColumn[] = [...FLOW_COLUMNS, RECORD_COLUMN];
const RECORD = FLOW_COLUMNS.length;

/** How a column waits: a number (NaN: nothing), a text ("": nothing), or the number of a text in a table beside (0: nothing). */
const waitsAs = (column: FlowColumn) => (isNumberColumn(column) ? "DOUBLE" : column.isUnique ? "VARCHAR" : "INTEGER");

/**
 * Tables in memory where rows wait for their file, in the types that fill fastest: handing DuckDB a text costs thirty
 * times a number. `selectFlows` turns them into the columns' own types.
 */
export class FlowStage {
  readonly table: string;
  rows = 0;
  private readonly duckdb: DuckDB;
  private readonly connection: DuckDBConnection;
  private appender: Appender | undefined;
  private textAppender: Appender | undefined;
  private readonly texts = new Map<string, number>();
  private readonly newTexts: string[] = [];
  private readonly values = COLUMNS.map((column) =>
    isNumberColumn(column)
      ? new Float64Array(CHUNK_ROWS)
      : column.isUnique
        ? new Array<string>(CHUNK_ROWS).fill("")
        : new Int32Array(CHUNK_ROWS),
  );
  private readonly hours = new Float64Array(CHUNK_ROWS);
  /** The text that a column had last, and its number: mostly it is the same again. */
  private readonly lastText: string[] = COLUMNS.map(() => "");
  private readonly lastNumber = new Int32Array(COLUMNS.length);
  private readonly check = new RecordCheck();
  private waiting = 0;

  constructor(duckdb: DuckDB, connection: DuckDBConnection, table: string) {
    this.duckdb = duckdb;
    this.connection = connection;
    this.table = table;
  }

  async open(): Promise<void> {
    const columns = COLUMNS.map((column) => `"${column.name}" ${waitsAs(column)}`);
    await this.connection.run(`CREATE TABLE ${this.table} (${columns.join(", ")}, _hour DOUBLE)`);
    // "Nothing" is in it too: a join that finds a row for each keeps the rows in their order.
    await this.connection.run(`CREATE TABLE ${this.table}_texts AS SELECT 0::INTEGER AS number, NULL::VARCHAR AS text`);
    this.appender = await this.connection.createAppender(this.table);
    this.textAppender = await this.connection.createAppender(`${this.table}_texts`);
  }

  add(row: RowCursor, hour: number): void {
    const at = this.waiting;
    const { check } = this;
    check.begin();
    for (let n = 0; n < RECORD; n += 1) {
      const column = FLOW_COLUMNS[n];
      if (isNumberColumn(column)) {
        const value = stored(column, column.read(row));
        (this.values[n] as Float64Array)[at] = value;
        check.tellNumber(column, value);
      } else {
        const value = column.read(row);
        this.values[n][at] = column.isUnique ? value : this.numberOf(n, value);
        check.tellText(column, value, row);
      }
    }
    this.values[RECORD][at] = this.numberOf(RECORD, check.isExact(row) ? "" : recordHex(row));
    this.hours[at] = hour;
    this.waiting += 1;
    this.rows += 1;
    if (this.waiting === CHUNK_ROWS) this.append();
  }

  /** Makes all rows visible to queries. */
  flush(): void {
    this.append();
    this.textAppender?.flushSync();
    this.appender?.flushSync();
  }

  seal(): void {
    this.append();
    this.textAppender?.closeSync();
    this.appender?.closeSync();
    this.textAppender = undefined;
    this.appender = undefined;
    this.texts.clear();
  }

  async drop(): Promise<void> {
    await this.connection.run(`DROP TABLE ${this.table}; DROP TABLE ${this.table}_texts`);
  }

  private numberOf(n: number, text: string): number {
    if (text === this.lastText[n]) return this.lastNumber[n];
    let number = text === "" ? 0 : this.texts.get(text);
    if (number === undefined) {
      number = this.texts.size + 1;
      this.texts.set(text, number);
      this.newTexts.push(text);
    }
    this.lastText[n] = text;
    this.lastNumber[n] = number;
    return number;
  }

  private append(): void {
    if (this.waiting === 0) return;
    const { DuckDBDataChunk, DOUBLE, INTEGER, VARCHAR } = this.duckdb;
    const types = { DOUBLE, INTEGER, VARCHAR };
    const chunk = DuckDBDataChunk.create([...COLUMNS.map((column) => types[waitsAs(column)]), DOUBLE], this.waiting);
    for (const [n, values] of [...this.values, this.hours].entries()) {
      const vector = chunk.getColumnVector(n);
      if (Array.isArray(values)) for (let row = 0; row < this.waiting; row += 1) vector.setItem(row, values[row]);
      else (vector as unknown as { items: Float64Array | Int32Array }).items.set(values.subarray(0, this.waiting));
      vector.flush();
    }
    let number = this.texts.size - this.newTexts.length;
    for (const text of this.newTexts.splice(0)) {
      number += 1;
      this.textAppender!.appendInteger(number);
      this.textAppender!.appendVarchar(text);
      this.textAppender!.endRow();
    }
    this.appender!.appendDataChunk(chunk);
    this.waiting = 0;
  }
}

/** SELECT that gives a stage's rows the columns' own types; `_hour` may be used in a WHERE after it. */
export function selectFlows(table: string): string {
  const joins: string[] = [];
  const list = COLUMNS.map((column, n) => {
    const name = `"${column.name}"`;
    const value = `f.${name}`;
    if (!isNumberColumn(column)) {
      if (column.isUnique) return `nullif(${value}, '') AS ${name}`;
      joins.push(`LEFT JOIN ${table}_texts t${n} ON t${n}.number = ${value}`);
      const text = `t${n}.text`;
      return `${column.type === "BLOB" ? `unhex(${text})` : column.type === "VARCHAR[]" ? `string_split(${text}, ' ')` : text} AS ${name}`;
    }
    if (column.words) return `[${column.words.map((w) => `'${w}'`).join(", ")}][TRY_CAST(${value} AS INTEGER) + 1] AS ${name}`;
    if (column.type === "DOUBLE") return `CASE WHEN isnan(${value}) THEN NULL ELSE ${value} END AS ${name}`;
    if (column.type === "TIMESTAMP") return `make_timestamp(TRY_CAST(${value} AS BIGINT)) AS ${name}`;
    return `TRY_CAST(${value} AS ${column.type}) AS ${name}`;
  });
  return `SELECT ${list.join(", ")} FROM ${table} f ${joins.join(" ")}`;
}

/** Alerts waiting for their file; few, so one row at a time. */
export class AlertStage {
  readonly table: string;
  rows = 0;
  private readonly connection: DuckDBConnection;
  private appender: Appender | undefined;

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

  async drop(): Promise<void> {
    await this.connection.run(`DROP TABLE ${this.table}`);
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
