import type { CaptureCounters } from "./capture.ts";
import type { ExportKind } from "./facts.ts";
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
  /** Their bytes on the wire. */
  nonIpBytes?: Record<string, number>;
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
  /** Bytes on the wire of the malformed packets. */
  malformedBytes?: number;
  /** Packets looked at for copies of them that a mirror of two ports makes, and how many were such copies (SensorStatus.losses has those that were left out). */
  duplicates?: { looked: number; found: number };
  /** What went by in TCP streams without being seen, in a sample of the flows: see StreamLoss. */
  streams?: StreamLoss;
  /** Closed TLS and QUIC flows to addresses that are not private, and those of them that stated a name. */
  names?: { encrypted: number; named: number };
  /**
   * Packets given to dissectors, and those nothing recognised. `readingBytes`: memory taken by what is known of flows and by reading
   * them, just now; `gaveWay`: flows that gave way to others for want of it.
   */
  dissect: { recognised: number; unrecognised: number; readingBytes?: number; gaveWay?: number };
  /** Resident memory, bytes, and CPU seconds of the sensor process. */
  memoryBytes: number;
  cpuSeconds: number;
  /** Packet time of the newest packet. */
  newestMicros: number | undefined;
  /** Of a sensor that reads flow exports. */
  collect?: CollectStatus;
}

/**
 * Bytes of TCP streams that were acknowledged by their receiver and never seen: lost between the wire and this program,
 * by the mirror port, the tap, or a full ring. From one flow in SAMPLED_STREAMS.
 */
export interface StreamLoss {
  /** Payload bytes seen in the sampled flows. */
  seenBytes: number;
  /** Payload bytes that were acknowledged but not seen. */
  missingBytes: number;
}

/** One flow in so many is followed for StreamLoss. */
export const SAMPLED_STREAMS = 32;

/** What came of flow exports (CONTRACT §5 `exports`), cumulative. */
export interface CollectStatus {
  /** Export messages that were recognised. */
  packets: number;
  /** Flow records made of them. */
  records: number;
  /** Options records (samplers, interfaces): they make no flow. */
  options: number;
  /** Sets that had to wait for their template. */
  held: number;
  /** Sets that were given up: no room to hold them, or their template never came. */
  dropped: number;
  /** Messages and sets that break the rules of their headers. */
  malformed: number;
  /** Templates that are known now. */
  templates: number;
  /** Messages from exporters that are not on the list. */
  refused: number;
  /** The exporters that spoke most recently, at most EXPORTERS_TOLD. */
  exporters: ExporterStatus[];
  exporterCount: number;
}

export const EXPORTERS_TOLD = 64;

/** One exporter and observation domain (NetFlow v9: source id; v5: engine; sFlow: sub-agent). */
export interface ExporterStatus {
  observer: string;
  kind: ExportKind;
  domainId: number;
  packets: number;
  records: number;
  /** By its sequence numbers: records (v5, IPFIX) or messages (v9, sFlow) that did not come. */
  lost: number;
  /** Times its sequence began anew: it was restarted, or messages came in another order. */
  sequenceResets: number;
  /** Sets that wait for a template just now. */
  waitingSets: number;
  /** Records without a known sampling rate: their counts may stand for more. */
  unsampledRecords: number;
  /** Newest sampling rate seen; left out where it says nothing. */
  samplingRate?: number;
  /** Its clock ahead of ours, seconds: time in the message less time of arrival. */
  skewSeconds?: number;
  /** Arrival of its newest message. */
  lastMicros: number;
}
