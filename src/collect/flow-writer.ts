import { transportName } from "../lib/transports.ts";
import type { ExportFacts, FlowFacts } from "../model/facts.ts";
import { CLOSED_BY, D, FLOW_RECORD_BYTES, FlowBatch, I, INITIATOR_BY, KIND, TCP_STATES } from "../model/flow.ts";
import type { Answered } from "./answered.ts";
import type { ExportedFlow } from "./exported-flow.ts";
import type { Exporter } from "./exporter.ts";

const DOUBLES = FLOW_RECORD_BYTES / 8;
const INTS = FLOW_RECORD_BYTES / 4;
const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
const TCP = 6;
const FIRST_PACKET = INITIATOR_BY.indexOf("first-packet");
const IDLE = CLOSED_BY.indexOf("idle");
/** flowEndReason (IE 136): end of flow detected, lack of resources; the others are an end by time. */
const END_DETECTED = 3;
const LACK_OF_RESOURCES = 5;
const NO_BYTES = ["bytes"] as const;
const NO_PACKETS = ["packets"] as const;
const NEITHER = ["bytes", "packets"] as const;

/** Exported records as closed flows, in batches. */
export class FlowWriter {
  readonly batch: FlowBatch;
  /** Records ever, by transport. */
  private readonly byTransport = new Float64Array(256);
  private readonly onBatch: (batch: FlowBatch) => void;
  private readonly thread: number;
  private count = 0;

  constructor(onBatch: (batch: FlowBatch) => void, thread: number, capacity = 1024) {
    this.batch = new FlowBatch(capacity);
    this.onBatch = onBatch;
    this.thread = thread;
  }

  get records(): number {
    return this.count;
  }

  transports(): Record<string, number> {
    const out: Record<string, number> = {};
    for (let n = 0; n < 256; n += 1) if (this.byTransport[n] > 0) out[transportName(n)] = this.byTransport[n];
    return out;
  }

  write(flow: ExportedFlow, exporter: Exporter, arrivalMicros: number, answered: Answered): void {
    const { batch } = this;
    if (batch.count === batch.capacity) this.flush();
    const index = batch.count;
    batch.count += 1;
    this.count += 1;
    this.byTransport[flow.transport] += 1;
    batch.ints.fill(0, index * INTS, (index + 1) * INTS);
    this.writeCounters(flow, index * DOUBLES, arrivalMicros);
    this.writeRest(flow, index * INTS);
    const facts: FlowFacts = { protocols: [], export: factsOf(flow, exporter, answered) };
    if (flow.tunnels !== undefined) facts.tunnel = flow.tunnels;
    if (flow.vlanIds !== undefined) facts.vlanIds = flow.vlanIds;
    batch.facts[index] = facts;
  }

  flush(): void {
    if (this.batch.count === 0) return;
    this.onBatch(this.batch);
    this.batch.clear();
  }

  private writeCounters(flow: ExportedFlow, at: number, arrivalMicros: number): void {
    const { doubles } = this.batch;
    const end = finite(flow.endMicros);
    // Some records say that they ended before they began.
    const start = Number.isNaN(flow.startMicros) ? end : Math.min(flow.startMicros, end);
    doubles[at + D.id] = this.count;
    doubles[at + D.startMicros] = start;
    doubles[at + D.endMicros] = end;
    doubles[at + D.intervalStartMicros] = start;
    doubles[at + D.rttMicros] = Number.NaN;
    doubles[at + D.eventMicros] = Number.isNaN(arrivalMicros) ? end : arrivalMicros;
    for (const [total, fresh, value] of [
      [D.packetsUp, D.newPacketsUp, flow.packetsUp],
      [D.packetsDown, D.newPacketsDown, flow.packetsDown],
      [D.bytesUp, D.newBytesUp, flow.bytesUp],
      [D.bytesDown, D.newBytesDown, flow.bytesDown],
    ]) {
      doubles[at + total] = finite(value);
      doubles[at + fresh] = finite(value);
    }
  }

  private writeRest(flow: ExportedFlow, at: number): void {
    const { ints } = this.batch;
    ints[at + I.kind] = KIND.closed;
    ints[at + I.transport] = flow.transport;
    ints[at + I.ipVersion] = flow.ipVersion;
    ints[at + I.initiatorPort] = flow.sourcePort;
    ints[at + I.responderPort] = flow.destinationPort;
    ints.set(flow.source, at + I.initiatorAddress);
    ints.set(flow.destination, at + I.responderAddress);
    ints[at + I.vlanCount] = flow.vlanOuter === 0 ? 0 : flow.vlanInner === 0 ? 1 : 2;
    ints[at + I.vlanOuter] = flow.vlanOuter;
    ints[at + I.vlanInner] = flow.vlanOuter === 0 ? 0 : flow.vlanInner;
    ints[at + I.tcpFlags] = flow.transport === TCP ? flow.tcpFlags : 0;
    ints[at + I.tcpState] = TCP_STATES.indexOf(tcpStateOf(flow.tcpFlags));
    ints[at + I.initiatorBy] = FIRST_PACKET;
    ints[at + I.closedBy] = closedBy(flow);
    ints.set(flow.macs, at + I.initiatorMac);
    ints[at + I.icmp] = flow.icmp;
    ints[at + I.thread] = this.thread;
  }
}

/** What the OR of a record's flags tells; of one that has none, that it was seen. */
function tcpStateOf(flags: number): (typeof TCP_STATES)[number] {
  if ((flags & RST) !== 0) return "reset";
  if ((flags & FIN) !== 0) return "closed";
  if ((flags & SYN) === 0) return "midstream";
  return (flags & ACK) === 0 ? "syn-only" : "established";
}

function closedBy({ transport, tcpFlags, endReason }: ExportedFlow): number {
  if (endReason === LACK_OF_RESOURCES) return CLOSED_BY.indexOf("evicted");
  if (transport === TCP && (tcpFlags & RST) !== 0) return CLOSED_BY.indexOf("reset");
  const isFinished = endReason === END_DETECTED || (transport === TCP && (tcpFlags & FIN) !== 0);
  return isFinished ? CLOSED_BY.indexOf("fin") : IDLE;
}

function factsOf(flow: ExportedFlow, exporter: Exporter, { isAnswered, isContinued }: Answered): ExportFacts {
  const facts: ExportFacts = { kind: exporter.kind, observer: exporter.observer, domainId: exporter.domainId };
  if (!Number.isNaN(flow.templateId)) facts.templateId = flow.templateId;
  if (!Number.isNaN(flow.samplingRate)) facts.samplingRate = flow.samplingRate;
  // Interface 0 is how exporters say that they do not know, or that there was none.
  if (flow.ingress > 0) facts.ingress = flow.ingress;
  if (flow.egress > 0) facts.egress = flow.egress;
  if (flow.direction === 0 || flow.direction === 1) facts.direction = flow.direction === 0 ? "ingress" : "egress";
  const source = translatedEnd(flow.natSourceIp, flow.natSourcePort);
  const destination = translatedEnd(flow.natDestinationIp, flow.natDestinationPort);
  if (source !== undefined) facts.natSource = source;
  if (destination !== undefined) facts.natDestination = destination;
  if (!Number.isNaN(flow.bytesDown) || !Number.isNaN(flow.packetsDown)) facts.isBiflow = true;
  if (isAnswered) facts.isAnswered = true;
  if (isContinued) facts.isContinued = true;
  const hasBytes = !Number.isNaN(flow.bytesUp);
  const hasPackets = !Number.isNaN(flow.packetsUp);
  if (!hasBytes || !hasPackets) facts.uncounted = hasBytes ? NO_PACKETS : hasPackets ? NO_BYTES : NEITHER;
  return facts;
}

function translatedEnd(ip: string, port: number): { ip?: string; port?: number } | undefined {
  if (ip === "" && !(port > 0)) return undefined;
  return { ...(ip === "" ? {} : { ip }), ...(port > 0 ? { port: port & 0xffff } : {}) };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
