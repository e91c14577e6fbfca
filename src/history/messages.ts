import type { QueryOptions, QueryRows } from "./query-options.ts";
import type { HistoryBatch } from "./row.ts";

/** What the history process is told at its start. */
export interface HistorySettings {
  folder: string;
  /** Names this run of the writer in part names: [0-9a-z]+, never used twice in a folder. */
  run: string;
  /** A part is written after so many seconds, or rows, whichever comes first. */
  partSeconds: number;
  partRows: number;
  retentionDays: number;
  /** Decimal gigabytes for all parts together. */
  retentionGigabytes: number;
  memoryMegabytes: number;
}

/** From the core to the history process. */
export type ToHistory =
  | { kind: "start"; settings: HistorySettings }
  | { kind: "batch"; batch: HistoryBatch }
  | { kind: "flush" }
  | { kind: "query"; id: number; options: QueryOptions }
  | { kind: "close" };

/** What is on disk, after each round of writing. */
export interface HistoryFacts {
  bytesOnDisk: number;
  parts: number;
  /** Milliseconds since 1970 at which the oldest and newest hour begin; undefined when there is none. */
  oldestMs: number | undefined;
  newestMs: number | undefined;
  /** Bytes free on the file system. */
  freeBytes: number;
  rowsWritten: number;
  expiredParts: number;
}

/** From the history process to the core. */
export type FromHistory =
  | { kind: "ready" }
  | { kind: "received"; number: number }
  | { kind: "durable"; number: number }
  | { kind: "trouble"; reason: string }
  | { kind: "fine" }
  | { kind: "facts"; facts: HistoryFacts }
  | { kind: "said"; level: "info" | "warn"; message: string; fields: Record<string, unknown> }
  | { kind: "rows"; id: number; rows: QueryRows }
  | { kind: "refused"; id: number; reason: string }
  | { kind: "fatal"; reason: string };
