import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { formatMicros } from "../lib/time.ts";
import type { Plain } from "./query-options.ts";

/** A DuckDB value as plain JSON; whole numbers beyond 2^53 stay text, so that no digit is lost. */
export function plain(value: DuckDBValue | undefined, duckdb: typeof import("@duckdb/node-api")): Plain {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return value >= -MOST && value <= MOST ? Number(value) : String(value);
  if (value instanceof duckdb.DuckDBTimestampValue) {
    const micros = Number(value.micros);
    return Math.abs(micros) <= DATE_MICROS ? formatMicros(micros) : String(value);
  }
  if (value instanceof duckdb.DuckDBListValue || value instanceof duckdb.DuckDBArrayValue)
    return value.items.map((item) => plain(item, duckdb));
  if (value instanceof duckdb.DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, plain(item, duckdb)]));
  }
  if (value instanceof duckdb.DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
  if (value instanceof duckdb.DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

export type { DuckDBType };

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
/** Beyond this a JavaScript Date holds nothing. */
const DATE_MICROS = 8.64e18;
