import { describe, expect, it } from "vitest";
import { createTransports } from "../../../src/collect/index.ts";
import { createDecoder } from "../../../src/decode/index.ts";
import { PacketBlock } from "../../../src/model/packet.ts";
import { collecting } from "./collecting.ts";
import { ipfix, ipfixTemplate, PLAIN, plainRecord, set, u16, u32, v4 } from "./messages.ts";

const TEMPLATE = ipfix([ipfixTemplate(256, PLAIN)]);
const DATA = ipfix([set(256, [...plainRecord(), ...plainRecord()])], { sequence: 0 });

/** IPv4 around a transport, from 10.9.9.1 to 10.9.9.2. */
const ip = (protocol: number, body: number[]) => [
  0x45,
  0,
  ...u16(20 + body.length),
  0,
  1,
  0,
  0,
  64,
  protocol,
  0,
  0,
  ...v4("10.9.9.1"),
  ...v4("10.9.9.2"),
  ...body,
];
const udp = (payload: Buffer) => ip(17, [...u16(3000), ...u16(4739), ...u16(8 + payload.length), 0, 0, ...payload]);
const tcp = (sequence: number, payload: Buffer, flags = 0x18) =>
  ip(6, [...u16(3000), ...u16(4739), ...u32(sequence), ...u32(1), 0x50, flags, 1, 0, 0, 0, 0, 0, ...payload]);
const chunk = (tsn: number, payload: Buffer, flags = 3) => {
  const length = 16 + payload.length;
  return [0, flags, ...u16(length), ...u32(tsn), ...u16(0), ...u16(0), ...u32(0), ...payload, ...Array((4 - (length % 4)) % 4).fill(0)];
};
const sctp = (...chunks: number[][]) => ip(132, [...u16(3000), ...u16(4739), ...u32(1), ...u32(0), ...chunks.flat()]);

/** Feeds raw IP packets through the decoder. */
function feed(packets: number[][]) {
  const all = collecting();
  const transports = createTransports(all.collector);
  const decoder = createDecoder();
  const block = new PacketBlock();
  block.reset(Buffer.from(packets.flat()));
  let at = 0;
  for (const [index, packet] of packets.entries()) {
    block.offset[index] = at;
    block.captured[index] = packet.length;
    block.wire[index] = packet.length;
    block.timeMicros[index] = index * 1000;
    block.linkType[index] = 101;
    block.strippedTag[index] = 0;
    at += packet.length;
  }
  block.count = packets.length;
  for (let next = 0; next < block.count; ) {
    next = decoder.decode(block, next);
    transports.take(decoder.batch, block);
  }
  all.collector.finish();
  return { ...all, transports };
}

/** The packet in two fragments (RFC 791 §3.2), the last one first. */
function inFragments(packet: number[], at: number): number[][] {
  const piece = (from: number, to: number, field: number) => {
    const body = packet.slice(20 + from, 20 + to);
    return [0x45, 0, ...u16(20 + body.length), 0, 1, ...u16(field), ...packet.slice(8, 20), ...body];
  };
  return [piece(at, packet.length - 20, at >> 3), piece(0, at, 0x2000)];
}

const stream = Buffer.concat([TEMPLATE, DATA, DATA]);
const [a, b, c] = [stream.subarray(0, 50), stream.subarray(50, 90), stream.subarray(90)];

describe("export messages in captured packets", () => {
  it.each<[string, number[][], number]>([
    ["datagrams", [udp(TEMPLATE), udp(DATA)], 2],
    ["TCP, whole messages", [tcp(100, TEMPLATE), tcp(100 + TEMPLATE.length, DATA)], 2],
    ["TCP, messages across segments", [tcp(100, a), tcp(150, b), tcp(190, c)], 4],
    ["TCP, out of order and twice", [tcp(100, a), tcp(190, c), tcp(150, b), tcp(150, b), tcp(190, c)], 4],
    ["TCP across the wrap of its sequence numbers", [tcp(2 ** 32 - 60, a), tcp(2 ** 32 - 10, b), tcp(30, c)], 4],
    [
      "TCP joined in the middle: from the next message on",
      [tcp(100, stream.subarray(3, 40)), tcp(137, TEMPLATE), tcp(137 + TEMPLATE.length, DATA)],
      2,
    ],
    ["SCTP, several messages in a packet", [sctp(chunk(1, TEMPLATE), chunk(2, DATA))], 2],
    ["SCTP, sent again", [sctp(chunk(1, TEMPLATE)), sctp(chunk(2, DATA)), sctp(chunk(2, DATA))], 2],
    [
      "SCTP, in pieces",
      [
        sctp(chunk(1, TEMPLATE)),
        sctp(chunk(2, DATA.subarray(0, 40), 2)),
        sctp(chunk(3, DATA.subarray(40, 50), 0), chunk(4, DATA.subarray(50), 1)),
      ],
      2,
    ],
    ["datagrams in fragments", [...inFragments(udp(TEMPLATE), 24), ...inFragments(udp(DATA), 40)], 2],
    ["TCP, segments in fragments", [...inFragments(tcp(100, TEMPLATE), 32), ...inFragments(tcp(100 + TEMPLATE.length, DATA), 48)], 2],
    ["SCTP, packets in fragments", [...inFragments(sctp(chunk(1, TEMPLATE)), 32), ...inFragments(sctp(chunk(2, DATA)), 48)], 2],
    ["SCTP, a piece missing", [sctp(chunk(1, TEMPLATE)), sctp(chunk(2, DATA.subarray(0, 40), 2)), sctp(chunk(4, DATA.subarray(50), 1))], 0],
  ])("are found in %s", (_what, packets, records) => {
    const { flows } = feed(packets);
    expect(flows).toHaveLength(records);
    for (const { facts } of flows) expect(facts.export?.observer).toBe("10.9.9.1");
  });

  it("leaves other traffic alone", () => {
    const { transports, losses } = feed([
      udp(Buffer.from("hello")),
      tcp(1, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      sctp(chunk(1, Buffer.from("hello"))),
    ]);
    expect(transports.found).toBe(0);
    expect(losses.toJSON()).toEqual({});
  });
});
