import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Frame } from "../../../src/decode/frame.ts";
import { createDecoder } from "../../../src/decode/index.ts";
import { link } from "../../../src/decode/link.ts";
import { DECODED } from "../../../src/decode/outcome.ts";
import { createPlainDecoder } from "../../../src/decode/plain.ts";
import { PacketBlock } from "../../../src/model/packet.ts";
import { FLAG, ROW } from "../../../src/model/row.ts";
import { blockOf, ethernet, ipv4, ipv6, tcp, udp } from "./frames.ts";

const COMPARED = [
  ROW.source,
  ROW.destination,
  ROW.ports,
  ROW.tags,
  ROW.space,
  ROW.flags,
  ROW.sequence,
  ROW.payloadStart,
  ROW.payloadEnd,
  ROW.missing,
  ROW.mac,
  ROW.ip,
];

/** Every link type that is decoded. */
const LINK_TYPES = [
  0, 1, 6, 8, 9, 10, 12, 14, 50, 51, 100, 101, 104, 105, 106, 107, 108, 109, 113, 117, 119, 127, 138, 149, 163, 166, 192, 204, 226, 228,
  229, 239, 242, 258, 276, 281, 282, 284, 285,
];

/** The usual value, and now and then another. */
const mostly = <T, U>(usual: T, other: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const payload = fc.uint8Array({ maxLength: 40 });
const port = fc.integer({ min: 0, max: 65535 });
const transport = fc.oneof(
  fc.record({
    protocol: fc.constant(6),
    bytes: fc
      .tuple(port, port, fc.nat(255), payload, mostly(5, fc.constantFrom(4, 6, 15)))
      .map(([a, b, f, p, offset]) => tcp(a, b, f, { seq: a * 65536 + b, payload: p, offset })),
  }),
  fc.record({
    protocol: fc.constant(17),
    bytes: fc.tuple(port, port, payload, mostly(undefined, fc.nat(60))).map(([a, b, p, n]) => udp(a, b, p, n)),
  }),
);
const packet = fc.record({
  transport,
  total: mostly(undefined, fc.nat(120)),
  fragment: mostly(0x4000, fc.constantFrom(0, 0x2000, 5)),
  six: mostly(false, fc.boolean()),
});
const tags = fc.array(fc.tuple(fc.constantFrom(0x8100, 0x8100, 0x88a8), port), { maxLength: 2 });
/** Frames as they should be, bent in one place or another. */
const frame = fc
  .record({ packet, tags, padding: fc.nat(20), flips: fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 1 }) })
  .map(({ packet: { transport: t, total, fragment, six }, tags: list, padding, flips }) => {
    const inner = six
      ? ipv6(t.bytes, { next: t.protocol })
      : ipv4(t.bytes, { protocol: t.protocol, fragment, ...(total === undefined ? {} : { total }) });
    const bytes = Buffer.concat([ethernet(six ? 0x86dd : 0x0800, inner, { tags: list }), Buffer.alloc(padding)]);
    for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
const captured = fc.record({ frame, cut: fc.nat(80), wireMore: fc.nat(60) });

/** Filled again and again, as a source does. */
const reused = new PacketBlock();

describe("hostile frames", () => {
  it("the short cut decodes exactly as the decoders proper, or leaves it to them", () => {
    let taken = 0;
    const proper = new Frame();
    fc.assert(
      fc.property(captured, ({ frame: bytes, cut, wireMore }) => {
        const length = Math.max(0, cut < 40 ? bytes.length : bytes.length - (cut - 40));
        const block = blockOf([{ frame: bytes, captured: length, wire: bytes.length + (cut % 2 === 0 ? 0 : wireMore) }], reused);
        proper.losses.counts.fill(0);
        proper.view = block.view;
        proper.bytes = block.bytes;
        proper.begin(0, 1, length, block.wire[0]);
        const outcome = link(proper, 1, 1);
        const rows = new Int32Array(16);
        if (!createPlainDecoder(rows)(block.view, 1, length, block.wire[0], 0)) return;
        taken += 1;
        const isClean = proper.losses.counts.every((count) => count === 0);
        const differing = COMPARED.filter((word) => rows[word] !== proper.rows[word]);
        expect({ outcome, isClean, differing }).toEqual({ outcome: DECODED, isClean: true, differing: [] });
      }),
      { numRuns: 10_000, seed: 1 },
    );
    expect(taken).toBeGreaterThan(1000);
  });

  it("never throw, never read outside the frame's bytes, and are all accounted for", () => {
    const decoder = createDecoder();
    let given = 0;
    const links = fc.constantFrom(1, 1, 1, 1, 1, 1, ...LINK_TYPES, 999);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            frame: fc.oneof(frame, fc.uint8Array({ maxLength: 120 })),
            linkType: links,
            strippedTag: fc.constantFrom(0, 0, 0x81000005),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        (list) => {
          const block = blockOf(list, reused);
          let rows = 0;
          const wrong: Int32Array[] = [];
          for (let from = 0; from < block.count; ) {
            from = decoder.decode(block, from);
            rows += decoder.batch.count;
            for (let n = 0; n < decoder.batch.count; n += 1) {
              const row = decoder.batch.rows.subarray(n * 16, n * 16 + 16);
              const index = row[ROW.packet];
              const isReassembled = (row[ROW.flags] & FLAG.reassembled) !== 0;
              const first = isReassembled ? 0 : block.offset[index];
              const end = isReassembled ? decoder.batch.datagrams.length : block.offset[index] + block.captured[index];
              const isInside = row[ROW.payloadStart] >= first && row[ROW.payloadStart] <= row[ROW.payloadEnd] && row[ROW.payloadEnd] <= end;
              if (!isInside) wrong.push(row.slice());
            }
          }
          given += list.length;
          expect(wrong).toEqual([]);
          expect(decoder.decodedPackets() + decoder.malformedPackets()).toBe(given);
          expect(rows).toBeLessThanOrEqual(list.length);
        },
      ),
      { numRuns: 5000, seed: 2 },
    );
  });
});
