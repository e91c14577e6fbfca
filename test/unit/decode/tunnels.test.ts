import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/decode/index.ts";
import { TUNNEL_TYPES } from "../../../src/model/facts.ts";
import { PacketBlock } from "../../../src/model/packet.ts";
import { ROW, SHAPE_SHIFT } from "../../../src/model/row.ts";
import { blockOf, cat, ethernet, ipv4, type Packet, u8, u16, u32, udp } from "./frames.ts";
import {
  aggregateFrame,
  greHeader,
  INNER,
  INNER_FRAME,
  INNER_WHOLE,
  inIp,
  inUdp,
  label,
  summed,
  TUNNELS,
  vxlan,
  wireless,
} from "./tunnel-frames.ts";

function decoded(packet: Packet | Uint8Array) {
  const decoder = createDecoder();
  decoder.decode(blockOf([packet]), 0);
  const { rows, paths, encapsulations, count } = decoder.batch;
  const path = rows[ROW.space] >>> SHAPE_SHIFT === 0 ? 0 : paths[0];
  return {
    isRow: count === 1,
    transport: rows[ROW.tags] >>> 24,
    ports: [rows[ROW.ports] >>> 16, rows[ROW.ports] & 0xffff],
    tunnels: encapsulations.tunnelsOf(path),
    vlans: [(rows[ROW.tags] >>> 12) & 0xfff, rows[ROW.tags] & 0xfff, ...encapsulations.vlanIdsOf(path)],
    macAt: rows[ROW.mac],
    losses: Object.keys(decoder.losses.toJSON()),
    nonIp: decoder.nonIp(),
  };
}

describe("the flow is that of the innermost packet", () => {
  it.each(TUNNELS)("%s", (_, frame, tunnels) => {
    const { isRow, tunnels: found, losses, ports } = decoded(frame);
    expect({ isRow, losses, tunnels: found }).toEqual({ isRow: true, losses: [], tunnels });
    expect([
      [1111, 2222],
      [1, 2],
    ]).toContainEqual(ports);
  });

  it("every type of the contract is among them", () => {
    expect([...new Set(TUNNELS.flatMap(([, , tunnels]) => tunnels.map((tunnel) => (tunnel as { type: string }).type)))].sort()).toEqual(
      [...TUNNEL_TYPES].sort(),
    );
  });
});

describe("tags and headers that are no tunnels are stepped over", () => {
  const inner = cat(u16(0x0800), INNER);
  const cases: [string, Packet | Uint8Array][] = [
    ["VN-Tag", ethernet(0x8926, cat(u32(1), inner))],
    ["E-TAG (802.1BR)", ethernet(0x893f, cat(u32(1), u16(2), inner))],
    ["MACsec with integrity only (802.1AE)", ethernet(0x88e5, cat(u8(0x20, 0), u32(1), Buffer.alloc(8), inner, Buffer.alloc(16)))],
    ["Cisco metadata", ethernet(0x8909, cat(u8(1, 1), u16(1), u16(9), inner))],
    ["Cisco metadata of version 0", ethernet(0x8909, cat(u8(0, 0), u16(0), u16(0), inner))],
    ["an Arista time stamp", ethernet(0xd28b, cat(u16(1), u16(0x0110), Buffer.alloc(8), inner))],
    ["TRILL (RFC 6325)", ethernet(0x22f3, cat(u16(1), u16(2), u16(3), INNER_FRAME))],
    ["NSH (RFC 8300)", ethernet(0x894f, cat(u16(0x0006), u8(1, 1), u32(0x309), Buffer.alloc(16), INNER))],
    ["802.11", { frame: wireless(INNER), linkType: 105 }],
    ["radiotap", { frame: cat(u8(0, 0, 8, 0), u32(0), wireless(INNER)), linkType: 127 }],
    [
      "radiotap of a driver that pads data",
      {
        frame: cat(u8(0, 0, 9, 0, 2, 0, 0, 0, 0x20), wireless(cat(INNER)).subarray(0, 26), u16(0), wireless(INNER).subarray(26)),
        linkType: 127,
      },
    ],
    ["prism", { frame: cat(Buffer.alloc(144), wireless(INNER)), linkType: 119 }],
    ["per-packet information", { frame: cat(u8(0, 0, 8, 0, 105, 0, 0, 0), wireless(INNER)), linkType: 192 }],
    ["frame relay (RFC 2427)", { frame: cat(u8(0x18, 0x41, 3, 0xcc), INNER), linkType: 107 }],
    ["frame relay as Cisco has it", { frame: cat(u8(0x18, 0x41), inner), linkType: 107 }],
    ["netfilter log", { frame: cat(u8(2, 0, 0, 0), u8(8, 0, 1, 0), u32(0), u8(4 + INNER.length, 0, 9, 0), INNER), linkType: 239 }],
    ["a Broadcom switch tag", { frame: cat(Buffer.alloc(12), u32(0), inner), linkType: 281 }],
    ["a Broadcom switch tag in front", { frame: cat(u32(0), INNER_FRAME), linkType: 282 }],
    ["a Marvell switch tag", { frame: cat(Buffer.alloc(12), u32(0), inner), linkType: 284 }],
    ["a Marvell switch tag with an EtherType", { frame: cat(Buffer.alloc(12), u32(0xdada0000), u32(0), inner), linkType: 285 }],
    ["IP over InfiniBand", { frame: cat(Buffer.alloc(40), u16(0x0800), u16(0), INNER), linkType: 242 }],
    [
      "token ring with a route",
      { frame: cat(Buffer.alloc(8), u8(0x80), Buffer.alloc(5), u8(2, 0), u8(0xaa, 0xaa, 3, 0, 0, 0), inner), linkType: 6 },
    ],
  ];
  it.each(cases)("%s", (_, packet) => expect(decoded(packet)).toMatchObject({ isRow: true, ports: [1111, 2222], tunnels: [], losses: [] }));

  it("the VLAN of a Marvell tag and of an ERSPAN header count", () => {
    expect(decoded({ frame: cat(Buffer.alloc(12), u16(0x2000), u16(0x0123), inner), linkType: 284 }).vlans).toEqual([0x123, 0]);
    const erspan = cat(greHeader(0x88be, { flags: 0x1000, fields: u32(1) }), u16(0x1017), u16(42), u32(0), INNER_FRAME);
    expect(decoded(inIp(47, erspan)).vlans).toEqual([0, 0, 0x17]);
  });

  it("tags inside of a tunnel are kept apart from those outside", () => {
    const inner200 = ethernet(0x0800, INNER, { tags: [[0x8100, 200]] });
    expect(decoded(ethernet(0x0800, ipv4(udp(1, 4789, vxlan(1, inner200))), { tags: [[0x8100, 100]] })).vlans).toEqual([100, 0, 200]);
  });
});

describe("what cannot be opened belongs to the header around it", () => {
  /** RTP (RFC 3550 §5.1) up to its last four bytes, which then are whatever comes. */
  const MEDIA = cat(u8(0x80, 8), u16(4711), u32(160));
  const DNS = cat(u16(0x0801), u16(0x0100), u16(1), u16(0), u16(0), u16(0), Buffer.from("\x07example\x03com\0", "latin1"), u32(0x00010001));
  const cases: [string, Uint8Array, number, string[]][] = [
    ["DNS on the port of VXLAN", inUdp(4789, DNS), 17, []],
    ["DNS on the port of GTP-U", inUdp(2152, DNS), 17, []],
    ["a GTP-U echo request", inUdp(2152, cat(u8(0x32, 1), u16(4), u32(0), u32(0))), 17, []],
    ["CAPWAP in DTLS", inUdp(5247, cat(u8(1, 0, 0, 0), Buffer.alloc(60))), 17, []],
    ["an L2TP control message", inUdp(1701, cat(u16(0xc802), u16(20), Buffer.alloc(16))), 17, []],
    ["ARP in VXLAN", inUdp(4789, vxlan(1, ethernet(0x0806, Buffer.alloc(28)))), 17, []],
    ["an inner IP header that is cut", inUdp(4789, vxlan(1, INNER_FRAME.subarray(0, 30))), 17, ["tunnel_undecoded"]],
    ["IPv6 where IPv4 is announced", inIp(4, Buffer.alloc(60, 0x60)), 4, ["tunnel_undecoded"]],
    ["GRE of a version that is none", inIp(47, cat(u16(3), u16(0x0800), INNER)), 47, []],
    ["an L2TPv3 control message (RFC 3931 §4.1.1.2)", inIp(115, cat(u32(0), INNER_WHOLE)), 115, []],
    ["an L2TPv3 session of which it is not sure where the frame begins", inIp(115, twoStarts()), 115, []],
    ["an L2TPv3 session around a packet without a checksum", inIp(115, cat(u32(1), INNER_FRAME)), 115, []],
    ["L2TPv3 with bytes to spare", inIp(115, cat(u32(1), INNER_WHOLE, Buffer.alloc(30))), 115, []],
    ["an L2TPv3 control message over UDP", inUdp(1701, cat(u16(0xc803), u16(0), u32(1), INNER_WHOLE)), 17, []],
    ["LISP that is encrypted (RFC 8061)", inUdp(4341, cat(u8(0x81, 0, 0, 5), u32(1), INNER)), 17, []],
    ["LISP with what excludes each other", inUdp(4341, cat(u8(0x90, 0, 0, 5), u32(1), INNER)), 17, []],
    ["DNS on the port of LISP", inUdp(4341, DNS), 17, []],
    ["on the port of LISP what is IPv4 but for its checksum, as one packet of media in thousands", inUdp(4341, cat(MEDIA, INNER)), 17, []],
    ["on the port of LISP what is IPv4 that ends before its datagram", inUdp(4341, cat(MEDIA, summed(INNER), u8(0))), 17, []],
    ["DNS from the port of intercepted packets", inUdp(53, DNS, 49_152), 17, []],
    ["an intercepted packet with bytes to spare", inUdp(49_153, cat(u32(0x68800007), summed(INNER), u8(0)), 49_152), 17, []],
    ["a packet toward the port of intercepted ones", inUdp(49_152, cat(u32(0x68800007), summed(INNER)), 50_000), 17, []],
    ["EtherIP of another version", inIp(97, cat(u16(0x4000), INNER_FRAME)), 97, []],
    ["protocol 143 without a frame", inIp(143, Buffer.alloc(40, 7)), 143, []],
    ["a PPTP acknowledgement", inIp(47, cat(u16(0x2081), u16(0x880b), u16(0), u16(7), u32(1))), 47, []],
  ];
  it.each(cases)("%s", (_, frame, transport, losses) =>
    expect(decoded(frame)).toMatchObject({ isRow: true, transport, losses, tunnels: [], nonIp: {} }),
  );

  it("an L2TPv3 session that has one start for a frame is opened at it", () => {
    const bytes = twoStarts();
    bytes[8 + 14 + 19] ^= 1;
    expect(decoded(inIp(115, bytes))).toMatchObject({ isRow: true, tunnels: [{ type: "l2tp", id: "1" }] });
  });

  it("labels around something that is no IP are a frame without IP", () => {
    expect(decoded(ethernet(0x8847, cat(label(1, true), u8(0x10, 0, 0, 0)))).nonIp).toEqual({ mpls: 1 });
  });
});

/** A session in which a frame may begin behind the session id or behind four bytes more: the type of the second is the length that the first one states. */
function twoStarts(): Buffer {
  const [first, second] = [4 + 14, 8 + 14];
  const bytes = Buffer.alloc(first + 0x0800);
  bytes.writeUInt32BE(1, 0);
  bytes.writeUInt16BE(0x0800, first - 2);
  bytes[first] = 0x45;
  bytes.writeUInt16BE(0x0800, first + 2);
  bytes[second] = 0x45;
  bytes.writeUInt16BE(0x0800 - 4, second + 2);
  summed(bytes.subarray(first)).copy(bytes, first);
  // The last word of the second header is none of the first: it makes up for a checksum of 0.
  summed(cat(bytes.subarray(second, second + 18), u16(0))).copy(bytes, second + 18, 10, 12);
  return bytes;
}

describe("aggregates (A-MSDU)", () => {
  const to = (port: number) => ipv4(udp(port, 2222, u8(1, 2, 3)), { from: "10.9.0.1", to: "10.9.0.2" });

  function rowsOf(packets: (Packet | Uint8Array)[]) {
    const decoder = createDecoder();
    const block = blockOf(packets);
    const rows: { port: number; bytes: number; mac: number; packet: number }[] = [];
    for (let from = 0; from < block.count; ) {
      from = decoder.decode(block, from);
      const { rows: words, count } = decoder.batch;
      for (let row = 0; row < count; row += 1) {
        const at = row * ROW.words;
        rows.push({
          port: words[at + ROW.ports] >>> 16,
          bytes: words[at + ROW.wire],
          mac: block.bytes[words[at + ROW.mac] + 5],
          packet: words[at + ROW.packet],
        });
      }
    }
    return { rows, decoder };
  }

  it("every packet in one is a row with addresses of its own, and together they have the bytes of the frame", () => {
    const frame = aggregateFrame(to(1), to(2), to(3));
    const { rows, decoder } = rowsOf([{ frame, linkType: 105 }]);
    expect(rows.map(({ port, mac, packet }) => [port, mac, packet])).toEqual([
      [1, 0, 0],
      [2, 1, 0],
      [3, 2, 0],
    ]);
    expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(frame.length);
    expect(rows[2].bytes).toBe(14 + 8 + to(3).length);
    expect([decoder.decodedPackets(), decoder.malformedPackets(), decoder.losses.toJSON()]).toEqual([1, 0, {}]);
  });

  it("in a tunnel as well (Aruba, in GRE)", () => {
    const frame = inIp(47, cat(greHeader(0x8200), aggregateFrame(to(1), to(2))));
    const { rows } = rowsOf([frame]);
    expect(rows.map(({ port }) => port)).toEqual([1, 2]);
    expect(rows[0].bytes + rows[1].bytes).toBe(frame.length);
  });

  it("one that cannot be read leaves its bytes to the frame's flow", () => {
    const bent = Buffer.from(to(2));
    bent[0] = 0x41;
    const frame = inIp(47, cat(greHeader(0x8200), aggregateFrame(to(1), bent, to(3))));
    const { rows, decoder } = rowsOf([frame]);
    expect(rows.map(({ port }) => port)).toEqual([1, 3]);
    expect(rows[0].bytes + rows[1].bytes).toBe(frame.length);
    expect([decoder.decodedPackets(), decoder.malformedPackets()]).toEqual([1, 0]);
    expect(decoder.losses.toJSON()).toEqual({ tunnel_undecoded: 1 });
  });

  it("one that cannot be read is counted, in the air as in a tunnel", () => {
    const bent = Buffer.from(to(2));
    bent[0] = 0x41;
    const { rows, decoder } = rowsOf([{ frame: aggregateFrame(to(1), bent, to(3)), linkType: 105 }]);
    expect(rows.map(({ port }) => port)).toEqual([1, 3]);
    expect([decoder.decodedPackets(), decoder.malformedPackets()]).toEqual([1, 0]);
    expect(decoder.losses.toJSON()).toEqual({ ipv4_header_length: 1 });
  });

  it("a frame of none that can be read is one of the header around it", () => {
    const bent = Buffer.from(to(1));
    bent[0] = 0x41;
    const frame = inIp(47, cat(greHeader(0x8200), aggregateFrame(bent, bent)));
    const { rows } = rowsOf([frame]);
    expect(rows).toMatchObject([{ port: 0, bytes: frame.length }]);
  });

  it("those behind one that completes a datagram are read from the frame", () => {
    const whole = udp(7, 2222, Buffer.alloc(24, 1));
    const piece = (from: number, until: number, fragment: number) =>
      ipv4(whole.subarray(from, until), { from: "10.9.0.1", to: "10.9.0.2", id: 5, fragment });
    const { rows } = rowsOf([{ frame: aggregateFrame(piece(0, 16, 0x2000), piece(16, 32, 2), to(3)), linkType: 105 }]);
    expect(rows.map(({ port }) => port)).toEqual([7, 7, 3]);
  });

  it("none of them is lost where a batch is full", () => {
    const frames = Array.from({ length: 200 }, (_, n) => ({
      frame: aggregateFrame(to(3 * n), to(3 * n + 1), to(3 * n + 2)),
      linkType: 105,
    }));
    const { rows, decoder } = rowsOf(frames);
    expect(rows.map(({ port }) => port)).toEqual(Array.from({ length: 600 }, (_, n) => n));
    expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(frames.reduce((sum, { frame }) => sum + frame.length, 0));
    expect(decoder.decodedPackets()).toBe(200);
  });

  it("follows 32 of them, and says that there were more", () => {
    const { rows, decoder } = rowsOf([{ frame: aggregateFrame(...Array.from({ length: 40 }, (_, n) => to(n))), linkType: 105 }]);
    expect(rows.length).toBe(32);
    expect([decoder.losses.toJSON(), decoder.malformedPackets()]).toEqual([{ depth: 1 }, 0]);
  });
});

describe("limits", () => {
  const nested = (times: number): Buffer => (times === 0 ? INNER : ipv4(nested(times - 1), { protocol: 4 }));

  it("follows eight IP headers, and no frame with more", () => {
    expect(decoded(ethernet(0x0800, nested(7)))).toMatchObject({ isRow: true, ports: [1111, 2222] });
    expect(decoded(ethernet(0x0800, nested(8)))).toMatchObject({ isRow: false, losses: ["depth"] });
  });

  it("a frame that is too deep is so whichever of its fragments comes first", () => {
    const inner = ipv4(cat(nested(8), Buffer.alloc(6)), { protocol: 4, fragment: 0x2000 });
    const cut = 208;
    const piece = (from: number, to: number, fragment: number) =>
      ethernet(0x0800, ipv4(inner.subarray(from, to), { protocol: 4, id: 3, fragment }));
    const first = piece(0, cut, 0x2000);
    const last = piece(cut, inner.length, cut / 8);
    for (const order of [
      [first, last],
      [last, first],
    ]) {
      const decoder = createDecoder();
      decoder.decode(blockOf(order), 0);
      expect(decoder.losses.toJSON()).toEqual({ depth: 1 });
      expect(decoder.batch.count).toBe(1);
    }
  });

  it("no frame of labels alone is followed to its end", () => {
    expect(decoded(ethernet(0x8847, cat(...Array.from({ length: 40 }, (_, n) => label(n + 16)), label(1, true), INNER)))).toMatchObject({
      isRow: false,
      losses: ["depth"],
    });
  });
});

describe("hostile tunnels", () => {
  it("never throw and are all accounted for, whatever is changed in them", () => {
    const decoder = createDecoder();
    const frames = TUNNELS.map(([, frame]) => frame);
    const reused = new PacketBlock();
    let given = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            frame: fc.constantFrom(...frames),
            flips: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 3 }),
            cut: fc.oneof(fc.constant(1000), fc.nat(120)),
            more: fc.nat(40),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        (list) => {
          const packets = list.map(({ frame, flips, cut, more }) => {
            const bytes = Buffer.from(frame);
            for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
            return { frame: bytes, captured: Math.min(cut, bytes.length), wire: bytes.length + more };
          });
          const block = blockOf(packets, reused);
          for (let from = 0; from < block.count; ) from = decoder.decode(block, from);
          given += list.length;
          expect(decoder.decodedPackets() + decoder.malformedPackets()).toBe(given);
        },
      ),
      { numRuns: 5000, seed: 3 },
    );
  });
});
