import { createDecoder } from "../../../src/decode/index.ts";
import { nullReader } from "../../../src/flows/null-reader.ts";
import type { FlowTableOptions } from "../../../src/flows/options.ts";
import { createFlowTable, type FlowTable } from "../../../src/flows/table.ts";
import { formatAddress } from "../../../src/lib/ip.ts";
import { type FlowBatch, FlowView } from "../../../src/model/flow.ts";
import type { PayloadReader } from "../../../src/model/payload.ts";
import { blockOf, type Packet } from "../decode/frames.ts";

/** One flow event as a plain object, with what tests look at. */
export function recordOf(view: FlowView) {
  const address = (word: (n: number) => number) => formatAddress(word(0), word(1), word(2), word(3));
  return {
    id: view.id,
    kind: view.kind,
    closedBy: view.closedBy,
    transport: view.transport,
    from: address((n) => view.initiatorWord(n)),
    to: address((n) => view.responderWord(n)),
    ports: [view.initiatorPort, view.responderPort],
    by: view.initiatorBy,
    packets: [view.packetsUp, view.packetsDown],
    bytes: [view.bytesUp, view.bytesDown],
    new: [view.newPacketsUp, view.newPacketsDown, view.newBytesUp, view.newBytesDown],
    seconds: [view.startMicros / 1e6 - T0, view.endMicros / 1e6 - T0],
    event: view.eventMicros / 1e6 - T0,
    state: view.tcpState,
    flags: view.tcpFlags,
    rtt: view.rttMicros,
    vlans: [view.vlanOuter, view.vlanInner, view.vlanMore >>> 16, view.vlanMore & 0xffff].slice(0, view.vlanCount),
    vlanDown: view.vlanDown,
    macs: [view.initiatorMacWord(1) & 0xff, view.responderMacWord(1) & 0xff],
    icmp: [0, 1, 2, 3]
      .map((n) => view.icmp(n))
      .filter((n) => n > 0)
      .map((n) => [(n - 1) >> 8, (n - 1) & 255]),
    orphans: view.lostOrphan,
    facts: view.facts,
  };
}

export type FlowRecord = ReturnType<typeof recordOf>;

/** Seconds at which test captures begin. */
export const T0 = 1_700_000_000;
export const at = (seconds: number) => (T0 + seconds) * 1e6;

export interface Run {
  table: FlowTable;
  records: FlowRecord[];
  feed(packets: readonly Packet[]): void;
}

export function startRun(options: Partial<FlowTableOptions> = {}, reader: PayloadReader = nullReader, seed = 1): Run {
  const records: FlowRecord[] = [];
  const decoder = createDecoder();
  const view = new FlowView();
  const onBatch = (batch: FlowBatch) => {
    for (let n = 0; n < batch.count; n += 1) records.push(recordOf(view.at(batch, n)));
  };
  const table = createFlowTable({ limit: 1000, ...options }, decoder.batch, reader, onBatch, (words) => {
    for (let n = 0; n < words.length; n += 1) words[n] = Math.imul(seed * 40_503 + n, 0x9e3779b1) ^ (n << 7);
  });
  return {
    table,
    records,
    feed(packets) {
      for (let first = 0; first < packets.length; first += 4000) {
        const block = blockOf(packets.slice(first, first + 4000));
        for (let next = 0; next < block.count; ) {
          next = decoder.decode(block, next);
          table.add(block);
        }
      }
      table.flush();
    },
  };
}

/** Records of a whole capture. */
export function runAll(
  packets: readonly Packet[],
  options: Partial<FlowTableOptions> = {},
  reader?: PayloadReader,
  seed?: number,
): FlowRecord[] {
  const run = startRun(options, reader, seed);
  run.feed(packets);
  run.table.closeAll();
  return run.records;
}

export const closedOnly = (records: readonly FlowRecord[]) => records.filter(({ kind }) => kind === "closed").sort((a, b) => a.id - b.id);
