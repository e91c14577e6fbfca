import { describe, expect, it } from "vitest";
import { isEstablished } from "../../../src/enrich/established.ts";
import type { ExportFacts } from "../../../src/model/facts.ts";
import { D, FlowBatch, FlowView, I } from "../../../src/model/flow.ts";

interface Record {
  packets: [number, number];
  transport?: number;
  flags?: number;
  exported?: Partial<ExportFacts>;
}

function flow({ packets, transport = 6, flags = 0x18, exported }: Record): FlowView {
  const batch = new FlowBatch(1);
  batch.count = 1;
  batch.doubles[D.packetsUp] = packets[0];
  batch.doubles[D.packetsDown] = packets[1];
  batch.doubles[D.bytesUp] = packets[0] * 100;
  batch.doubles[D.bytesDown] = packets[1] * 100;
  batch.ints[I.transport] = transport;
  batch.ints[I.tcpFlags] = flags;
  if (exported !== undefined) batch.facts[0] = { protocols: [], export: { kind: "netflow9", observer: "10.9.9.1", ...exported } };
  return new FlowView().at(batch, 0);
}

describe("established", () => {
  it.each<[string, Record, boolean]>([
    ["packets both ways", { packets: [1, 1] }, true],
    ["packets one way, however many", { packets: [900, 0] }, false],
    ["a TCP record of three packets with ACK", { packets: [3, 0], exported: {} }, true],
    ["a TCP record of two", { packets: [2, 0], exported: {} }, false],
    ["a TCP record without ACK: SYNs that nobody answered", { packets: [9, 0], flags: 2, exported: {} }, false],
    ["one sampled packet of many, with ACK", { packets: [1, 0], exported: { samplingRate: 512 } }, true],
    ["a UDP record of one direction", { packets: [900, 0], transport: 17, exported: {} }, false],
    ["a UDP record whose way back was reported too", { packets: [1, 0], transport: 17, exported: { isAnswered: true } }, true],
    ["a biflow with both directions", { packets: [1, 1], transport: 17, exported: { isBiflow: true } }, true],
  ])("%s: %s", (_what, record, expected) => {
    expect(isEstablished(flow(record))).toBe(expected);
  });
});
