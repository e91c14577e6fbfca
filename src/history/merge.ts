import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "../lib/place-file.ts";
import { type DuckDBConnection, quote } from "./duckdb.ts";
import { hourFolder, type Kind, listHour, type Part, partName, sizeOf } from "./parts.ts";

/** Parts larger than this together are left as they are. */
const LARGEST_MERGE_BYTES = 1_000_000_000;

/**
 * Makes one file of an hour's parts, run by run, and removes what is covered. The new file is in its place before the
 * old ones go: after a crash in between, readers ignore the covered ones, and this removes them.
 *
 * @returns the number of files that went away.
 */
export async function mergeHour(connection: DuckDBConnection, folder: string, kind: Kind, hour: number, place: Place): Promise<number> {
  const { parts, covered } = await listHour(folder, kind, hour);
  let removed = 0;
  for (const part of covered) {
    await rm(part.path, { force: true });
    removed += 1;
  }
  for (const run of new Set(parts.map((part) => part.run))) {
    const group = parts.filter((part) => part.run === run);
    if (group.length < 2) continue;
    let bytes = 0;
    for (const part of group) bytes += (await sizeOf(part.path)).bytes;
    if (bytes > LARGEST_MERGE_BYTES) continue;
    const temporary = join(folder, "tmp", `merge-${run}-${hour}.tmp`);
    await connection.run(
      `COPY (SELECT * FROM read_parquet([${group.map((part) => quote(part.path)).join(", ")}], union_by_name = true, hive_partitioning = false)) TO ${quote(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await place(temporary, join(hourFolder(folder, kind, hour), mergedName(group)));
    for (const part of group) await rm(part.path, { force: true });
    removed += group.length - 1;
  }
  return removed;
}

function mergedName(group: readonly Part[]): string {
  const sinceSeconds = group.reduce((least, part) => Math.min(least, part.sinceSeconds), Number.POSITIVE_INFINITY);
  return partName(group[0].run, group[0].first, group.at(-1)!.last, sinceSeconds);
}
