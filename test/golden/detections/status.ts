import type { SensorStatus } from "../../../src/model/sensor-status.ts";
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
