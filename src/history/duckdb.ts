import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { AppError, reasonOf } from "../lib/errors.ts";

export type { DuckDBConnection, DuckDBInstance };
export type DuckDB = typeof import("@duckdb/node-api");

/** DuckDB's binary is 70 MB: it is loaded by the history process and by the verbs that read history, by nothing else. */
export async function loadDuckDb(): Promise<DuckDB> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new AppError(
      "history_unavailable",
      `history needs DuckDB, which does not load here (${reasonOf(cause).split("\n")[0]}): reinstall bordertap's packages, or set history.enabled to false`,
      { cause },
    );
  }
}

/** A database in memory that loads no extension and knows no home folder. */
export async function openMemory(options: {
  megabytes: number;
  threads: number;
  spillFolder?: string;
  joinsKeepOrder?: boolean;
}): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await loadDuckDb();
  return DuckDBInstance.create(":memory:", {
    memory_limit: `${options.megabytes}MB`,
    threads: String(options.threads),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    temp_directory: options.spillFolder ?? "",
    preserve_insertion_order: "true",
    // The left side of a join stays the one that is read through, and so keeps its order.
    ...(options.joinsKeepOrder ? { disabled_optimizers: "build_side_probe_side" } : {}),
  });
}

/** A text as an SQL literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
