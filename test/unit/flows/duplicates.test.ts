import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/decode/index.ts";
import { createDuplicates, MEASURED_EACH, MEASURED_PACKETS } from "../../../src/flows/duplicates.ts";
import { nullReader } from "../../../src/flows/null-reader.ts";
import { createFlowTable } from "../../../src/flows/table.ts";
import { type FlowBatch, FlowView } from "../../../src/model/flow.ts";
import { blockOf, cat, ethernet, ipv4, ipv6, type Packet, TCP, tcp, u16, udp } from "../decode/frames.ts";
import { vxlan } from "../decode/tunnel-frames.ts";
import { at } from "./flow-runs.ts";

function run(packets: Packet[], isSuppressing = true) {
  const random = (words: Int32Array) => {
    for (let n = 0; n < words.length; n += 1) words[n] = Math.imul(n + 7, 0x9e3779b1);
  };
  const decoder = createDecoder();
  const duplicates = createDuplicates(decoder.batch, isSuppressing, random);
  const flows: { packets: number; bytes: number }[] = [];
  const view = new FlowView();
  const onBatch = (batch: FlowBatch) => {
    for (let n = 0; n < batch.count; n += 1) {
      view.at(batch, n);
      flows.push({ packets: view.packetsUp + view.packetsDown, bytes: view.bytesUp + view.bytesDown });
    }
  };
  const table = createFlowTable({ limit: 100 }, decoder.batch, nullReader, onBatch, random);
  for (let first = 0; first < packets.length; first += 4000) {
    const block = blockOf(packets.slice(first, first + 4000));
    for (let next = 0; next < block.count; ) {
      next = decoder.decode(block, next);
      duplicates.look(block);
      table.add(block);
    }
  }
  table.closeAll();
  return { flows, decoded: decoder.decodedPackets(), ...duplicates.status(), leftOut: duplicates.losses.of("span_duplicate") };
}

const packet = (frame: Uint8Array, micros: number): Packet => ({ frame, micros: at(0) + micros });
const datagram = (id: number, fill = 1, length = 200) => ipv4(udp(5000, 6000, Buffer.alloc(length, fill)), { id });
const segment = (id: number, seq: number) => ipv4(tcp(5000, 443, TCP.ack, { seq, payload: Buffer.alloc(100, 3) }), { id, protocol: 6 });
const v4 = (ip: Uint8Array, tags: [number, number][] = []) => ethernet(0x0800, ip, { tags });
const v6 = (length: number) => ethernet(0x86dd, ipv6(udp(1, 2, Buffer.alloc(length, 5))));
const fragment = (offset: number, hasMore: boolean, id = 9) =>
  v4(ipv4(Buffer.alloc(64, offset + 1), { id, fragment: (offset >> 3) | (hasMore ? 0x2000 : 0) }));
const routed = () => {
  const again = Buffer.from(datagram(7));
  again[8] -= 1;
  return again;
};

describe("copies that a mirror of two ports makes", () => {
  const cases: [string, Packet[], number][] = [
    ["the same frame again", [packet(v4(datagram(7)), 0), packet(v4(datagram(7)), 20)], 1],
    ["three times", [packet(v4(datagram(7)), 0), packet(v4(datagram(7)), 20), packet(v4(datagram(7)), 25)], 2],
    ["with another VLAN tag", [packet(v4(datagram(7)), 0), packet(v4(datagram(7), [[0x8100, 12]]), 20)], 1],
    ["through a tunnel and without", [packet(v4(ipv4(udp(9, 4789, vxlan(3, v4(datagram(7)))))), 0), packet(v4(datagram(7)), 20)], 1],
    ["stamped out of order", [packet(v4(datagram(7)), 30), packet(v4(datagram(7)), 0)], 1],
    ["TCP", [packet(v4(segment(7, 1)), 0), packet(v4(segment(7, 1)), 20)], 1],
    ["IPv6, at once", [packet(v6(200), 0), packet(v6(200), 20)], 1],
    [
      "fragments, the one that completes the datagram too",
      [0, 5].flatMap((t) => [packet(fragment(0, true), t), packet(fragment(64, false), t + 1)]),
      2,
    ],
  ];
  it.each(cases)("%s", (_, packets, copies) => {
    expect(run(packets)).toMatchObject({ decoded: packets.length, found: copies, leftOut: copies, looked: packets.length });
    expect(run(packets).flows.reduce((sum, flow) => sum + flow.packets, 0)).toBe(packets.length - copies);
  });

  const others: [string, Packet[]][] = [
    ["later than 10 ms", [packet(v4(datagram(7)), 0), packet(v4(datagram(7)), 10_001)]],
    ["sent again, with another identification", [packet(v4(segment(7, 1)), 0), packet(v4(segment(8, 1)), 20)]],
    ["with other data", [packet(v4(datagram(7, 1)), 0), packet(v4(datagram(7, 2)), 20)]],
    [
      "with other data in the last bytes alone",
      [packet(v4(cat(datagram(7))), 0), packet(v4(cat(datagram(7).subarray(0, -2), u16(9))), 20)],
    ],
    ["longer", [packet(v4(datagram(7, 1, 200)), 0), packet(v4(datagram(7, 1, 201)), 20)]],
    ["routed: another time to live", [packet(v4(datagram(7)), 0), packet(v4(routed()), 20)]],
    ["IPv6, later than 1 ms", [packet(v6(200), 0), packet(v6(200), 1001)]],
    ["IPv4 without identification, later than 1 ms", [packet(v4(datagram(0)), 0), packet(v4(datagram(0)), 1001)]],
    ["short, and other in the rest of a word", [packet(v6(1), 0), packet(v6(2), 20)]],
    ["another fragment", [packet(fragment(0, true), 0), packet(fragment(64, true), 1)]],
  ];
  it.each(others)("no copy: %s", (_, packets) => {
    expect(run(packets)).toMatchObject({ found: 0, leftOut: 0 });
  });

  it("whoever repeats all but the middle of a datagram is found out", () => {
    const varied = (fill: number) => v4(ipv4(udp(5000, 6000, cat(Buffer.alloc(60), Buffer.alloc(1200, fill), Buffer.alloc(8))), { id: 7 }));
    expect(run([packet(varied(1), 0), packet(varied(2), 20)])).toMatchObject({ found: 0 });
  });

  it("kept, they are counted like any other packet, and their share is measured now and then", () => {
    const pairs = MEASURED_PACKETS * MEASURED_EACH;
    const packets = Array.from({ length: pairs }, (_, n) => [
      packet(v4(datagram(n + 1, 1, 20)), n * 30),
      packet(v4(datagram(n + 1, 1, 20)), n * 30 + 9),
    ]).flat();
    const { flows, looked, found, leftOut } = run(packets, false);
    expect(flows[0].packets).toBe(pairs * 2);
    expect(leftOut).toBe(0);
    expect(looked / packets.length).toBeCloseTo(1 / MEASURED_EACH, 2);
    expect(found / looked).toBeCloseTo(0.5, 2);
  });
});
