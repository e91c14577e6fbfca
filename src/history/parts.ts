import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { folderOfHour, HOUR_MS, hourOfFolder, STRAY } from "./hours.ts";

export const KINDS = ["flows", "alerts"] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A Parquet file of one hour. Its name says which batches of which run it holds, and since when (seconds since 1970):
 * part-<run>-<first batch>-<last batch>-<since>.parquet. A merged file takes the range of those it replaces, so a file
 * whose range lies within another's of the same run is a leftover, and is not read.
 */
export interface Part {
  path: string;
  name: string;
  hour: number;
  run: string;
  first: number;
  last: number;
  sinceSeconds: number;
}

export function partName(run: string, first: number, last: number, sinceSeconds: number): string {
  return `part-${run}-${first}-${last}-${sinceSeconds}.parquet`;
}

/** Folder of one hour. */
export function hourFolder(folder: string, kind: Kind, hour: number): string {
  return join(folder, kind, folderOfHour(hour));
}

/** Hours present, oldest first; strays before all. */
export async function listHours(folder: string, kind: Kind): Promise<number[]> {
  const hours: number[] = [];
  for (const date of await entries(join(folder, kind))) {
    if (!date.startsWith("date=")) continue;
    for (const hour of await entries(join(folder, kind, date))) {
      const number = hourOfFolder(date, hour);
      if (number !== undefined) hours.push(number);
    }
  }
  return hours.sort((a, b) => a - b);
}

/** Parts of one hour by run and batch, and the leftovers that other parts cover. */
export async function listHour(folder: string, kind: Kind, hour: number): Promise<{ parts: Part[]; covered: Part[] }> {
  const at = hourFolder(folder, kind, hour);
  const all: Part[] = [];
  for (const name of await entries(at)) {
    const found = /^part-([0-9a-z]+)-(\d+)-(\d+)-(\d+)\.parquet$/.exec(name);
    if (found)
      all.push({
        path: join(at, name),
        name,
        hour,
        run: found[1],
        first: Number(found[2]),
        last: Number(found[3]),
        sinceSeconds: Number(found[4]),
      });
  }
  all.sort((a, b) => (a.run === b.run ? a.first - b.first || b.last - a.last : a.run < b.run ? -1 : 1));
  const parts: Part[] = [];
  const covered: Part[] = [];
  for (const part of all) {
    const before = parts.at(-1);
    if (before && before.run === part.run && part.last <= before.last) covered.push(part);
    else parts.push(part);
  }
  return { parts, covered };
}

/** Parts that may hold something of the window: their hour ends after `fromMicros`, and they began before `toMicros`. */
export async function listParts(
  folder: string,
  kind: Kind,
  fromMicros = Number.NEGATIVE_INFINITY,
  toMicros = Number.POSITIVE_INFINITY,
): Promise<Part[]> {
  const parts: Part[] = [];
  for (const hour of await listHours(folder, kind)) {
    if (hour !== STRAY && (hour + 1) * HOUR_MS * 1000 <= fromMicros) continue;
    for (const part of (await listHour(folder, kind, hour)).parts) if (part.sinceSeconds * 1e6 < toMicros) parts.push(part);
  }
  return parts;
}

export async function sizeOf(path: string): Promise<{ bytes: number; modifiedMs: number }> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { bytes: size, modifiedMs: mtimeMs };
  } catch {
    return { bytes: 0, modifiedMs: 0 };
  }
}

/** Names in a folder; none when it is not there. */
async function entries(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch {
    return [];
  }
}
