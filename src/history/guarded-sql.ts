import { join } from "node:path";
import { AppError, reasonOf } from "../lib/errors.ts";
import { type DuckDB, type DuckDBConnection, quote } from "./duckdb.ts";
import { newestAlertOf, newestOf, sourceOf } from "./flow-query.ts";
import { KINDS, listParts } from "./parts.ts";
import { oneLine } from "./run-sql.ts";

/**
 * Makes the views that people may ask in SQL, then shuts the database: from then on it reads the history folder and
 * nothing else, and no statement can change that.
 *
 * flow_events: every recorded event (sum the new_ columns); flows: each flow once, as known last (sum the totals);
 * alerts: each alert once, in its newest state.
 */
export async function openViews(
  connection: DuckDBConnection,
  folder: string,
  window: { fromMicros?: number; toMicros?: number },
): Promise<void> {
  const flows = sourceOf("flows", await listParts(folder, "flows", window.fromMicros, window.toMicros));
  const limits = ["true"];
  if (window.fromMicros !== undefined) limits.push(`event_time >= make_timestamp(${Math.floor(window.fromMicros)})`);
  if (window.toMicros !== undefined) limits.push(`interval_start < make_timestamp(${Math.ceil(window.toMicros)})`);
  await connection.run(`CREATE VIEW flow_events AS SELECT * EXCLUDE (record) FROM (${flows}) WHERE ${limits.join(" AND ")}`);
  await connection.run(`CREATE VIEW flows AS ${newestOf("SELECT * FROM flow_events")}`);
  await connection.run(`CREATE VIEW alerts AS ${newestAlertOf(sourceOf("alerts", await listParts(folder, "alerts")))}`);
  const folders = KINDS.map((kind) => quote(`${join(folder, kind)}/`));
  await connection.run(`SET allowed_directories = [${folders.join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
}

/**
 * Lets one SELECT (or WITH … SELECT) through and nothing else.
 *
 * @throws AppError history_query that says what is wrong.
 */
export async function checkSelect(duckdb: DuckDB, connection: DuckDBConnection, sql: string): Promise<string> {
  const refuse = (why: string) => new AppError("history_query", `--sql: ${why}`, { exitCode: 2 });
  const word = firstWord(sql);
  if (word !== "SELECT" && word !== "WITH" && word !== "FROM")
    throw refuse(word === "" ? "there is no statement" : `only one SELECT over flows, flow_events and alerts is allowed, not ${word}`);
  let statements: Awaited<ReturnType<DuckDBConnection["extractStatements"]>>;
  try {
    statements = await connection.extractStatements(sql);
  } catch (cause) {
    throw refuse(oneLine(reasonOf(cause)));
  }
  if (statements.count !== 1) throw refuse("only one statement at a time");
  let prepared: Awaited<ReturnType<typeof statements.prepare>>;
  try {
    prepared = await statements.prepare(0);
  } catch (cause) {
    throw refuse(oneLine(reasonOf(cause)));
  }
  try {
    if (prepared.statementType !== duckdb.StatementType.SELECT)
      throw refuse("only one SELECT over flows, flow_events and alerts is allowed");
    if (prepared.parameterCount > 0) throw refuse("placeholders (?, $1) have no value here");
  } finally {
    prepared.destroySync();
  }
  return sql;
}

/** The first word after white space, comments and opening brackets, in capitals. */
function firstWord(sql: string): string {
  const rest = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*/, "");
  return /^[A-Za-z_]+/.exec(rest)?.[0].toUpperCase() ?? rest.slice(0, 12);
}
