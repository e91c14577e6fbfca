import type { LossReason } from "../model/loss.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { SensorRow } from "./wire.ts";

/** One sensor thread, its counters carried over restarts. */
export interface Sensor {
  name: string;
  last: SensorStatus;
  lastStatusMs: number;
  /** Wall time at which the seen counter last moved; undefined before the first packet. */
  lastPacketMs: number | undefined;
  packetsPerSecond: number | null;
  restarts: number;
  /** Sums of the sensor's earlier lives. */
  before: Counts;
  lossesBefore: Partial<Record<LossReason, number>>;
  canCountDrops: boolean;
}

export interface Counts {
  seen: number;
  decoded: number;
  malformed: number;
  filtered: number;
  dropped: number;
}

export function sensorRow(sensor: Sensor, nowMs: number): SensorRow {
  const total = totalOf(sensor);
  const { flows, memoryBytes } = sensor.last;
  return {
    sensor: sensor.name,
    ...total,
    dropped: sensor.canCountDrops ? total.dropped : null,
    packetsPerSecond: sensor.packetsPerSecond === null ? null : Math.round(sensor.packetsPerSecond),
    lastPacketAgeMs: sensor.lastPacketMs === undefined ? null : nowMs - sensor.lastPacketMs,
    statusAgeMs: nowMs - sensor.lastStatusMs,
    oneWayRatio: flows.closed > 0 ? flows.oneWayClosed / flows.closed : null,
    activeFlows: flows.active,
    evictedFlows: flows.evicted,
    memoryBytes,
    restarts: sensor.restarts,
    exports: exportsOf(sensor.last),
  };
}

function exportsOf({ collect }: SensorStatus): SensorRow["exports"] {
  if (collect === undefined) return null;
  const { packets, records, exporterCount, dropped, malformed, exporters } = collect;
  return {
    messages: packets,
    records,
    exporters: exporterCount,
    lost: exporters.reduce((sum, one) => sum + one.lost, 0),
    dropped,
    malformed,
  };
}

export function countsOf(status: SensorStatus): Counts {
  return {
    seen: status.capture.seenPackets,
    decoded: status.decodedPackets,
    malformed: status.malformedPackets,
    filtered: status.capture.filteredPackets,
    dropped: status.capture.kernelDrops ?? 0,
  };
}

export function totalOf(sensor: Sensor): Counts {
  const total = { ...sensor.before };
  addTo(total, countsOf(sensor.last));
  return total;
}

export function lossesOf(sensor: Sensor): [string, number][] {
  const all: Record<string, number> = { ...sensor.lossesBefore };
  for (const [reason, n] of Object.entries(sensor.last.losses)) all[reason] = (all[reason] ?? 0) + n;
  return Object.entries(all).filter(([, n]) => n > 0);
}

export function lossOf(status: SensorStatus, reason: LossReason): number {
  return status.losses[reason] ?? 0;
}

export function addTo(sum: Counts, more: Counts): void {
  sum.seen += more.seen;
  sum.decoded += more.decoded;
  sum.malformed += more.malformed;
  sum.filtered += more.filtered;
  sum.dropped += more.dropped;
}

export function subtract(a: Counts, b: Counts): Counts {
  return {
    seen: a.seen - b.seen,
    decoded: a.decoded - b.decoded,
    malformed: a.malformed - b.malformed,
    filtered: a.filtered - b.filtered,
    dropped: a.dropped - b.dropped,
  };
}
