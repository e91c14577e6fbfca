import type { CaptureCounters } from "./capture.ts";
import type { LossReason } from "./loss.ts";

/** What a sensor says of itself, cumulative since its start: once a second live, at the end offline. */
export interface SensorStatus {
  /** Random per start of the sensor: tells a restart from a pause. */
  epoch: string;
  thread: number;
  source: string;
  capture: CaptureCounters;
  /** The accounting identity: seen = decoded + malformed + filtered + kernel drops. */
  decodedPackets: number;
  malformedPackets: number;
  /** Frames without IP by kind (arp, lldp, stp …); they are decoded. */
  nonIp: Record<string, number>;
  losses: Partial<Record<LossReason, number>>;
  flows: {
    opened: number;
    active: number;
    limit: number;
    evicted: number;
    /** Flows ever, by IANA transport keyword. */
    byTransport: Record<string, number>;
    /** Closed flows of which only one direction was seen, and all closed flows that could have had two. */
    oneWayClosed: number;
    closed: number;
  };
  /** Packets given to dissectors, and those nothing recognised. */
  dissect: { recognised: number; unrecognised: number };
  /** Resident memory, bytes, and CPU seconds of the sensor process. */
  memoryBytes: number;
  cpuSeconds: number;
  /** Packet time of the newest packet. */
  newestMicros: number | undefined;
}
