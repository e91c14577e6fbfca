import type { Metric } from "../obs/metrics.ts";
import type { HistoryFacts } from "./messages.ts";

export interface HistoryNumbers {
  taken: number;
  dropped: number;
  heldBytes: number;
  restarts: number;
  facts: HistoryFacts | undefined;
  bytesPerSecond: number;
  retentionBytes: number;
}

/** Metrics of history; what is not known yet is left out. */
export function historyMetrics(read: () => HistoryNumbers): Metric[] {
  const one = (name: Metric["name"], type: Metric["type"], help: string, value: (n: HistoryNumbers) => number | undefined): Metric => ({
    name,
    type,
    help,
    labels: [],
    read(emit) {
      const now = value(read());
      if (now !== undefined && Number.isFinite(now)) emit(now);
    },
  });
  return [
    one("bordertap_history_taken_events_total", "counter", "Judged flow events given to history", (n) => n.taken),
    one(
      "bordertap_history_written_events_total",
      "counter",
      "Flow events written to disk by the present history process",
      (n) => n.facts?.rowsWritten,
    ),
    one("bordertap_history_dropped_events_total", "counter", "Events let go because the queue to history was full", (n) => n.dropped),
    one("bordertap_history_queue_bytes", "gauge", "Held in the core until history has them on disk", (n) => n.heldBytes),
    one("bordertap_history_restarts_total", "counter", "Ends of the history process that nobody asked for", (n) => n.restarts),
    one("bordertap_history_disk_bytes", "gauge", "Size of all history files", (n) => n.facts?.bytesOnDisk),
    one("bordertap_history_files", "gauge", "Number of history files", (n) => n.facts?.parts),
    one("bordertap_history_expired_files_total", "counter", "Files deleted by retention", (n) => n.facts?.expiredParts),
    one("bordertap_history_oldest_timestamp_seconds", "gauge", "Beginning of the oldest hour on disk", (n) =>
      n.facts?.oldestMs === undefined ? undefined : n.facts.oldestMs / 1000,
    ),
    one("bordertap_history_disk_free_bytes", "gauge", "Free on the file system of history", (n) => n.facts?.freeBytes),
    one(
      "bordertap_history_disk_remaining_seconds",
      "gauge",
      "Until the disk is full at the present rate; absent where retention by size comes first",
      remaining,
    ),
  ];
}

function remaining({ facts, bytesPerSecond, retentionBytes }: HistoryNumbers): number | undefined {
  if (!facts || !(bytesPerSecond > 0)) return undefined;
  if (facts.freeBytes > retentionBytes - facts.bytesOnDisk) return undefined;
  return facts.freeBytes / bytesPerSecond;
}
