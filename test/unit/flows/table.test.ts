import { describe, expect, it } from "vitest";
import { flowTableBytes } from "../../../src/flows/layout.ts";
import { ethernet, icmp, ipv4, ipv6, MAC_A, MAC_B, type Packet, sctp, TCP, tcp, u8, udp } from "../decode/frames.ts";
import { at, closedOnly, runAll, startRun } from "./flow-runs.ts";

const A = "10.0.0.1";
const B = "192.0.2.9";
const { syn, ack, fin, rst, psh } = TCP;
type Tags = [number, number][];

/** One packet from A to B, or back; `seconds` after the start. */
function segment(
  seconds: number,
  isUp: boolean,
  flags: number,
  seq = 0,
  more: { payload?: Uint8Array; tags?: Tags; ports?: [number, number] } = {},
): Packet {
  const [client, server] = more.ports ?? [40_000, 443];
  const bytes = tcp(isUp ? client : server, isUp ? server : client, flags, { seq, payload: more.payload ?? u8() });
  return packet(seconds, isUp, 6, bytes, more.tags);
}
function datagram(seconds: number, isUp: boolean, ports: [number, number] = [40_000, 53], tags: Tags = []): Packet {
  return packet(seconds, isUp, 17, udp(isUp ? ports[0] : ports[1], isUp ? ports[1] : ports[0]), tags);
}
function packet(seconds: number, isUp: boolean, protocol: number, bytes: Uint8Array, tags: Tags = []): Packet {
  const ip = ipv4(bytes, isUp ? { from: A, to: B, protocol } : { from: B, to: A, protocol });
  return { frame: ethernet(0x0800, ip, isUp ? { tags } : { tags, from: MAC_B, to: MAC_A }), micros: at(seconds) };
}
const handshake = (t = 0, seq = 100) => [
  segment(t, true, syn, seq),
  segment(t + 0.02, false, syn | ack, 900),
  segment(t + 0.021, true, ack, seq + 1),
];

describe("one flow, both directions", () => {
  it("counts frames as they were on the wire, and has times, addresses, MACs and the handshake's round trip", () => {
    const [flow, ...rest] = runAll([...handshake(), { ...segment(1, false, psh | ack, 901, { payload: Buffer.alloc(50) }), wire: 1514 }]);
    expect(rest).toEqual([]);
    expect(flow).toMatchObject({
      kind: "closed",
      closedBy: "end-of-input",
      from: A,
      to: B,
      ports: [40_000, 443],
      by: "syn",
      state: "established",
      flags: syn | ack | psh,
    });
    expect(flow).toMatchObject({ packets: [2, 2], bytes: [108, 1568], macs: [0x0a, 0x0b], vlans: [] });
    expect(flow.seconds[1]).toBeCloseTo(1, 6);
    expect(flow.rtt).toBeCloseTo(20_000, -1);
  });

  it("knows no round trip of a repeated SYN", () => {
    expect(runAll([segment(0, true, syn, 1), ...handshake(1, 1)])[0].rtt).toBeNaN();
  });

  it("IPv6, whichever side is seen first", () => {
    const frame = (from: string, to: string, a: number, b: number) => ({
      frame: ethernet(0x86dd, ipv6(udp(a, b), { from, to })),
      micros: at(0),
    });
    const flows = runAll([
      frame("2001:db8::1", "2001:db8::2", 5000, 6000),
      frame("2001:db8::2", "2001:db8::1", 6000, 5000),
      frame("2001:db8::1", "2001:db8::3", 5000, 6000),
    ]);
    expect(flows.map(({ from, to, packets }) => [from, to, packets])).toEqual([
      ["2001:db8::1", "2001:db8::2", [1, 1]],
      ["2001:db8::1", "2001:db8::3", [1, 0]],
    ]);
  });

  it("an address that talks to itself", () => {
    const frame = (a: number, b: number) => ({ frame: ethernet(0x0800, ipv4(udp(a, b), { from: A, to: A })), micros: at(0) });
    expect(runAll([frame(5000, 6000), frame(6000, 5000)]).map(({ packets }) => packets)).toEqual([[1, 1]]);
  });
});

describe("who is the initiator", () => {
  const cases: [string, Packet[], object][] = [
    ["sender of SYN", [segment(0, true, syn)], { from: A, by: "syn" }],
    ["receiver of SYN and ACK", [segment(0, false, syn | ack)], { from: A, by: "syn", macs: [0x0a, 0x0b] }],
    ["sender of the first packet", [datagram(0, true, [5000, 6000])], { from: A, by: "first-packet" }],
    ["not the service", [datagram(0, false)], { from: A, ports: [40_000, 53], by: "service-port" }],
    ["sender when both are services", [datagram(0, false, [53, 53])], { from: B, by: "first-packet" }],
    [
      "a SYN turns what the first packet said",
      [segment(0, false, ack, 5), segment(1, true, syn, 1)],
      { from: A, by: "syn", packets: [1, 1], macs: [0x0a, 0x0b] },
    ],
    ["sender of INIT", [packet(0, true, 132, sctp(80, 50_000, 1))], { from: A, by: "syn" }],
    ["receiver of INIT ACK", [packet(0, false, 132, sctp(5000, 5001, 2))], { from: A, by: "syn" }],
    [
      "who asked, when the answer is seen first",
      [packet(0, false, 1, icmp(0, 0)), packet(0, true, 1, icmp(8, 0))],
      { from: A, ports: [8, 0], packets: [1, 1] },
    ],
  ];
  it.each(cases)("%s", (_, packets, expected) => expect(runAll(packets)).toMatchObject([expected]));

  it("knows the service ports it is given, and that groups do not send", () => {
    const servicePorts = { tcp: [], udp: [7437] };
    expect(runAll([datagram(0, false, [40_190, 7437])], { servicePorts })).toMatchObject([{ from: A, by: "service-port" }]);
    const toAll = { frame: ethernet(0x0800, ipv4(udp(7437, 40_190), { from: A, to: "255.255.255.255" })), micros: at(0) };
    expect(runAll([toAll], { servicePorts })).toMatchObject([{ from: A, by: "first-packet" }]);
  });
});

describe("ICMP", () => {
  it("pairs are one flow, other types one flow a direction, with every type and code", () => {
    const unreachable = (isUp: boolean, code: number) => packet(0, isUp, 1, icmp(3, code));
    const flows = runAll([
      packet(0, true, 1, icmp(8, 0)),
      packet(0, false, 1, icmp(0, 0)),
      unreachable(true, 3),
      unreachable(false, 3),
      unreachable(true, 1),
    ]);
    expect(flows.map(({ from, ports, packets, icmp: messages }) => [from, ports, packets, messages])).toEqual([
      [
        A,
        [8, 0],
        [1, 1],
        [
          [8, 0],
          [0, 0],
        ],
      ],
      [A, [3, 3], [1, 0], [[3, 3]]],
      [B, [3, 3], [1, 0], [[3, 3]]],
      [A, [3, 1], [1, 0], [[3, 1]]],
    ]);
  });
});

describe("one key, several flows", () => {
  const closing = (t: number) => [segment(t, true, fin | ack, 101), segment(t, false, fin | ack, 901)];
  const cases: [string, Packet[], string[]][] = [
    [
      "a SYN with another sequence number after FIN from both sides",
      [...handshake(), ...closing(1), segment(2, true, syn, 7)],
      ["reused", "end-of-input"],
    ],
    ["the same SYN again after that", [...handshake(), ...closing(1), segment(2, true, syn, 100)], ["end-of-input"]],
    ["another SYN after RST", [...handshake(), segment(1, false, rst, 901), segment(2, true, syn, 7)], ["reused", "end-of-input"]],
    ["another SYN while open", [...handshake(), segment(2, true, syn, 7)], ["end-of-input"]],
    ["another SYN after 30 s of silence", [...handshake(), segment(31, true, syn, 7)], ["reused", "end-of-input"]],
    ["TCP established, silent for 899 s", [...handshake(), segment(899, true, ack)], ["end-of-input"]],
    ["TCP established, silent for 901 s", [...handshake(), segment(901, true, ack)], ["idle", "end-of-input"]],
    ["TCP not established, silent for 61 s", [segment(0, true, syn, 1), segment(61, true, syn, 1)], ["idle", "end-of-input"]],
    ["TCP closed, silent for 9 s", [...handshake(), ...closing(1), segment(9, true, ack)], ["end-of-input"]],
    ["TCP closed, silent for 11 s", [...handshake(), ...closing(1), segment(12, true, ack)], ["fin", "end-of-input"]],
    ["TCP reset, silent for 11 s", [...handshake(), segment(1, true, rst), segment(12, true, ack)], ["reset", "end-of-input"]],
    ["UDP, silent for 119 s", [datagram(0, true), datagram(119, true)], ["end-of-input"]],
    ["UDP, silent for 121 s", [datagram(0, true), datagram(121, true)], ["idle", "end-of-input"]],
    ["ICMP, silent for 61 s", [packet(0, true, 1, icmp(8, 0)), packet(61, true, 1, icmp(8, 0))], ["idle", "end-of-input"]],
    ["ESP, silent for 61 s", [packet(0, true, 50, u8(1)), packet(61, true, 50, u8(1))], ["idle", "end-of-input"]],
  ];
  it.each(cases)("%s", (_, packets, expected) => expect(closedOnly(runAll(packets)).map(({ closedBy }) => closedBy)).toEqual(expected));

  it("silence is noticed without a packet of the flow", () => {
    const run = startRun();
    run.feed([datagram(0, true), ...Array.from({ length: 200 }, (_, t) => datagram(t, true, [1, 2]))]);
    expect(run.records.filter(({ kind }) => kind === "closed")).toMatchObject([{ ports: [40_000, 53], closedBy: "idle" }]);
    expect(run.table.status().active).toBe(1);
    run.table.advance(at(400));
    expect(run.table.status().active).toBe(0);
  });
});

describe("VLAN tags", () => {
  const tag = (...ids: number[]): Tags => ids.map((id) => [0x8100, id]);
  it("set flows apart, also the second one", () => {
    const flows = runAll([
      datagram(0, true),
      datagram(0, true, [40_000, 53], tag(1)),
      datagram(0, true, [40_000, 53], tag(1, 2)),
      datagram(0, true, [40_000, 53], tag(2)),
    ]);
    expect(flows.map(({ vlans }) => vlans)).toEqual([[], [1], [1, 2], [2]]);
  });

  it("may differ between the directions of one flow", () => {
    const up = (t: number) => datagram(t, true, [40_000, 53], tag(1));
    const down = (t: number) => datagram(t, false, [40_000, 53], tag(2));
    expect(runAll([up(0), down(0), up(1), down(1)])).toMatchObject([{ packets: [2, 2], vlans: [1], vlanDown: 2 << 16 }]);
  });

  it("a packet seen on both sides of a router is two flows", () => {
    const packets = [1, 2].flatMap((id) => [datagram(0, true, [40_000, 53], tag(id)), datagram(0, false, [40_000, 53], tag(id))]);
    expect(runAll(packets).map(({ packets: n, vlans }) => [n, vlans])).toEqual([
      [[1, 1], [1]],
      [[1, 1], [2]],
    ]);
  });
});

describe("fragments", () => {
  const whole = udp(5000, 6000, Buffer.alloc(24));
  const part = (seconds: number, offset: number, id = 7, isLast = offset > 0): Packet => ({
    frame: ethernet(
      0x0800,
      ipv4(whole.subarray(offset, offset + 16), { from: A, to: B, id, fragment: (isLast ? 0 : 0x2000) | (offset / 8) }),
    ),
    micros: at(seconds),
  });
  it.each([
    ["in order", [part(0, 0), part(1, 16)]],
    ["the other way round", [part(0, 16), part(1, 0)]],
  ])("%s: one flow with ports", (_, packets) => {
    expect(runAll(packets)).toMatchObject([{ ports: [5000, 6000], packets: [2, 0], bytes: [100, 0], seconds: [0, 1], orphans: 0 }]);
  });

  it.each([
    ["no first one", [part(0, 16), part(1, 16)], [[[-1, -1], 2, 2]]],
    [
      "the first one more than 30 s later",
      [part(0, 16), datagram(31, true), datagram(33, true), part(34, 0)],
      [
        [[40_000, 53], 2, 0],
        [[-1, -1], 1, 1],
        [[5000, 6000], 1, 0],
      ],
    ],
    [
      "another identification",
      [part(0, 0), part(0, 16, 8)],
      [
        [[5000, 6000], 1, 0],
        [[-1, -1], 1, 1],
      ],
    ],
  ])("%s: a flow without ports", (_, packets, expected) => {
    expect(closedOnly(runAll(packets)).map(({ ports, packets: [up], orphans }) => [ports, up, orphans])).toEqual(expected);
  });

  it("more datagrams in fragments than are followed: the oldest is given up, and counted", () => {
    const run = startRun({ limit: 10_000 });
    run.feed(Array.from({ length: 5000 }, (_, id) => part(0, 16, id)));
    run.table.closeAll();
    expect(run.table.losses.toJSON()).toEqual({ reassembly_limit: 904, fragment_orphan: 5000 });
    expect(run.records).toMatchObject([{ packets: [5000, 0] }]);
  });
});

describe("reports", () => {
  it("counted: each interval of packet time, with what is new; sums hold", () => {
    const records = runAll(Array.from({ length: 150 }, (_, t) => datagram(t, t % 3 > 0)));
    expect(records.map(({ kind, new: [up, down], event }) => [kind, up + down, event])).toEqual(
      [
        ["counted", 60, 60],
        ["counted", 60, 120],
        ["closed", 30, 149],
      ].map(([kind, n, event]) => [kind, expect.closeTo(n as number, -1), expect.closeTo(event as number, -1)]),
    );
    expect(records.reduce((sum, { new: [up, down] }) => sum + up + down, 0)).toBe(150);
    expect(records.at(-1)?.packets).toEqual([100, 50]);
  });

  it("early: opened once answered and read, or old enough, or long enough", () => {
    const run = startRun({ isEarly: true });
    run.feed([datagram(0, true), datagram(0.1, false)]);
    expect(run.records).toMatchObject([{ kind: "opened", packets: [1, 1] }]);
    run.feed(handshake(0.2));
    expect(run.records).toHaveLength(1);
    run.feed([datagram(1, true, [1, 2]), datagram(2.5, true, [1, 2]), datagram(3.6, true, [1, 2])]);
    expect(run.records.slice(1)).toMatchObject([{ kind: "opened", ports: [40_000, 443] }]);
    run.feed(Array.from({ length: 8 }, (_, n) => datagram(4 + n / 100, true, [3, 4])));
    expect(run.records.slice(2)).toMatchObject([{ kind: "opened", ports: [3, 4], packets: [8, 0] }]);
  });

  it("the end of input closes in order of first packets, and the seed has no say in any order", () => {
    const packets = Array.from({ length: 3000 }, (_, n) => datagram(n / 10, n % 5 > 0, [1024 + ((n * 7919) % 900), 53]));
    const first = runAll(packets, { limit: 300 }, undefined, 1);
    expect(runAll(packets, { limit: 300 }, undefined, 99)).toEqual(first);
    const atEnd = first.filter(({ closedBy }) => closedBy === "end-of-input").map(({ id }) => id);
    expect(atEnd).toEqual([...atEnd].sort((a, b) => a - b));
    expect(first.some(({ closedBy }) => closedBy === "evicted")).toBe(true);
  });
});

describe("a full table", () => {
  it("gives up half-open flows first, the oldest first, and no other", () => {
    const run = startRun({ limit: 50 });
    run.feed(handshake());
    run.feed(Array.from({ length: 500 }, (_, n) => segment(1 + n / 1000, true, syn, n, { ports: [1024 + n, 80] })));
    run.feed([segment(2, false, ack)]);
    expect(run.table.status()).toMatchObject({ opened: 501, active: 50, evicted: 451 });
    expect(run.table.losses.of("flow_evicted")).toBe(451);
    expect(run.records.map(({ ports, closedBy }) => [ports[0], closedBy])).toEqual(
      Array.from({ length: 451 }, (_, n) => [1024 + n, "evicted"]),
    );
    run.table.closeAll();
    expect(run.records.at(451)).toMatchObject({ ports: [40_000, 443], packets: [2, 2], state: "established" });
  });

  it("with answered flows only, gives up the longest silent", () => {
    const run = startRun({ limit: 3 });
    for (const [n, seconds] of [
      [1, 0],
      [2, 1],
      [3, 2],
      [1, 3],
      [4, 4],
    ])
      run.feed([datagram(seconds, true, [5000 + n, 53]), datagram(seconds, false, [5000 + n, 53])]);
    expect(run.records.map(({ ports, closedBy }) => [ports[0], closedBy])).toEqual([[5002, "evicted"]]);
  });

  it("has a known price", () => {
    expect(flowTableBytes(1_000_000)).toBeLessThan(300e6);
  });

  it("many VLANs on one key cannot make a packet slow", () => {
    const run = startRun({ limit: 5000 });
    run.feed(Array.from({ length: 4000 }, (_, n) => datagram(0, true, [1, 2], [[0x8100, n + 1]])));
    expect(run.table.status().active).toBeLessThan(140);
    expect(run.table.counters.crowded).toBe(run.table.status().evicted);
  });
});

describe("time that misbehaves", () => {
  it("one wild timestamp closes nothing but its own flow", () => {
    const run = startRun();
    run.feed([...handshake(), datagram(1e9, true, [1, 2]), segment(2, true, ack), segment(3, false, ack)]);
    expect(run.records.map(({ ports }) => ports)).toEqual([[1, 2]]);
    expect(run.table.losses.of("clock_backwards")).toBe(1);
  });

  it("one wild timestamp does not keep later flows from being announced", () => {
    const run = startRun({ isEarly: true });
    run.feed([datagram(1e9, true, [1, 2]), ...handshake(), ...[1, 2, 3, 4].map((t) => datagram(t, true))]);
    expect(run.records.filter(({ kind }) => kind === "opened")).toMatchObject([{ ports: [40_000, 443], event: 1 }]);
  });

  it("going back keeps a flow whole, with its earliest and latest time", () => {
    expect(runAll([datagram(500, true), datagram(0, false), datagram(501, true)])).toMatchObject([{ packets: [2, 1], seconds: [0, 501] }]);
  });

  it("expiry goes on after the clock went back for good", () => {
    const run = startRun();
    run.feed([datagram(1e6, true, [1, 2]), ...Array.from({ length: 300 }, (_, t) => datagram(t, true, [5000 + t, 53]))]);
    expect(run.table.status().active).toBeLessThan(150);
  });
});
