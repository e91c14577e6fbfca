import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Places } from "../enrich/location/places.ts";
import type { Names } from "../enrich/names.ts";
import { LOSS_NAMES } from "../model/loss.ts";
import type { Losses } from "../obs/losses.ts";
import type { Metric } from "../obs/metrics.ts";
import type { Spool } from "../spool/spool.ts";

/** Metrics of the core that belong to no single stage. */
export function coreMetrics(parts: { losses: Losses; spool: Spool; places: () => Places; names: Names }): Metric[] {
  const { losses, spool, places, names } = parts;
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const gauge = (name: Metric["name"], help: string, value: () => number): Metric => ({
    name,
    type: "gauge",
    help,
    labels: [],
    read: (emit) => emit(value()),
  });
  return [
    {
      name: "bordertap_pipeline_core_losses_total",
      type: "counter",
      help: "What the core could not keep or take, by reason.",
      labels: ["reason"],
      read: (emit) => {
        for (const [index, reason] of LOSS_NAMES.entries()) if (losses.counts[index] > 0) emit(losses.counts[index], reason);
      },
    },
    gauge("bordertap_spool_stored_bytes", "Flow events on disk that wait to be part of alerts and history.", () => spool.bytes),
    {
      ...gauge(
        "bordertap_spool_failed_entries_total",
        "Batches of flow events that the disk refused: judged, but lost if the core died then.",
        () => spool.failedEntries,
      ),
      type: "counter",
    },
    {
      ...gauge(
        "bordertap_spool_forgotten_segments_total",
        "Spool segments given up because the spool had reached its limit.",
        () => spool.forgottenSegments,
      ),
      type: "counter",
    },
    gauge("bordertap_enrich_names_entries", "Names learned from DNS answers that are remembered.", () => names.count()),
    gauge("bordertap_enrich_places_entries", "Distinct places (country, AS) met so far.", () => places().count()),
    {
      name: "bordertap_enrich_database_age_seconds",
      type: "gauge",
      help: "Age of each location database by its own build date.",
      labels: ["database"],
      read: (emit) => {
        for (const [name, build] of Object.entries(places().builds)) {
          const built = Date.parse(build);
          if (Number.isFinite(built)) emit((Date.now() - built) / 1000, name);
        }
      },
    },
    gauge(
      "bordertap_pipeline_loop_delay_seconds",
      "99th percentile of how late the judge's event loop runs, since the last scrape.",
      () => {
        const seconds = delay.percentile(99) / 1e9;
        delay.reset();
        return Number.isFinite(seconds) ? seconds : 0;
      },
    ),
  ];
}
