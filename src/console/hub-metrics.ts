import type { Metric } from "../obs/metrics.ts";
import type { Hub } from "./hub.ts";

/** What the live hub counts of itself. */
export function hubMetrics(hub: Hub): Metric[] {
  return [
    {
      name: "bordertap_console_open_sockets",
      type: "gauge",
      help: "Live sockets open.",
      labels: [],
      read: (emit) => emit(hub.sockets),
    },
    {
      name: "bordertap_console_resyncs_total",
      type: "counter",
      help: "Pages that had to start over, by reason.",
      labels: ["reason"],
      read(emit) {
        for (const [reason, n] of Object.entries(hub.resyncs)) emit(n, reason);
      },
    },
    {
      name: "bordertap_console_closed_sockets_total",
      type: "counter",
      help: "Live sockets that bordertap closed, by reason.",
      labels: ["reason"],
      read(emit) {
        for (const [reason, n] of Object.entries(hub.closed)) emit(n, reason);
      },
    },
    {
      name: "bordertap_console_refused_sockets_total",
      type: "counter",
      help: "Live sockets refused because there were too many.",
      labels: [],
      read: (emit) => emit(hub.refusedSockets),
    },
  ];
}
