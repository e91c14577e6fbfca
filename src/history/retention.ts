import { rm, rmdir } from "node:fs/promises";
import { HOUR_MS, STRAY } from "./hours.ts";
import { hourFolder, KINDS, type Kind, listHour, listHours, sizeOf } from "./parts.ts";

export interface StoredHour {
  kind: Kind;
  hour: number;
  bytes: number;
  paths: string[];
  /** Wall time of its newest file. */
  modifiedMs: number;
}

/** All hours of all kinds with their sizes, oldest first. */
export async function listStored(folder: string): Promise<StoredHour[]> {
  const stored: StoredHour[] = [];
  for (const kind of KINDS) {
    for (const hour of await listHours(folder, kind)) {
      const { parts, covered } = await listHour(folder, kind, hour);
      const found: StoredHour = { kind, hour, bytes: 0, paths: [], modifiedMs: 0 };
      for (const { path } of [...covered, ...parts]) {
        const { bytes, modifiedMs } = await sizeOf(path);
        found.bytes += bytes;
        found.modifiedMs = Math.max(found.modifiedMs, modifiedMs);
        found.paths.push(path);
      }
      stored.push(found);
    }
  }
  return stored.sort((a, b) => a.hour - b.hour);
}

/**
 * Chooses what to delete: hours past the age (both their packet time and their recording, so that an old capture read
 * today is kept), then the oldest hours until the size fits. The newest hour of a kind is never chosen.
 */
export function chooseExpired(
  stored: readonly StoredHour[],
  limits: { nowMs: number; retentionDays: number; retentionBytes: number },
): StoredHour[] {
  const newest = new Map(KINDS.map((kind) => [kind, stored.findLast((s) => s.kind === kind)]));
  const oldestMs = limits.nowMs - limits.retentionDays * 86_400_000;
  const isOld = (s: StoredHour) => s.modifiedMs < oldestMs && (s.hour === STRAY || (s.hour + 1) * HOUR_MS < oldestMs);
  let bytes = stored.reduce((sum, s) => sum + s.bytes, 0);
  const expired: StoredHour[] = [];
  for (const s of stored) {
    if (s === newest.get(s.kind)) continue;
    if (!isOld(s) && bytes <= limits.retentionBytes) continue;
    expired.push(s);
    bytes -= s.bytes;
  }
  return expired;
}

/** Deletes an hour; a reader that has a file open still reads it to its end. */
export async function removeHour(folder: string, stored: StoredHour): Promise<void> {
  for (const path of stored.paths) await rm(path, { force: true });
  const at = hourFolder(folder, stored.kind, stored.hour);
  // Not empty (a part came meanwhile) or gone already: both are fine.
  await rmdir(at).catch(() => undefined);
  await rmdir(at.slice(0, at.lastIndexOf("/"))).catch(() => undefined);
}
