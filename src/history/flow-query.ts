import { AppError } from "../lib/errors.ts";
import { type AddressWords, compareAddresses, parseAddress, parsePrefix } from "../lib/ip.ts";
import { JUDGEMENTS } from "../model/judgement.ts";
import { ALERT_COLUMNS } from "./alert-columns.ts";
import { FLOW_COLUMNS, RECORD_COLUMN } from "./columns.ts";
import { type DuckDBConnection, quote } from "./duckdb.ts";
import type { Part } from "./parts.ts";
import type { QueryOptions } from "./query-options.ts";

/** Distinct addresses that are looked through for a prefix. */
const MOST_ADDRESSES = 1_000_000;

const KEY = "sensor_epoch, sensor_thread, flow_id";
const ROW_ORDER = `flow_end DESC, flow_start DESC, ${KEY}`;
const NEWEST_FIRST = "event_time DESC, run DESC, sequence DESC";

/**
 * SQL for all rows of some parts, and of tables with the same columns. All columns are there, whatever the parts have: those that
 * were written before a column was thought of are read with nothing in it.
 */
export function sourceOf(kind: "flows" | "alerts", parts: readonly Part[], selects: readonly string[] = []): string {
  const sources = [...selects];
  if (parts.length > 0)
    sources.unshift(
      `SELECT * FROM read_parquet([${parts.map((part) => quote(part.path)).join(", ")}], union_by_name = true, hive_partitioning = false)`,
    );
  const columns: readonly { name: string; type: string }[] =
    kind === "flows" ? [...FLOW_COLUMNS.map(typeOf), RECORD_COLUMN] : ALERT_COLUMNS;
  const none = `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name}"`).join(", ")} WHERE false`;
  return [none, ...sources].join(" UNION ALL BY NAME ");
}

/** The newest event of each flow: its totals and what was known of it last. */
export function newestOf(source: string): string {
  return `SELECT * FROM (${source}) QUALIFY row_number() OVER (PARTITION BY ${KEY} ORDER BY ${NEWEST_FIRST}) = 1`;
}

/** The newest state of each alert. */
export function newestAlertOf(source: string): string {
  return `SELECT * FROM (${source}) QUALIFY row_number() OVER (PARTITION BY alert_id ORDER BY revision DESC, last_time DESC) = 1`;
}

/** The columns that a query of flows gives, in their order. */
export const FLOW_ROW = [
  "flow_start",
  "flow_end",
  "event_kind",
  "zone",
  "asset",
  "source_ip",
  "source_port",
  "destination_ip",
  "destination_port",
  "transport",
  "protocols",
  "name",
  "name_source",
  "party",
  "party_also",
  "proxied_to",
  "forwarded_for",
  "country",
  "countries",
  "location_verdict",
  "confidence",
  "judgement",
  "rule",
  "direction",
  "window_bytes_out",
  "window_bytes_in",
  "bytes_out",
  "bytes_in",
  "source_bytes",
  "destination_bytes",
  "policy_revision",
  "sensor_epoch",
  "sensor_thread",
  "flow_id",
] as const;

/**
 * One row a flow that overlaps the window, newest first: what was known of it last, its totals, and as
 * `window_bytes_…` the bytes that were counted in the window.
 *
 * @throws AppError history_query for a filter that makes no sense.
 */
export async function flowQuery(connection: DuckDBConnection, source: string, options: QueryOptions): Promise<string> {
  const events = [windowOf(options)];
  if (options.address !== undefined) events.push(await addressFilter(connection, source, options.address));
  const flows = ["true"];
  if (options.zone !== undefined) flows.push(`zone = ${quote(options.zone)}`);
  if (options.party !== undefined) flows.push(`party = ${quote(options.party)}`);
  if (options.country !== undefined) flows.push(`country = ${quote(countryOf(options.country))}`);
  if (options.judgement !== undefined) flows.push(`judgement = ${quote(judgementOf(options.judgement))}`);
  if (options.name !== undefined) flows.push(`name LIKE ${quote(patternOf(options.name))} ESCAPE '\\'`);
  // First which flows, with the few columns that decide it; then the whole row of those alone.
  const found = `SELECT run, sequence, window_bytes_out, window_bytes_in FROM (
    SELECT run, sequence, ${KEY}, flow_start, flow_end, zone, party, country, judgement, name,
      sum(new_bytes_out) OVER (PARTITION BY ${KEY}) AS window_bytes_out, sum(new_bytes_in) OVER (PARTITION BY ${KEY}) AS window_bytes_in
    FROM (${source}) WHERE ${events.join(" AND ")}
    QUALIFY row_number() OVER (PARTITION BY ${KEY} ORDER BY ${NEWEST_FIRST}) = 1
  ) WHERE ${flows.join(" AND ")} ORDER BY ${ROW_ORDER} LIMIT ${options.limit + 1}`;
  return `SELECT ${FLOW_ROW.join(", ")} FROM (${source}) JOIN (${found}) USING (run, sequence) ORDER BY ${ROW_ORDER}`;
}

function windowOf({ fromMicros, toMicros }: QueryOptions): string {
  const parts = ["true"];
  if (fromMicros !== undefined) parts.push(`event_time >= make_timestamp(${Math.floor(fromMicros)})`);
  if (toMicros !== undefined) parts.push(`interval_start < make_timestamp(${Math.ceil(toMicros)})`);
  return parts.join(" AND ");
}

async function addressFilter(connection: DuckDBConnection, source: string, text: string): Promise<string> {
  if (parseAddress(text)) return `(source_ip = ${quote(text)} OR destination_ip = ${quote(text)})`;
  const prefix = parsePrefix(text);
  if (!prefix)
    throw new AppError("history_query", `--address: "${text}" is neither an address nor a prefix (10.2.0.0/16)`, { exitCode: 2 });
  const found = await connection.runAndReadUntil(
    `SELECT DISTINCT ip FROM (SELECT source_ip AS ip FROM (${source}) UNION ALL SELECT destination_ip FROM (${source}))`,
    MOST_ADDRESSES + 1,
  );
  if (found.currentRowCount > MOST_ADDRESSES)
    throw new AppError("history_query", `--address: over ${MOST_ADDRESSES} addresses to look through: narrow the window`, { exitCode: 2 });
  const matching: string[] = [];
  for (const [ip] of found.getRows()) {
    const words = typeof ip === "string" ? parseAddress(ip) : undefined;
    if (words && within(words, prefix)) matching.push(quote(String(ip)));
  }
  if (matching.length === 0) return "false";
  return `(source_ip IN (${matching.join(", ")}) OR destination_ip IN (${matching.join(", ")}))`;
}

function within(words: AddressWords, prefix: { first: AddressWords; last: AddressWords }): boolean {
  return compareAddresses(words, prefix.first) >= 0 && compareAddresses(words, prefix.last) <= 0;
}

function countryOf(text: string): string {
  if (!/^[A-Za-z]{2}$/.test(text))
    throw new AppError("history_query", `--country: "${text}" is no ISO 3166-1 code of two letters (LU, DE)`, { exitCode: 2 });
  return text.toUpperCase();
}

function judgementOf(text: string): string {
  if (!(JUDGEMENTS as readonly string[]).includes(text))
    throw new AppError("history_query", `--judgement: "${text}" is none of ${JUDGEMENTS.join(", ")}`, { exitCode: 2 });
  return text;
}

function patternOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&")
    .replaceAll("*", "%");
}

function typeOf(column: (typeof FLOW_COLUMNS)[number]): { name: string; type: string } {
  return { name: column.name, type: "words" in column && column.words ? "VARCHAR" : column.type };
}
