import { AppError, reasonOf } from "../lib/errors.ts";
import type { DuckDB, DuckDBConnection } from "./duckdb.ts";
import { plain } from "./plain.ts";
import type { Plain, QueryRows } from "./query-options.ts";

/** Text of all values of one answer, bytes, about: a query that builds more is cut there. */
const MOST_ANSWER_BYTES = 256_000_000;

/**
 * Runs one SELECT and hands its rows on chunk by chunk (2,048 rows at most), so that no answer holds the event loop.
 *
 * @throws AppError history_query, with DuckDB's reason in one line.
 */
export async function streamSelect(
  duckdb: DuckDB,
  connection: DuckDBConnection,
  sql: string,
  options: { limit: number; timeoutSeconds?: number },
  onChunk: (columns: string[], rows: Plain[][]) => void | Promise<void>,
): Promise<{ columns: string[]; count: number; isCut: boolean }> {
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    connection.interrupt();
  }, timeoutSeconds * 1000).unref();
  try {
    const result = await connection.stream(sql);
    const columns = result.columnNames();
    let count = 0;
    let bytes = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return { columns, count, isCut: false };
      const room = options.limit - count;
      const rows = chunk
        .getRows()
        .slice(0, room)
        .map((row) => row.map((value) => plain(value, duckdb)));
      for (const row of rows) for (const value of row) bytes += typeof value === "string" ? value.length : 8;
      count += rows.length;
      await onChunk(columns, rows);
      if (chunk.rowCount > room || bytes > MOST_ANSWER_BYTES) return { columns, count, isCut: true };
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (isLate)
      throw new AppError("history_query", `the query took longer than ${timeoutSeconds} s: narrow the window with --from and --to`, {
        exitCode: 2,
        cause,
      });
    throw new AppError("history_query", `the query failed: ${oneLine(reasonOf(cause))}`, { exitCode: 2, cause });
  } finally {
    clearTimeout(timer);
  }
}

/** As `streamSelect`, all rows at once. */
export async function readSelect(
  duckdb: DuckDB,
  connection: DuckDBConnection,
  sql: string,
  options: { limit: number; timeoutSeconds?: number },
): Promise<QueryRows> {
  const rows: Plain[][] = [];
  const { columns, isCut } = await streamSelect(duckdb, connection, sql, options, (_, more) => {
    for (const row of more) rows.push(row);
  });
  return { columns, rows, isCut };
}

/** The first line of a reason; DuckDB's further lines repeat the statement. */
export function oneLine(text: string): string {
  return (
    text
      .split("\n")
      .filter((line) => line.trim() !== "")[0]
      ?.slice(0, 300) ?? ""
  );
}
