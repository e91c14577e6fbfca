import type { ExportMessage } from "./export-message.ts";
import { v4Text, v6Text } from "./exported-flow.ts";
import type { Exporter } from "./exporter.ts";
import type { CollectContext, ExportProtocol } from "./protocol.ts";
import { readFlowRecords } from "./sflow-records.ts";

const VERSION = 5;
const SHORTEST_BYTES = 28;
const V4 = 1;
const V6 = 2;
const FLOW_SAMPLE = 1;
const EXPANDED_FLOW_SAMPLE = 3;
/** Fields of a sample before its records; the expanded one states interfaces and sources in two words each. */
const COMPACT_BYTES = 32;
const EXPANDED_BYTES = 44;
/** An interface number of two parts: the format in the highest two bits (0: it is an ifIndex). */
const INDEX_BITS = 0x3fffffff;

/** Where the fields after the agent's address begin; -1 when it has none of the two kinds. */
function afterAgent({ view, start, end }: ExportMessage): number {
  const kind = end - start >= SHORTEST_BYTES ? view.getUint32(start + 4) : 0;
  const at = kind === V4 ? start + 12 : kind === V6 ? start + 24 : -1;
  return at >= 0 && at + 16 <= end ? at : -1;
}

function agentOf({ view, start }: ExportMessage): string {
  return view.getUint32(start + 4) === V4 ? v4Text(view, start + 8) : v6Text(view, start + 8);
}

interface Sample {
  rate: number;
  sourceClass: number;
  sourceIndex: number;
  ingress: number;
  egress: number;
}

/** NaN: no interface, several, or one that has no number. */
function interfaceOf(word: number): number {
  return word > 0 && word < INDEX_BITS ? word : Number.NaN;
}

function compactSample(view: DataView, at: number): Sample {
  const source = view.getUint32(at + 4);
  return {
    rate: view.getUint32(at + 8),
    sourceClass: source >>> 24,
    sourceIndex: source & 0xffffff,
    ingress: interfaceOf(view.getUint32(at + 20)),
    egress: interfaceOf(view.getUint32(at + 24)),
  };
}

function expandedSample(view: DataView, at: number): Sample {
  const index = (place: number) => (view.getUint32(place) === 0 ? interfaceOf(view.getUint32(place + 4)) : Number.NaN);
  return {
    rate: view.getUint32(at + 12),
    sourceClass: view.getUint32(at + 4),
    sourceIndex: view.getUint32(at + 8),
    ingress: index(at + 24),
    egress: index(at + 32),
  };
}

/** The sampling interface says which way the packet went past it. */
function directionOf({ sourceClass, sourceIndex, ingress, egress }: Sample): number {
  if (sourceClass !== 0 || ingress === egress) return Number.NaN;
  return sourceIndex === ingress ? 0 : sourceIndex === egress ? 1 : Number.NaN;
}

function readSample(
  message: ExportMessage,
  at: number,
  end: number,
  isExpanded: boolean,
  exporter: Exporter,
  context: CollectContext,
): void {
  const { view, arrivalMicros } = message;
  const { flow } = context;
  const headBytes = isExpanded ? EXPANDED_BYTES : COMPACT_BYTES;
  if (at + headBytes > end) {
    context.malformed();
    return;
  }
  const sample = isExpanded ? expandedSample(view, at) : compactSample(view, at);
  flow.clear();
  flow.startMicros = arrivalMicros;
  flow.endMicros = arrivalMicros;
  flow.ingress = sample.ingress;
  flow.egress = sample.egress;
  flow.direction = directionOf(sample);
  flow.samplingRate = sample.rate > 0 ? sample.rate : Number.NaN;
  const found = readFlowRecords(message, at + headBytes, end, context);
  if (found === "flow") context.emit(exporter, arrivalMicros);
  else if (found === "malformed") context.malformed();
  else context.unaddressed(1);
}

/** sFlow version 5 (https://sflow.org/sflow_version_5.txt): flow samples become flows of one packet, counters are passed over. */
export const sflowV5: ExportProtocol = {
  name: "sflow-v5",
  matches: (message) => afterAgent(message) >= 0 && message.view.getUint32(message.start) === VERSION,
  read(message, context) {
    const { view, end, arrivalMicros } = message;
    const at = afterAgent(message);
    message.observer = agentOf(message);
    const exporter = context.exporterOf(message, "sflow5", view.getUint32(at));
    if (exporter === undefined) return;
    exporter.spoke(arrivalMicros, Number.NaN);
    context.lost(exporter.sequence.saw(view.getUint32(at + 4), 1));
    const count = view.getUint32(at + 12);
    let next = at + 16;
    for (let n = 0; n < count; n += 1) {
      const sampleEnd = next + 8 <= end ? next + 8 + view.getUint32(next + 4) : Number.NaN;
      if (!(sampleEnd <= end)) {
        context.malformed();
        return;
      }
      const format = view.getUint32(next);
      if (format === FLOW_SAMPLE || format === EXPANDED_FLOW_SAMPLE)
        readSample(message, next + 8, sampleEnd, format === EXPANDED_FLOW_SAMPLE, exporter, context);
      next = sampleEnd;
    }
  },
};
