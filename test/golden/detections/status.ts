import type { ExporterStatus, SensorStatus } from "../../../src/model/sensor-status.ts";
import type { Step } from "./scenario.ts";

/** A sensor's word after so many packets. */
export function status(
  seen: number,
  more: { drops?: number | undefined; malformed?: number; closed?: number; oneWay?: number; epoch?: string } = {},
): SensorStatus {
  const kernelDrops = "drops" in more ? more.drops : 0;
  return {
    epoch: more.epoch ?? "e1",
    thread: 0,
    source: "eth0 (af-packet)",
    capture: {
      seenPackets: seen,
      seenBytes: seen * 100,
      filteredPackets: 0,
      kernelDrops,
      interfacePackets: undefined,
      newestMicros: undefined,
    },
    decodedPackets: seen - (kernelDrops ?? 0) - (more.malformed ?? 0),
    malformedPackets: more.malformed ?? 0,
    nonIp: {},
    losses: {},
    flows: { opened: 0, active: 0, limit: 1, evicted: 0, byTransport: {}, oneWayClosed: more.oneWay ?? 0, closed: more.closed ?? 0 },
    dissect: { recognised: 0, unrecognised: 0 },
    memoryBytes: 0,
    cpuSeconds: 0,
    newestMicros: undefined,
  };
}

/** A status every ten seconds, 1000 packets each, until `seconds`; `at` says what was lost by then. */
export function minutes(
  seconds: number,
  at: (seconds: number, seen: number) => Parameters<typeof status>[1] = () => ({}),
  fromSeconds = 0,
): Step[] {
  return Array.from({ length: Math.floor((seconds - fromSeconds) / 10) + 1 }, (_, n) => {
    const atSeconds = fromSeconds + n * 10;
    const seen = atSeconds * 100;
    return { status: status(seen, at(atSeconds, seen)), atSeconds };
  });
}

/** A collector's word on one exporter. `packets` moves the sensor's own count too, so that only the exporter is silent. */
export function exportStatus(more: Partial<ExporterStatus>, seen = more.packets ?? 1): SensorStatus {
  const exporter: ExporterStatus = {
    observer: "10.0.0.1",
    kind: "ipfix",
    domainId: 7,
    packets: 1,
    records: 100,
    lost: 0,
    sequenceResets: 0,
    waitingSets: 0,
    unsampledRecords: 0,
    lastMicros: 0,
    ...more,
  };
  const counts = { packets: 0, records: 0, options: 0, held: 0, dropped: 0, malformed: 0, templates: 0, refused: 0 };
  return { ...status(seen * 100), source: "collector", collect: { ...counts, exporters: [exporter], exporterCount: 1 } };
}

/** One message a minute. */
export function exporting(minutesLong: number, more: Partial<ExporterStatus> = {}, fromMinute = 0): Step[] {
  return Array.from({ length: minutesLong + 1 }, (_, n) => {
    const minute = fromMinute + n;
    return { status: exportStatus({ packets: minute + 1, ...more }, minute + 1), atSeconds: minute * 60 };
  });
}
