import { describe, expect, it } from "vitest";
import { ethernet, ipv4, ipv6, type Packet, TCP, tcp } from "../decode/frames.ts";
import { at, startRun } from "./flow-runs.ts";

const { syn, ack, fin, rst } = TCP;

/** Segments of one connection, by hand: from the client when `up`. Client data begins at 1001, the server's at 5001. */
interface Segment {
  up: boolean;
  flags?: number;
  seq: number;
  ack?: number;
  bytes?: number;
}
const up = (seq: number, bytes: number, acked = 5001): Segment => ({ up: true, seq, bytes, ack: acked });
const down = (acked: number, seq = 5001, bytes = 0): Segment => ({ up: false, seq, bytes, ack: acked });
const open: Segment[] = [
  { up: true, flags: syn, seq: 1000 },
  { up: false, flags: syn | ack, seq: 5000, ack: 1001 },
  { up: true, flags: ack, seq: 1001, ack: 5001 },
];

function frames(segments: Segment[], isIpv6 = false): Packet[] {
  return segments.map(({ up: isUp, flags = ack, seq, ack: acked = 0, bytes = 0 }, n) => {
    const body = tcp(isUp ? 40_000 : 443, isUp ? 443 : 40_000, flags, {
      seq: seq >>> 0,
      ack: acked >>> 0,
      payload: Buffer.alloc(bytes, 1),
    });
    const ends = isUp ? {} : isIpv6 ? { from: "2001:db8::2", to: "2001:db8::1" } : { from: "192.0.2.9", to: "10.0.0.1" };
    const frame = isIpv6
      ? ethernet(0x86dd, ipv6(body, { ...ends, next: 6 }))
      : ethernet(0x0800, ipv4(body, { ...ends, protocol: 6, id: n + 1 }));
    return { frame, micros: at(n / 1000) };
  });
}

function lossOf(segments: Segment[], isIpv6 = false) {
  const run = startRun();
  run.feed(frames(segments, isIpv6));
  run.table.closeAll();
  return run.table.streams();
}

describe("what the tap never showed of a TCP stream", () => {
  const cases: [string, Segment[], number][] = [
    ["nothing, when all was seen", [...open, up(1001, 100), down(1101), up(1101, 100), down(1201)], 0],
    ["a segment between two others, when it is acknowledged", [...open, up(1001, 100), up(1201, 100), down(1301)], 100],
    ["a gap that nobody acknowledged: it may still come", [...open, up(1001, 100), up(1201, 100), down(1101)], 0],
    ["lost before the tap: sent again, and seen", [...open, up(1001, 100), up(1201, 100), down(1101), up(1101, 100), down(1301)], 0],
    ["sent again in part", [...open, up(1001, 100), up(1201, 100), down(1101), up(1101, 40), down(1301)], 60],
    ["an acknowledgement of more than was seen", [...open, up(1001, 100), down(1501), up(1501, 100), down(1601)], 400],
    ["the directions came in another order: no loss", [...open, down(1101), up(1001, 100), down(1101)], 0],
    ["two gaps", [...open, up(1101, 100), up(1301, 100), down(1401)], 200],
    ["of the answers", [...open, up(1001, 100), down(1101, 5301, 100), up(1101, 1, 5401)], 300],
    ["seen twice is not lost", [...open, up(1001, 100), up(1001, 100), down(1101)], 0],
    ["a connection found midway begins where it is met", [up(90_000, 100, 5001), down(90_100, 5001, 100)], 0],
    ["a keep-alive is no gap", [...open, up(1000, 1), down(1001), up(1001, 10), down(1011)], 0],
    ["the end", [...open, { up: true, flags: fin | ack, seq: 1001, ack: 5001 }, { up: false, flags: fin | ack, seq: 5001, ack: 1002 }], 0],
    ["a reset with any number", [...open, { up: false, flags: rst, seq: 9_000_000 }, down(1001)], 0],
    ["a jump beyond any window is another stream", [...open, up(1001 + (1 << 25), 100), down(1101 + (1 << 25))], 0],
    [
      "over the end of the numbers",
      [{ up: true, flags: syn, seq: -50 }, { up: false, flags: syn | ack, seq: 5000, ack: -49 }, up(151, 10), down(161)],
      200,
    ],
  ];
  it.each(cases)("%s", (_, segments, missing) => {
    const seen = segments.reduce((sum, { bytes = 0, flags = ack }) => sum + ((flags & rst) !== 0 ? 0 : bytes), 0);
    expect(lossOf(segments)).toEqual({ seenBytes: seen, missingBytes: missing });
    expect(lossOf(segments, true)).toEqual({ seenBytes: seen, missingBytes: missing });
  });

  it("counts a flow that lost its place in the table to another from its own beginning", () => {
    const run = startRun({ limit: 1 });
    run.feed(frames([...open, up(1101, 100)]));
    run.feed([{ frame: ethernet(0x0800, ipv4(tcp(1, 2, syn, { seq: 7 }), { protocol: 6 })), micros: at(1) }]);
    run.feed(frames([{ up: false, seq: 5001, ack: 1201 }, up(1201, 100)]).map((packet) => ({ ...packet, micros: at(2) })));
    expect(run.table.streams()).toEqual({ seenBytes: 200, missingBytes: 0 });
  });
});
