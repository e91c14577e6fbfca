import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../src/decode/index.ts";
import { MOST_DATAGRAMS } from "../../../src/decode/reassembly.ts";
import { FLAG, ROW, ROW_WORDS } from "../../../src/model/row.ts";
import { blockOf, cat, ethernet, ipv4, ipv6, type Packet, u8, u16, u32, udp } from "./frames.ts";
import { INNER_FRAME, inUdp, vxlan } from "./tunnel-frames.ts";

const T0 = 1_700_000_000;
const PAYLOAD = Buffer.from(Array.from({ length: 50 }, (_, n) => n + 1));
const DATAGRAM = udp(5000, 53, PAYLOAD);

interface Piece {
  from: number;
  to: number;
  id?: number;
  more?: boolean;
  change?: number;
  seconds?: number;
}

/** IPv4 fragments of a datagram. */
function fragments(pieces: Piece[], datagram: Uint8Array = DATAGRAM): Packet[] {
  return pieces.map(({ from, to, id = 7, more = to < datagram.length, change, seconds = 0 }) => {
    const bytes = Buffer.from(datagram.subarray(from, to));
    if (change !== undefined) bytes[change] ^= 1;
    return { frame: ethernet(0x0800, ipv4(bytes, { id, fragment: (more ? 0x2000 : 0) | (from >> 3) })), micros: (T0 + seconds) * 1e6 };
  });
}

/** Fragments of IPv6, each behind a fragment header. */
function fragments6(pieces: Piece[]): Packet[] {
  return pieces.map(({ from, to, id = 7, more = to < DATAGRAM.length }) => {
    const header = cat(u8(17, 0), u16(from | (more ? 1 : 0)), u32(id));
    return { frame: ethernet(0x86dd, ipv6(cat(header, DATAGRAM.subarray(from, to)), { next: 44 })) };
  });
}

/** The payloads that are whole, as text of the packets that completed them, and what was counted. */
function wholes(packets: readonly Packet[]) {
  const decoder = createDecoder();
  const block = blockOf(packets);
  const found: { packet: number; ports: number[]; payload: number[] }[] = [];
  let rowsSeen = 0;
  for (let from = 0; from < block.count; ) {
    from = decoder.decode(block, from);
    const { rows, datagrams, count } = decoder.batch;
    rowsSeen += count;
    for (let row = 0; row < count * ROW_WORDS; row += ROW_WORDS) {
      if ((rows[row + ROW.flags] & FLAG.reassembled) === 0) continue;
      const payload = [...datagrams.subarray(rows[row + ROW.payloadStart], rows[row + ROW.payloadEnd])];
      found.push({ packet: rows[row + ROW.packet], ports: [rows[row + ROW.ports] >>> 16, rows[row + ROW.ports] & 0xffff], payload });
    }
  }
  expect(rowsSeen).toBe(packets.length);
  const losses = decoder.losses.toJSON();
  decoder.finish();
  return { found, losses, atEnd: decoder.losses.of("fragment_missing") };
}

const THREE: Piece[] = [
  { from: 0, to: 16 },
  { from: 16, to: 40 },
  { from: 40, to: 58 },
];
const whole = (packet: number) => [{ packet, ports: [5000, 53], payload: [...PAYLOAD] }];

describe("the packet that completes a datagram has all of its payload", () => {
  const orders: [string, number[]][] = [
    ["in order", [0, 1, 2]],
    ["backwards", [2, 1, 0]],
    ["the first one last", [1, 2, 0]],
    ["the first one between", [2, 0, 1]],
    ["one seen twice", [0, 1, 1, 2]],
  ];
  it.each(orders)("%s", (_, order) => {
    const expected = { found: whole(order.length - 1), losses: {}, atEnd: 0 };
    expect(wholes(fragments(order.map((n) => THREE[n])))).toEqual(expected);
    expect(wholes(fragments6(order.map((n) => THREE[n])))).toEqual(expected);
  });

  it("datagrams of different identification do not mix", () => {
    const mixed = [...fragments(THREE), ...fragments(THREE.map((piece) => ({ ...piece, id: 8 })))];
    expect(wholes([0, 3, 1, 4, 2, 5].map((n) => mixed[n])).found.map(({ packet }) => packet)).toEqual([4, 5]);
  });

  it("a tunnel in fragments is opened when it is whole", () => {
    const outer = inUdp(4789, vxlan(5, INNER_FRAME)).subarray(34);
    const { found } = wholes(
      fragments(
        [
          { from: 0, to: 24 },
          { from: 24, to: outer.length },
        ],
        outer,
      ),
    );
    expect(found).toEqual([{ packet: 1, ports: [1111, 2222], payload: [9, 9] }]);
  });

  it("fragments inside of a tunnel too", () => {
    const inside = fragments(THREE).map(({ frame }) => ({ frame: inUdp(4789, vxlan(5, frame)) }));
    expect(wholes(inside).found).toEqual(whole(2));
  });

  it.each([
    ["in order", [0, 1]],
    ["backwards", [1, 0]],
  ])("fragments inside of a tunnel that is in fragments itself: %s", (_, order) => {
    const packets = fragments(THREE).flatMap(({ frame }, n) => {
      const outer = inUdp(4789, vxlan(5, frame)).subarray(34);
      const pieces = fragments(
        [
          { from: 0, to: 64, id: 20 + n },
          { from: 64, to: outer.length, id: 20 + n },
        ],
        outer,
      );
      return order.map((piece) => pieces[piece]);
    });
    expect(wholes(packets)).toEqual({ found: whole(5), losses: {}, atEnd: 0 });
  });
});

describe("what is not put together", () => {
  const later = { from: 16, to: 40, id: 9, seconds: 31 };
  const cases: [string, Piece[], object, number][] = [
    ["overlapping bytes", [{ from: 0, to: 24 }, { from: 16, to: 40 }, THREE[2]], { fragment_overlap: 1 }, 0],
    ["other bytes for the same place", [THREE[0], { ...THREE[1], change: 3 }, THREE[1], THREE[2]], { fragment_overlap: 1 }, 0],
    [
      "an end beyond the end",
      [THREE[2], { from: 40, to: 56, more: true }, THREE[0], THREE[1]].map((p, n) => (n === 1 ? { from: 48, to: 58, more: true } : p)),
      { fragment_overlap: 1 },
      0,
    ],
    ["a middle that is no multiple of eight", [THREE[0], { from: 16, to: 37 }, THREE[2]], { fragment_overlap: 1 }, 0],
    ["a hole", [THREE[0], THREE[2]], {}, 1],
    ["fragments half a minute apart", [THREE[0], THREE[1], { ...THREE[2], seconds: 31 }], { fragment_missing: 1 }, 1],
    ["a first fragment alone, once half a minute is over", [THREE[0], later, later], { fragment_missing: 1 }, 1],
    ["later fragments alone, which are counted elsewhere", [THREE[1], THREE[2], later, later], {}, 0],
    ["what waited when the clock went back by hours", [{ ...THREE[0], seconds: 7300 }, THREE[1]], { fragment_missing: 1 }, 1],
  ];
  it.each(cases)("%s", (_, pieces, losses, atEnd) => expect(wholes(fragments(pieces))).toEqual({ found: [], losses, atEnd }));

  it("but not for those that came and went while a datagram waited", () => {
    const passing = Array.from({ length: MOST_DATAGRAMS * 2 }, (_, n) => THREE.map((piece) => ({ ...piece, id: 100 + n }))).flat();
    const { found, losses } = wholes(fragments([THREE[0], ...passing, THREE[1], THREE[2]]));
    expect(found).toHaveLength(MOST_DATAGRAMS * 2 + 1);
    expect(found.at(-1)).toMatchObject(whole(passing.length + 2)[0]);
    expect(losses).toEqual({});
  });

  it("a datagram longer than any can be", () => {
    const packets = [{ frame: ethernet(0x0800, ipv4(Buffer.alloc(64), { id: 9, fragment: 0x1fff })) }];
    expect(wholes(packets).losses).toEqual({ fragment_overlap: 1 });
  });

  it("fragments cut by the snap length", () => {
    const packets = fragments(THREE).map((packet, n) => (n === 1 ? { ...packet, captured: packet.frame.length - 4 } : packet));
    expect(wholes(packets).found).toEqual([]);
  });

  it("the oldest, when more wait than there is room for, counted", () => {
    const firsts = Array.from({ length: MOST_DATAGRAMS + 1 }, (_, id) => fragments([{ ...THREE[0], id }])[0]);
    const rest = fragments(
      [0, MOST_DATAGRAMS].flatMap((id) => [
        { ...THREE[1], id },
        { ...THREE[2], id },
      ]),
    );
    const { found, losses } = wholes([...firsts, ...rest]);
    expect(found.map(({ packet }) => packet)).toEqual([MOST_DATAGRAMS + 4]);
    expect(losses.reassembly_limit).toBeGreaterThan(0);
  });
});
