import type { Clock } from "../lib/clock.ts";
import { SEVERITIES, type Severity } from "../model/alert.ts";
import type { Metric } from "../obs/metrics.ts";
import type { Board } from "./board.ts";
import type { Group } from "./group.ts";

/** Zones are configured, so the label is a closed set; alerts without one say "none". */
export function alertMetrics(
  clock: Clock,
  groups: () => Iterable<Group>,
  raised: Record<Severity, number>,
  board: Board,
  failures: () => number,
): Metric[] {
  return [
    {
      name: "bordertap_alerts_open_alerts",
      type: "gauge",
      help: "Alerts that are not closed.",
      labels: ["severity", "zone"],
      read(emit) {
        const counts = new Map<string, number>(SEVERITIES.map((severity) => [`${severity}|none`, 0]));
        for (const { alert } of groups()) {
          if (alert.state === "closed") continue;
          const key = `${alert.severity}|${alert.zone ?? "none"}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        for (const [key, count] of counts) {
          const at = key.indexOf("|");
          emit(count, key.slice(0, at), key.slice(at + 1));
        }
      },
    },
    {
      name: "bordertap_alerts_raised_alerts_total",
      type: "counter",
      help: "Alerts opened since the start, by their severity then.",
      labels: ["severity"],
      read(emit) {
        for (const severity of SEVERITIES) emit(raised[severity], severity);
      },
    },
    {
      name: "bordertap_alerts_unacknowledged_age_seconds",
      type: "gauge",
      help: "Age of the oldest alert that nobody has taken; 0 when there is none.",
      labels: ["severity"],
      read(emit) {
        const oldest = new Map<Severity, number>();
        for (const { alert } of groups())
          if (alert.state === "open" && !(alert.firstMicros >= (oldest.get(alert.severity) ?? Number.POSITIVE_INFINITY)))
            oldest.set(alert.severity, alert.firstMicros);
        for (const severity of SEVERITIES) {
          const micros = oldest.get(severity);
          emit(micros === undefined ? 0 : Math.max(0, clock.nowMs() / 1000 - micros / 1e6), severity);
        }
      },
    },
    {
      name: "bordertap_alerts_evicted_alerts_total",
      type: "counter",
      help: "Alerts dropped for want of room, by what became of them; refused ones never opened.",
      labels: ["kind"],
      read(emit) {
        emit(board.evictedClosed, "closed");
        emit(board.evictedOpen, "open");
        emit(board.refused, "refused");
      },
    },
    {
      name: "bordertap_alerts_failed_writes_total",
      type: "counter",
      help: "Times the alerts' journal could not be written.",
      labels: [],
      read(emit) {
        emit(failures());
      },
    },
  ];
}
