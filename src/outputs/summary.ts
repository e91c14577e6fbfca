import { formatMicros } from "../lib/time.ts";
import type { FileReport } from "../model/capture.ts";
import { LOSS_NAMES, type LossReason } from "../model/loss.ts";
import type { CollectStatus, SensorStatus } from "../model/sensor-status.ts";

import { type CoverageSummary, coverageOf } from "./coverage.ts";

/** The contract's summary object (§5), in its spelling. What is unknown is left out. */
export interface Summary {
  packets: { seen: number; decoded: number; malformed: number; filtered: number; kernel_drops?: number };
  bytes: { seen: number };
  flows: { total: number; by_transport: Record<string, number> };
  non_ip: Record<string, number>;
  losses: Partial<Record<LossReason, number>>;
  exports?: { packets: number; records: number; options: number; held: number; dropped: number; malformed: number; templates: number };
  files: { name: string; packets: number; linktype: string; complete: boolean }[];
  coverage?: CoverageSummary;
  first?: string;
  last?: string;
  version: string;
}

export interface SummaryParts {
  /** One status per sensor thread, taken at the end. */
  statuses: readonly SensorStatus[];
  files: readonly FileReport[];
  version: string;
  /** Losses counted outside the sensor. */
  losses?: Partial<Record<LossReason, number>>;
  /** Packet times of the first and the last packet, where known. */
  firstMicros?: number | undefined;
  lastMicros?: number | undefined;
}

/** Puts the summary together; seen = decoded + malformed + filtered + kernel drops holds when it holds for each sensor. */
export function summaryOf({ statuses, files, version, losses = {}, firstMicros, lastMicros }: SummaryParts): Summary {
  const sum = (read: (status: SensorStatus) => number) => statuses.reduce((total, status) => total + read(status), 0);
  const knowsDrops = statuses.length > 0 && statuses.every(({ capture }) => capture.kernelDrops !== undefined);
  const newest = lastMicros ?? latest(statuses);
  const summary: Summary = {
    packets: {
      seen: sum(({ capture }) => capture.seenPackets),
      decoded: sum(({ decodedPackets }) => decodedPackets),
      malformed: sum(({ malformedPackets }) => malformedPackets),
      filtered: sum(({ capture }) => capture.filteredPackets),
      ...(knowsDrops ? { kernel_drops: sum(({ capture }) => capture.kernelDrops ?? 0) } : {}),
    },
    bytes: { seen: sum(({ capture }) => capture.seenBytes) },
    flows: { total: sum(({ flows }) => flows.opened), by_transport: added(statuses.map(({ flows }) => flows.byTransport)) },
    non_ip: added(statuses.map(({ nonIp }) => nonIp)),
    losses: lossesOf([...statuses.map((status) => status.losses), losses]),
    files: files.map(({ name, packets, linktype, complete }) => ({ name, packets, linktype, complete })),
    version,
  };
  const collected = statuses.flatMap(({ collect }) => collect ?? []);
  if (collected.length > 0) summary.exports = exportsOf(collected);
  const coverage = coverageOf(statuses);
  if (coverage !== undefined) summary.coverage = coverage;
  if (firstMicros !== undefined && Number.isFinite(firstMicros)) summary.first = formatMicros(firstMicros);
  if (newest !== undefined && Number.isFinite(newest)) summary.last = formatMicros(newest);
  return summary;
}

/** Sums records by key; keys stand in alphabetical order, so that the same traffic gives the same text. */
function added(records: readonly Record<string, number>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const record of records) for (const [key, n] of Object.entries(record)) sums.set(key, (sums.get(key) ?? 0) + n);
  return Object.fromEntries([...sums].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function lossesOf(records: readonly Partial<Record<LossReason, number>>[]): Partial<Record<LossReason, number>> {
  const out: Partial<Record<LossReason, number>> = {};
  for (const name of LOSS_NAMES) {
    const total = records.reduce((sum, record) => sum + (record[name] ?? 0), 0);
    if (total > 0) out[name] = total;
  }
  return out;
}

function exportsOf(collected: readonly CollectStatus[]): NonNullable<Summary["exports"]> {
  const sums = { packets: 0, records: 0, options: 0, held: 0, dropped: 0, malformed: 0, templates: 0 };
  for (const status of collected) for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += status[key];
  return sums;
}

function latest(statuses: readonly SensorStatus[]): number | undefined {
  const times = statuses.map(({ newestMicros }) => newestMicros).filter((micros) => micros !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}
