import type { SensorStatus } from "../model/sensor-status.ts";

/** How far the packets that were seen tell the whole (an addition to the contract's summary). What nothing is known of is left out. */
export interface CoverageSummary {
  /** Bytes on the wire of malformed packets, and of frames without IP by kind. */
  malformed_bytes?: number;
  non_ip_bytes?: Record<string, number>;
  /** Closed flows that could have two directions, and those of them with one. */
  one_way?: { closed: number; one_way: number };
  /** Packets examined for copies that a mirror makes, and those that were. */
  duplicates?: { looked: number; found: number };
  /** Of a sample of TCP flows: payload bytes seen, and those acknowledged but never seen. */
  streams?: { seen_bytes: number; missing_bytes: number };
  /** Closed TLS and QUIC flows to addresses that are not private, and those of them that stated a name. */
  names?: { encrypted: number; named: number };
}

/** Sums what sensors say of their coverage; undefined when they say nothing. */
export function coverageOf(statuses: readonly SensorStatus[]): CoverageSummary | undefined {
  const sum = (read: (status: SensorStatus) => number | undefined) => statuses.reduce((total, status) => total + (read(status) ?? 0), 0);
  const out: CoverageSummary = {};
  const malformed = sum((status) => status.malformedBytes);
  if (malformed > 0) out.malformed_bytes = malformed;
  const kinds = new Map<string, number>();
  for (const { nonIpBytes = {} } of statuses)
    for (const [kind, n] of Object.entries(nonIpBytes)) kinds.set(kind, (kinds.get(kind) ?? 0) + n);
  if (kinds.size > 0) out.non_ip_bytes = Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)));
  const closed = sum(({ flows }) => flows.closed);
  if (closed > 0) out.one_way = { closed, one_way: sum(({ flows }) => flows.oneWayClosed) };
  const looked = sum(({ duplicates }) => duplicates?.looked);
  if (looked > 0) out.duplicates = { looked, found: sum(({ duplicates }) => duplicates?.found) };
  const seen = sum(({ streams }) => streams?.seenBytes);
  const missing = sum(({ streams }) => streams?.missingBytes);
  if (seen + missing > 0) out.streams = { seen_bytes: seen, missing_bytes: missing };
  const encrypted = sum(({ names }) => names?.encrypted);
  if (encrypted > 0) out.names = { encrypted, named: sum(({ names }) => names?.named) };
  return Object.keys(out).length > 0 ? out : undefined;
}
