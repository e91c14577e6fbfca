import type { ServicePorts } from "./initiator.ts";

export interface FlowTableOptions {
  /** Most flows held at a time; see `flowTableBytes`. */
  limit: number;
  /** A flow that lives longer is reported as "counted" at this interval of packet time. */
  activeSeconds: number;
  /** Report a flow as "opened" before it ends: for live work. */
  isEarly: boolean;
  /** Which sensor thread this is. */
  thread: number;
  /** Records a batch holds. */
  batchRecords: number;
  servicePorts: ServicePorts;
}

export const FLOW_TABLE_DEFAULTS: FlowTableOptions = {
  limit: 1_000_000,
  activeSeconds: 60,
  isEarly: false,
  thread: 0,
  batchRecords: 1024,
  servicePorts: { tcp: [], udp: [] },
};
