import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AppError } from "../lib/errors.ts";
import { type DuckDB, type DuckDBConnection, loadDuckDb, openMemory } from "./duckdb.ts";
import { flowQuery, sourceOf } from "./flow-query.ts";
import { createFormatter, type Format } from "./format.ts";
import { checkSelect, openViews } from "./guarded-sql.ts";
import { listParts } from "./parts.ts";
import { MOST_ROWS, type Plain, type QueryOptions, type QueryRows } from "./query-options.ts";
import { streamSelect } from "./run-sql.ts";

const MEMORY_MEGABYTES = 1000;
/** The writer may merge or expire files between listing and reading them: then the list is made anew. */
const ATTEMPTS = 3;

type OnChunk = (columns: string[], rows: Plain[][]) => void | Promise<void>;

/** Reads a history folder, with or without a daemon that writes it. Belongs in a process that does nothing urgent. */
export interface History {
  readonly folder: string;
  /** True when nothing was ever recorded, or all has expired. */
  isEmpty(): Promise<boolean>;
  stream(options: QueryOptions, onChunk: OnChunk): Promise<{ columns: string[]; count: number; isCut: boolean }>;
  query(options: QueryOptions): Promise<QueryRows>;
}

/** @throws AppError history_unavailable when the folder does not exist. */
export async function openHistory(folder: string): Promise<History> {
  const path = resolve(folder);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory())
    throw new AppError(
      "history_unavailable",
      `no history at ${path}: is state.folder right, and did "bordertap run" run with history enabled?`,
      { exitCode: 2 },
    );
  const stream: History["stream"] = (options, onChunk) => streamHistory(path, options, onChunk);
  return {
    folder: path,
    isEmpty: async () => (await listParts(path, "flows")).length === 0 && (await listParts(path, "alerts")).length === 0,
    stream,
    async query(options) {
      const rows: Plain[][] = [];
      const { columns, isCut } = await stream(options, (_, more) => {
        for (const row of more) rows.push(row);
      });
      return { columns, rows, isCut };
    },
  };
}

/** One query of people's SQL, in a shut database of its own. */
export async function runGuarded(folder: string, options: QueryOptions): Promise<QueryRows> {
  return (await openHistory(folder)).query(options);
}

/**
 * `bordertap query`: writes the answer in a format, and remarks for people through `note`.
 *
 * @returns the number of rows written.
 * @throws AppError history_query or history_unavailable.
 */
export async function runQuery(
  options: QueryOptions & { folder: string; format: Format },
  write: (text: string) => void,
  note: (line: string) => void,
): Promise<number> {
  checkLimits(options);
  const history = await openHistory(options.folder);
  if (await history.isEmpty()) note(`history in ${history.folder} is empty: nothing was recorded yet, or all of it has expired`);
  const formatter = createFormatter(options.format, write);
  const { columns, count, isCut } = await history.stream(options, (names, rows) => formatter.add(names, rows));
  if (count > 0 || options.format !== "table") formatter.end(columns);
  else note("no rows match");
  if (isCut) note(`only the first ${count} rows: raise --limit (at most ${MOST_ROWS}) or narrow the question`);
  return count;
}

function checkLimits(options: QueryOptions): void {
  const { limit, fromMicros, toMicros } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS)
    throw new AppError("history_query", `--limit: ${limit} is not between 1 and ${MOST_ROWS}`, { exitCode: 2 });
  if (fromMicros !== undefined && toMicros !== undefined && fromMicros >= toMicros)
    throw new AppError("history_query", "--from must lie before --to", { exitCode: 2 });
}

async function streamHistory(folder: string, options: QueryOptions, onChunk: OnChunk): ReturnType<History["stream"]> {
  checkLimits(options);
  const duckdb = await loadDuckDb();
  // The rows go to the caller as they come: once some went, a second attempt would repeat them.
  for (let attempt = 1; ; attempt += 1) {
    let hasStarted = false;
    try {
      return await inMemory((connection) =>
        streamOnce(duckdb, connection, folder, options, (columns, rows) => {
          hasStarted ||= rows.length > 0;
          return onChunk(columns, rows);
        }),
      );
    } catch (error) {
      if (hasStarted || attempt === ATTEMPTS || !isGoneFile(error)) throw error;
    }
  }
}

async function streamOnce(
  duckdb: DuckDB,
  connection: DuckDBConnection,
  folder: string,
  options: QueryOptions,
  onChunk: OnChunk,
): ReturnType<History["stream"]> {
  if (options.sql !== undefined) {
    await openViews(connection, folder, options);
    const sql = await checkSelect(duckdb, connection, options.sql);
    return streamSelect(duckdb, connection, sql, options, onChunk);
  }
  const source = sourceOf("flows", await listParts(folder, "flows", options.fromMicros, options.toMicros));
  return streamSelect(duckdb, connection, await flowQuery(connection, source, options), options, onChunk);
}

/** A database in memory for one piece of work; large sorts may spill to a folder that goes with it. */
export async function inMemory<T>(work: (connection: DuckDBConnection) => Promise<T>, threads = 2): Promise<T> {
  const spillFolder = await mkdtemp(join(tmpdir(), "bordertap-"));
  const instance = await openMemory({ megabytes: MEMORY_MEGABYTES, threads, spillFolder });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

/** A file was merged away or expired while it was about to be read. */
export function isGoneFile(error: unknown): boolean {
  return /No such file|Cannot open file|No files found/.test(error instanceof Error ? error.message : "");
}
