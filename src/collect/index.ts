import { type Collector, type CollectorOptions, collectorOf } from "./collector.ts";
import { ipfix } from "./ipfix.ts";
import { netflowV5 } from "./netflow-v5.ts";
import { netflowV9 } from "./netflow-v9.ts";
import type { ExportProtocol } from "./protocol.ts";
import { sflowV5 } from "./sflow-v5.ts";

export { type CollectLimits, type Collector, type CollectorOptions, DEFAULT_LIMITS } from "./collector.ts";
export { ExportMessage } from "./export-message.ts";
export { LiveCollector, type LiveCollectorOptions } from "./live-collector.ts";
export type { DecodedFrame, FrameReader } from "./sampled-frame.ts";
export { createTransports, type Transports } from "./transports.ts";

/** Every export protocol there is: one line each. The first that a header matches reads it. */
export const PROTOCOLS: readonly ExportProtocol[] = [netflowV5, netflowV9, ipfix, sflowV5];

export function createCollector(options: CollectorOptions): Collector {
  return collectorOf(PROTOCOLS, options);
}
