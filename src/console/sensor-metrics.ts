import { SEVERITIES } from "../model/alert.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Metric } from "../obs/metrics.ts";
import type { LiveState } from "./live.ts";
import type { Counts } from "./sensor.ts";

type Read = (totals: Counts, status: SensorStatus, lastPacketMs: number | undefined) => number | undefined;

/** Metrics that follow from what sensors report and from the live sums. Unknown values are left out, never 0. */
export function liveMetrics(live: LiveState, nowMs: () => number): Metric[] {
  const perSensor = (name: Metric["name"], type: Metric["type"], help: string, read: Read): Metric => ({
    name,
    type,
    help,
    labels: ["sensor"],
    read(emit) {
      live.coverage.forEachSensor((sensor, totals, status, lastPacketMs) => {
        const value = read(totals, status, lastPacketMs);
        if (value !== undefined) emit(value, sensor);
      });
    },
  });
  return [
    perSensor("bordertap_capture_seen_packets_total", "counter", "Packets the source delivered or knows it dropped.", (t) => t.seen),
    perSensor(
      "bordertap_capture_dropped_packets_total",
      "counter",
      "Packets the kernel dropped; absent where that cannot be known.",
      (t, s) => (s.capture.kernelDrops === undefined ? undefined : t.dropped),
    ),
    perSensor("bordertap_decode_decoded_packets_total", "counter", "Packets decoded.", (t) => t.decoded),
    perSensor(
      "bordertap_decode_malformed_packets_total",
      "counter",
      "Packets that broke the rules of their own headers.",
      (t) => t.malformed,
    ),
    perSensor("bordertap_decode_malformed_bytes_total", "counter", "Bytes on the wire of malformed packets.", (_, s) => s.malformedBytes),
    {
      name: "bordertap_decode_nonip_bytes_total",
      type: "counter",
      help: "Bytes on the wire of frames without IP, by kind.",
      labels: ["sensor", "kind"],
      read: (emit) =>
        live.coverage.forEachSensor((sensor, _, { nonIpBytes = {} }) => {
          for (const [kind, n] of Object.entries(nonIpBytes)) emit(n, sensor, kind);
        }),
    },
    perSensor(
      "bordertap_capture_duplicates_ratio",
      "gauge",
      "Share of the packets looked at that a mirror gave a second time (see capture.duplicates).",
      (_, s) => (s.duplicates !== undefined && s.duplicates.looked > 0 ? s.duplicates.found / s.duplicates.looked : undefined),
    ),
    perSensor(
      "bordertap_flows_unseen_stream_ratio",
      "gauge",
      "Share of TCP payload that receivers acknowledged and the tap never showed, in a sample of the flows.",
      (_, { streams }) =>
        streams !== undefined && streams.seenBytes + streams.missingBytes > 0
          ? streams.missingBytes / (streams.seenBytes + streams.missingBytes)
          : undefined,
    ),
    perSensor(
      "bordertap_flows_named_flows_ratio",
      "gauge",
      "Share of closed TLS and QUIC flows to addresses that are not private that stated a name.",
      (_, { names }) => (names !== undefined && names.encrypted > 0 ? names.named / names.encrypted : undefined),
    ),
    perSensor("bordertap_decode_filtered_packets_total", "counter", "Packets a capture filter took out.", (t) => t.filtered),
    perSensor(
      "bordertap_capture_last_packet_timestamp_seconds",
      "gauge",
      "Wall time at which the newest packet arrived; 0 before the first.",
      (_, __, lastPacketMs) => (lastPacketMs ?? 0) / 1000,
    ),
    perSensor("bordertap_flows_oneway_flows_ratio", "gauge", "Share of closed flows of which one direction was seen.", (_, s) =>
      s.flows.closed > 0 ? s.flows.oneWayClosed / s.flows.closed : undefined,
    ),
    perSensor("bordertap_flows_active_flows", "gauge", "Flows in the table.", (_, s) => s.flows.active),
    perSensor("bordertap_flows_limit_flows", "gauge", "Most flows the table holds.", (_, s) => s.flows.limit),
    perSensor(
      "bordertap_flows_evicted_flows_total",
      "counter",
      "Flows reported early because the table was full.",
      (_, s) => s.flows.evicted,
    ),
    perSensor(
      "bordertap_dissect_reading_bytes",
      "gauge",
      "Memory taken by what is known of flows and by reading them (see dissect.readingTotalMegabytes).",
      (_, s) => s.dissect.readingBytes,
    ),
    perSensor(
      "bordertap_dissect_shortened_flows_total",
      "counter",
      "Flows that gave way to others for want of that memory: of what was known of them protocol and name stayed.",
      (_, s) => s.dissect.gaveWay,
    ),
    perSensor("bordertap_collect_messages_total", "counter", "Flow export messages that were recognised.", (_, s) => s.collect?.packets),
    perSensor("bordertap_collect_records_total", "counter", "Flow records that exporters sent.", (_, s) => s.collect?.records),
    perSensor("bordertap_collect_options_total", "counter", "Options records: samplers, interfaces.", (_, s) => s.collect?.options),
    perSensor("bordertap_collect_held_sets_total", "counter", "Data sets that had to wait for their template.", (_, s) => s.collect?.held),
    perSensor("bordertap_collect_waiting_sets", "gauge", "Data sets that wait just now, of the exporters told of.", (_, s) =>
      s.collect?.exporters.reduce((sum, { waitingSets }) => sum + waitingSets, 0),
    ),
    perSensor("bordertap_collect_known_templates", "gauge", "Templates known.", (_, s) => s.collect?.templates),
    perSensor("bordertap_collect_known_exporters", "gauge", "Exporters and observation domains known.", (_, s) => s.collect?.exporterCount),
    perSensor("bordertap_collect_skew_seconds", "gauge", "Largest difference between an exporter's clock and ours.", (_, s) =>
      s.collect === undefined ? undefined : Math.max(0, ...s.collect.exporters.map(({ skewSeconds = 0 }) => Math.abs(skewSeconds))),
    ),
    perSensor(
      "bordertap_collect_oldest_message_timestamp_seconds",
      "gauge",
      "When the exporter that is silent the longest spoke last.",
      (_, s) =>
        s.collect === undefined || s.collect.exporters.length === 0
          ? undefined
          : Math.min(...s.collect.exporters.map(({ lastMicros }) => lastMicros)) / 1e6,
    ),
    perSensor("bordertap_capture_memory_bytes", "gauge", "Resident memory of the sensor process.", (_, s) => s.memoryBytes),
    perSensor("bordertap_capture_cpu_seconds_total", "counter", "CPU time of the sensor process.", (_, s) => s.cpuSeconds),
    {
      name: "bordertap_pipeline_losses_total",
      type: "counter",
      help: "What was on the wire and did not become knowledge, by reason.",
      labels: ["sensor", "reason"],
      read: (emit) => live.coverage.forEachLoss((sensor, reason, n) => emit(n, sensor, reason)),
    },
    {
      name: "bordertap_pipeline_lag_seconds",
      type: "gauge",
      help: "Wall time less the newest packet's time; live capture only.",
      labels: [],
      read(emit) {
        const lagMs = live.coverage.lag(nowMs());
        if (lagMs !== null) emit(lagMs / 1000);
      },
    },
    {
      name: "bordertap_policy_judged_bytes_total",
      type: "counter",
      help: "Bytes over the border by judgement; up is leaving the site.",
      labels: ["judgement", "direction", "zone"],
      read(emit) {
        live.traffic.forEachJudged((zone, judgement, up, down) => {
          emit(up, judgement, "up", zone);
          emit(down, judgement, "down", zone);
        });
      },
    },
    {
      name: "bordertap_alerts_open_alerts",
      type: "gauge",
      help: "Alerts that are not closed.",
      labels: ["severity", "zone"],
      read(emit) {
        const counts = new Map<string, number>();
        for (const alert of live.alerts()) {
          if (alert.state === "closed") continue;
          const key = `${alert.severity}\n${alert.zone ?? ""}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
        // A severity without alerts is 0, not absent: rules compare with it.
        for (const severity of SEVERITIES) if (![...counts.keys()].some((key) => key.startsWith(`${severity}\n`))) emit(0, severity, "");
        for (const [key, n] of counts) {
          const [severity, zone] = key.split("\n");
          emit(n, severity, zone);
        }
      },
    },
    single("bordertap_console_late_events_total", "counter", "Flow events too old for the live window.", () => live.traffic.lateEvents),
    single(
      "bordertap_console_crowded_events_total",
      "counter",
      "Flow events summed under other for want of room.",
      () => live.traffic.crowdedEvents,
    ),
    single(
      "bordertap_console_forgotten_alerts_total",
      "counter",
      "Alerts the console no longer lists; the store keeps them.",
      () => live.forgottenAlerts,
    ),
  ];
}

function single(name: Metric["name"], type: Metric["type"], help: string, value: () => number): Metric {
  return { name, type, help, labels: [], read: (emit) => emit(value()) };
}
