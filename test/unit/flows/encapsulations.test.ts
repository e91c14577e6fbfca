import { describe, expect, it } from "vitest";
import type { PayloadReader, PayloadSlice } from "../../../src/model/payload.ts";
import { cat, ethernet, ipv4, type Packet, tcp, udp } from "../decode/frames.ts";
import { gtp, inUdp, label, vxlan } from "../decode/tunnel-frames.ts";
import { at, closedOnly, runAll } from "./flow-runs.ts";

const A = "10.9.0.1";
const B = "10.9.0.2";
const ask = ipv4(udp(5000, 53), { from: A, to: B });
const answer = ipv4(udp(53, 5000), { from: B, to: A });
const packets = (...frames: Uint8Array[]): Packet[] => frames.map((frame, n) => ({ frame, micros: at(n) }));
const flows = (list: Packet[]) =>
  closedOnly(runAll(list)).map(({ packets: count, facts, vlans }) => ({
    packets: count,
    tunnel: facts?.tunnel,
    vlanIds: facts?.vlanIds,
    vlans,
  }));

/** A user's packet in GTP-U between a base station and a gateway. */
const up = (teid: number, inner: Uint8Array) =>
  ethernet(0x0800, ipv4(udp(2152, 2152, gtp(teid, inner)), { from: "172.16.0.1", to: "172.16.0.9" }));
const down = (teid: number, inner: Uint8Array) =>
  ethernet(0x0800, ipv4(udp(2152, 2152, gtp(teid, inner)), { from: "172.16.0.9", to: "172.16.0.1" }));
const UP = { source: { ip: "172.16.0.1" }, destination: { ip: "172.16.0.9" } };
const DOWN = { source: { ip: "172.16.0.9" }, destination: { ip: "172.16.0.1" } };

describe("flows in tunnels", () => {
  it("are told apart by the tunnel's id", () => {
    const frame = (id: number) => inUdp(4789, vxlan(id, ethernet(0x0800, ask)));
    expect(flows(packets(frame(1), frame(2), frame(1)))).toMatchObject([
      { packets: [2, 0], tunnel: [{ type: "vxlan", id: "1" }] },
      { packets: [1, 0], tunnel: [{ type: "vxlan", id: "2" }] },
    ]);
  });

  it("are not told apart by the addresses around the tunnel", () => {
    const through = (from: string) => ethernet(0x0800, ipv4(udp(1, 4789, vxlan(1, ethernet(0x0800, ask))), { from, to: "192.0.2.9" }));
    expect(flows(packets(through("10.0.0.1"), through("10.0.0.2")))).toMatchObject([{ packets: [2, 0] }]);
  });

  it("are one when each direction has an id of its own, and have both", () => {
    expect(flows(packets(up(1, ask), down(2, answer), up(1, ask), down(2, answer)))).toEqual([
      {
        packets: [2, 2],
        vlans: [],
        vlanIds: undefined,
        tunnel: [
          { type: "gtp-u", id: "1", ...UP },
          { type: "gtp-u", id: "2", ...DOWN },
        ],
      },
    ]);
  });

  it("a third id is another flow", () => {
    expect(flows(packets(up(1, ask), down(2, answer), down(3, answer))).map(({ packets: count }) => count)).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });

  it("are one when only one direction came through a tunnel", () => {
    const labelled = ethernet(0x8847, cat(label(16), label(17, true), answer));
    expect(flows(packets(ethernet(0x0800, ask), labelled, ethernet(0x0800, ask)))).toMatchObject([
      {
        packets: [2, 1],
        tunnel: [
          { type: "mpls", id: "16" },
          { type: "mpls", id: "17" },
        ],
      },
    ]);
  });

  it("have the VLAN ids inside and outside of the tunnel", () => {
    const inner = ethernet(0x0800, ask, { tags: [[0x8100, 20]] });
    const frame = ethernet(0x0800, ipv4(udp(1, 4789, vxlan(1, inner))), { tags: [[0x8100, 10]] });
    expect(flows(packets(frame))).toMatchObject([{ vlans: [10], vlanIds: [20] }]);
  });

  it("free their encapsulations when they end", () => {
    const frames = Array.from({ length: 70_000 }, (_, id) => ({
      frame: inUdp(4789, vxlan(id, ethernet(0x0800, ask))),
      micros: at(id / 100),
    }));
    const records = closedOnly(runAll(frames, { limit: 50_000 }));
    expect(new Set(records.map(({ facts }) => facts?.tunnel?.[0].id)).size).toBe(70_000);
  });
});

describe("datagrams in fragments", () => {
  function readerOf(seen: number[][]): PayloadReader {
    return {
      begin: () => 3,
      read(slice: PayloadSlice) {
        seen.push([...slice.bytes.subarray(slice.start, slice.end)]);
        return 3;
      },
      turned() {},
      factsOf: () => undefined,
      gapsOf: () => 0,
      forget() {},
    };
  }
  const DATA = Buffer.from(Array.from({ length: 40 }, (_, n) => n));
  const datagram = udp(5000, 53, DATA);
  const piece = (from: number, to: number) =>
    ethernet(0x0800, ipv4(datagram.subarray(from, to), { id: 5, fragment: (to < datagram.length ? 0x2000 : 0) | (from >> 3) }));
  const orders: [string, [number, number][]][] = [
    [
      "in order",
      [
        [0, 16],
        [16, 32],
        [32, 48],
      ],
    ],
    [
      "backwards",
      [
        [32, 48],
        [16, 32],
        [0, 16],
      ],
    ],
  ];

  it.each(orders)("are read whole and counted as packets of one flow: %s", (_, order) => {
    const seen: number[][] = [];
    const records = closedOnly(runAll(packets(...order.map(([from, to]) => piece(from, to))), {}, readerOf(seen)));
    expect(seen).toEqual([[...DATA]]);
    expect(records).toMatchObject([{ ports: [5000, 53], packets: [3, 0], orphans: 0 }]);
  });

  it("of two tunnels do not mix, though all else about them is the same", () => {
    const through = (id: number, from: number, to: number) => inUdp(4789, vxlan(id, piece(from, to)));
    const list = packets(through(1, 0, 16), through(2, 0, 16), through(1, 16, 32), through(1, 32, 40), through(2, 16, 32));
    expect(closedOnly(runAll(list)).map(({ facts, packets: [up], orphans }) => [facts?.tunnel?.[0].id, up, orphans])).toEqual([
      ["1", 3, 0],
      ["2", 2, 0],
    ]);
  });

  it("a tunnel in fragments is one flow, that of its inside", () => {
    const inner = ipv4(tcp(1, 2, 16, { payload: DATA }), { from: A, to: B, protocol: 6 });
    const whole = udp(1, 4789, vxlan(9, ethernet(0x0800, inner)));
    const part = (from: number, to: number) =>
      ethernet(0x0800, ipv4(whole.subarray(from, to), { id: 6, fragment: (to < whole.length ? 0x2000 : 0) | (from >> 3) }));
    const seen: number[][] = [];
    const records = closedOnly(runAll(packets(part(0, 88), part(88, whole.length)), {}, readerOf(seen)));
    expect(records).toMatchObject([{ from: A, to: B, ports: [1, 2], packets: [2, 0], facts: { tunnel: [{ type: "vxlan", id: "9" }] } }]);
    expect(seen).toEqual([[...DATA]]);
  });
});
