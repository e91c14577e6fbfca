import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/decode/index.ts";
import { formatAddress } from "../../../src/lib/ip.ts";
import { FLAG, ROW, SHAPE_SHIFT, SPACE } from "../../../src/model/row.ts";
import { blockOf, cat, ethernet, icmp, ipv4, ipv6, mac, type Packet, sctp, TCP, tcp, u8, u16, u32, udp } from "./frames.ts";

/** What became of one frame, in words. */
function outcomeOf(packet: Packet | Uint8Array) {
  const decoder = createDecoder();
  const block = blockOf([packet]);
  decoder.decode(block, 0);
  const { losses, batch } = decoder;
  const { non_ip: _, ...reasons } = losses.toJSON();
  const base = { reasons: Object.keys(reasons), malformed: decoder.malformedPackets(), nonIp: Object.keys(decoder.nonIp()) };
  if (batch.count === 0) return base;
  const { rows, addresses } = batch;
  const isIpv6 = (rows[ROW.space] & SPACE.ipv6) !== 0;
  const address = (at: number) =>
    isIpv6
      ? formatAddress(addresses[at * 4], addresses[at * 4 + 1], addresses[at * 4 + 2], addresses[at * 4 + 3])
      : formatAddress(0, 0, 0xffff, rows[at === 0 ? ROW.source : ROW.destination]);
  return {
    ...base,
    from: address(0),
    to: address(1),
    transport: rows[ROW.tags] >>> 24,
    ports: (rows[ROW.space] & SPACE.portless) !== 0 ? undefined : [rows[ROW.ports] >>> 16, rows[ROW.ports] & 0xffff],
    vlans: [
      ...[(rows[ROW.tags] >>> 12) & 0xfff, rows[ROW.tags] & 0xfff].filter((id) => id > 0),
      ...(rows[ROW.space] >>> SHAPE_SHIFT === 0 ? [] : batch.encapsulations.vlanIdsOf(batch.paths[0])),
    ],
    flags: rows[ROW.flags] & 0xff,
    fragment: (rows[ROW.flags] & FLAG.firstFragment) !== 0 ? "first" : (rows[ROW.flags] & FLAG.laterFragment) !== 0 ? "later" : undefined,
    payload: [...block.bytes.subarray(rows[ROW.payloadStart], rows[ROW.payloadEnd])],
    wire: rows[ROW.wire],
  };
}

const DATA = u8(1, 2, 3, 4);
const UDP4 = ipv4(udp(5000, 53));
const UDP6 = ipv6(udp(5000, 53));
const V4 = { from: "10.0.0.1", to: "192.0.2.9", malformed: 0 };
const V6 = { from: "2001:db8::1", to: "2001:db8::2", malformed: 0 };
const ports = [5000, 53];
const tagged = (...ids: number[]) => ids.map((id): [number, number] => [0x8100, id]);

describe("frames with IP become rows", () => {
  const cases: [string, Packet | Uint8Array, object][] = [
    ["UDP over IPv4", ethernet(0x0800, UDP4), { ...V4, transport: 17, ports, payload: [...DATA], vlans: [] }],
    ["UDP over IPv6", ethernet(0x86dd, UDP6), { ...V6, transport: 17, ports, payload: [...DATA] }],
    [
      "TCP",
      ethernet(0x0800, ipv4(tcp(1, 2, TCP.syn | TCP.ack, { payload: DATA }), { protocol: 6 })),
      { ...V4, ports: [1, 2], flags: 18, payload: [1, 2, 3, 4] },
    ],
    [
      "TCP with options",
      ethernet(0x0800, ipv4(tcp(1, 2, TCP.ack, { payload: DATA, offset: 8 }), { protocol: 6 })),
      { payload: [1, 2, 3, 4] },
    ],
    ["SCTP", ethernet(0x0800, ipv4(sctp(7, 8, 1), { protocol: 132 })), { transport: 132, ports: [7, 8] }],
    ["padding is no payload", ethernet(0x0800, cat(UDP4, Buffer.alloc(14))), { payload: [1, 2, 3, 4], wire: 60 }],
    ["UDP shorter than its packet", ethernet(0x0800, ipv4(cat(udp(5000, 53), u8(9, 9)))), { payload: [1, 2, 3, 4] }],
    ["options", ethernet(0x0800, ipv4(udp(5000, 53), { options: u8(1, 1, 1, 0) })), { ...V4, ports, payload: [1, 2, 3, 4] }],
    [
      "a total length of 0 after segmentation offload",
      ethernet(0x0800, ipv4(udp(5000, 53), { total: 0 })),
      { ...V4, ports, payload: [1, 2, 3, 4] },
    ],
    ["a transport without ports", ethernet(0x0800, ipv4(DATA, { protocol: 50 })), { ...V4, transport: 50, ports: undefined }],
    ["one VLAN tag", ethernet(0x0800, UDP4, { tags: tagged(100) }), { ports, vlans: [100] }],
    [
      "two tags",
      ethernet(0x0800, UDP4, {
        tags: [
          [0x88a8, 7],
          [0x8100, 8],
        ],
      }),
      { vlans: [7, 8] },
    ],
    ["five tags", ethernet(0x0800, UDP4, { tags: tagged(1, 2, 3, 4, 5) }), { ports, vlans: [1, 2, 3, 4, 5] }],
    ["priority bits and priority-only tags", ethernet(0x0800, UDP4, { tags: tagged(0xe000, 0xa00c) }), { vlans: [12] }],
    [
      "a tag the kernel took out is the outermost",
      { frame: ethernet(0x0800, UDP4, { tags: tagged(5) }), strippedTag: (0x88a8 << 16) | 4 },
      { vlans: [4, 5], wire: 54 },
    ],
    ["SNAP", ethernet(40, cat(u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), UDP4)), { ...V4, ports }],
    ["raw IP", { frame: UDP6, linkType: 101 }, { ...V6, ports }],
    [
      "Linux cooked v1",
      { frame: cat(u16(0), u16(1), u16(6), mac("02:00:00:00:00:0a"), u16(0), u16(0x0800), UDP4), linkType: 113 },
      { ...V4, ports },
    ],
    [
      "Linux cooked v2",
      { frame: cat(u16(0x86dd), u16(0), u32(2), u16(1), u8(0, 6), mac("02:00:00:00:00:0a"), u16(0), UDP6), linkType: 276 },
      { ...V6, ports },
    ],
    ["loopback, either byte order", { frame: cat(u8(2, 0, 0, 0), UDP4), linkType: 0 }, { ...V4, ports }],
    ["loopback, network order", { frame: cat(u8(0, 0, 0, 30), UDP6), linkType: 108 }, { ...V6, ports }],
    ["PPP", { frame: cat(u8(0xff, 3, 0, 0x21), UDP4), linkType: 9 }, { ...V4, ports }],
    ["Cisco HDLC", { frame: cat(u8(0x0f, 0, 8, 0), UDP4), linkType: 104 }, { ...V4, ports }],
    ["a snapped payload", { frame: ethernet(0x0800, UDP4), captured: 43, wire: 46 }, { payload: [1], wire: 46, reasons: [] }],
  ];
  it.each(cases)("%s", (_, packet, expected) => expect(outcomeOf(packet)).toMatchObject(expected));
});

describe("ICMP types stand for ports", () => {
  const cases: [string, Uint8Array, number[]][] = [
    ["echo request", ethernet(0x0800, ipv4(icmp(8, 0), { protocol: 1 })), [8, 0]],
    ["echo reply", ethernet(0x0800, ipv4(icmp(0, 0), { protocol: 1 })), [0, 8]],
    ["unreachable", ethernet(0x0800, ipv4(icmp(3, 1), { protocol: 1 })), [3, 1]],
    ["neighbour solicitation", ethernet(0x86dd, ipv6(icmp(135, 0), { next: 58 })), [135, 136]],
    ["neighbour advertisement", ethernet(0x86dd, ipv6(icmp(136, 0), { next: 58 })), [136, 135]],
  ];
  it.each(cases)("%s", (_, frame, expected) => expect(outcomeOf(frame)).toMatchObject({ ports: expected }));
});

describe("IPv6 extension headers and fragments", () => {
  const option = (next: number) => u8(next, 0, 1, 4, 0, 0, 0, 0);
  const fragment = (next: number, offset: number) => cat(u8(next, 0), u16(offset), u32(77));
  const cases: [string, Uint8Array, object][] = [
    [
      "hop-by-hop, routing and destination options",
      ipv6(cat(option(43), option(60), option(17), udp(5000, 53)), { next: 0 }),
      { ports, payload: [1, 2, 3, 4] },
    ],
    ["authentication header", ipv6(cat(u8(17, 1, 0, 0), u32(1), u32(2), udp(5000, 53)), { next: 51 }), { transport: 17, ports }],
    [
      "authentication header before destination options (RFC 4302 §3.1.1)",
      ipv6(cat(u8(60, 1, 0, 0), u32(1), u32(2), option(17), udp(5000, 53)), { next: 51 }),
      { transport: 17, ports, payload: [1, 2, 3, 4] },
    ],
    [
      "authentication header between options and a fragment",
      ipv6(cat(option(51), u8(44, 1, 0, 0), u32(1), u32(2), fragment(17, 1), udp(5000, 53)), { next: 0 }),
      { ports, fragment: "first" },
    ],
    [
      "authentication headers without end",
      ipv6(cat(...new Array<Buffer>(12).fill(cat(u8(51, 1, 0, 0), u32(1), u32(2)))), { next: 51 }),
      { malformed: 1, reasons: ["depth"] },
    ],
    ["first fragment", ipv6(cat(fragment(17, 1), udp(5000, 53)), { next: 44 }), { ports, fragment: "first" }],
    ["later fragment", ipv6(cat(fragment(17, 0x50), DATA), { next: 44 }), { transport: 17, ports: undefined, fragment: "later" }],
    ["atomic fragment", ipv6(cat(fragment(17, 0), udp(5000, 53)), { next: 44 }), { ports, fragment: undefined, payload: [1, 2, 3, 4] }],
    ["a jumbogram's length of 0", ipv6(udp(5000, 53), { bytes: 0 }), { ports, payload: [1, 2, 3, 4] }],
    ["nothing next", ipv6(u8(), { next: 59 }), { transport: 59, ports: undefined }],
    ["cut extension", ipv6(u8(17, 3, 0, 0, 0, 0, 0, 0), { next: 60 }), { malformed: 1, reasons: ["ipv6_extension"] }],
    ["too many extensions", ipv6(cat(...new Array<Buffer>(12).fill(option(60))), { next: 60 }), { malformed: 1, reasons: ["depth"] }],
  ];
  it.each(cases)("%s", (_, packet, expected) => expect(outcomeOf(ethernet(0x86dd, packet))).toMatchObject(expected));

  it("IPv4 fragments", () => {
    expect(outcomeOf(ethernet(0x0800, ipv4(udp(5000, 53), { fragment: 0x2000 })))).toMatchObject({ ports, fragment: "first" });
    expect(outcomeOf(ethernet(0x0800, ipv4(DATA, { fragment: 0x00b9 })))).toMatchObject({
      transport: 17,
      ports: undefined,
      fragment: "later",
    });
  });
});

describe("what cannot be a row has a reason", () => {
  const cases: [string, Packet | Uint8Array, string][] = [
    ["an unknown link type", { frame: UDP4, linkType: 147 }, "linktype_unknown"],
    ["half a MAC address", u8(1, 2, 3), "ethernet_short"],
    ["half a tag", cat(ethernet(0x8100, u8(0))), "vlan_short"],
    ["nine tags", ethernet(0x0800, UDP4, { tags: tagged(1, 2, 3, 4, 5, 6, 7, 8, 9) }), "depth"],
    ["version 5", ethernet(0x0800, ipv4(udp(1, 2), { first: 0x55 })), "ip_version"],
    ["IPv6 behind the EtherType of IPv4", ethernet(0x0800, UDP6), "ip_version"],
    ["19 bytes of IPv4", ethernet(0x0800, UDP4.subarray(0, 19)), "ipv4_short"],
    ["header length 4", ethernet(0x0800, ipv4(udp(1, 2), { first: 0x44 })), "ipv4_header_length"],
    ["header beyond the frame", ethernet(0x0800, ipv4(u8(), { first: 0x4f })), "ipv4_header_length"],
    ["header beyond what was captured", { frame: ethernet(0x0800, ipv4(u8(), { first: 0x4f, total: 100 })), wire: 200 }, "ipv4_short"],
    ["total length below the header", ethernet(0x0800, ipv4(udp(1, 2), { total: 19 })), "ipv4_total_length"],
    ["39 bytes of IPv6", ethernet(0x86dd, UDP6.subarray(0, 39)), "ipv6_short"],
    ["no ports", ethernet(0x0800, ipv4(u8(1, 2, 3))), "transport_short"],
    ["no ICMP code", ethernet(0x0800, ipv4(u8(8), { protocol: 1 })), "transport_short"],
  ];
  it.each(cases)("%s", (_, packet, reason) => expect(outcomeOf(packet)).toMatchObject({ malformed: 1, reasons: [reason] }));

  const kept: [string, Packet | Uint8Array, string][] = [
    ["a TCP header cut behind its ports", ethernet(0x0800, ipv4(tcp(5000, 53, 2).subarray(0, 12), { protocol: 6 })), "transport_short"],
    ["a TCP data offset of 4", ethernet(0x0800, ipv4(tcp(5000, 53, 2, { offset: 4 }), { protocol: 6 })), "tcp_header_length"],
    ["a UDP length of 7", ethernet(0x0800, ipv4(udp(5000, 53, DATA, 7))), "udp_length"],
    ["a UDP length beyond the packet", ethernet(0x0800, ipv4(udp(5000, 53, DATA, 500))), "udp_length"],
  ];
  it.each(kept)("%s is counted and still belongs to its flow", (_, packet, reason) =>
    expect(outcomeOf(packet)).toMatchObject({ malformed: 0, reasons: [reason], ports }),
  );
});

describe("frames without IP are decoded and named", () => {
  const cases: [string, Packet | Uint8Array, string][] = [
    ["ARP", ethernet(0x0806, Buffer.alloc(28)), "arp"],
    ["LLDP under a tag", ethernet(0x88cc, u8(2), { tags: tagged(3) }), "lldp"],
    ["spanning tree", ethernet(38, u8(0x42, 0x42, 3, 0)), "stp"],
    ["CDP", ethernet(60, u8(0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0)), "cdp"],
    ["loopback test", ethernet(0x9000, u8(0)), "loop"],
    ["an unknown EtherType", ethernet(0x88b5, u8(0)), "ethertype-0x88b5"],
    ["an unknown SNAP organization", ethernet(60, u8(0xaa, 0xaa, 3, 1, 2, 3, 4, 5)), "snap"],
    ["PPP link control", { frame: u8(0xff, 3, 0xc0, 0x21, 1), linkType: 9 }, "link-control"],
  ];
  it.each(cases)("%s", (_, packet, kind) => expect(outcomeOf(packet)).toMatchObject({ malformed: 0, nonIp: [kind] }));

  it("lists at most 64 kinds without a name", () => {
    const decoder = createDecoder();
    decoder.decode(blockOf(Array.from({ length: 100 }, (_, n) => ethernet(0xa000 + n, u8(0)))), 0);
    expect(Object.keys(decoder.nonIp())).toHaveLength(65);
    expect(decoder.nonIp().other).toBe(36);
  });
});
