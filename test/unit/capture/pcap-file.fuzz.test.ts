import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import * as make from "./make-capture.ts";
import { readFiles, scratch } from "./read-capture.ts";

const files = scratch();
afterAll(() => files.remove());

const frames = ["", "a", "bcd", "x".repeat(60), "y".repeat(1500)].map((text) => Buffer.from(text));
const pcap = Buffer.concat([make.pcapHeader(), ...frames.map((frame) => make.pcapRecord(frame))]);
const pcapng = Buffer.concat([
  make.ngSection(),
  make.ngInterface({ options: make.ngOption(9, Buffer.from([9])) }),
  ...frames.map((frame) => make.ngPacket(frame)),
  make.ngSimplePacket(frames[2]),
  make.ngObsoletePacket(frames[3]),
  make.ngSection(false),
  make.ngInterface({ isLittle: false }),
  make.ngPacket(frames[3], { isLittle: false }),
]);

/** Bytes changed, cut out, or put in. */
const wounds = fc.array(
  fc.record({ at: fc.nat(), kind: fc.constantFrom("change", "cut", "insert"), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
  { minLength: 1, maxLength: 6 },
);

describe.each([
  ["pcap", pcap],
  ["pcapng", pcapng],
  ["gzip", gzipSync(pcap)],
])("a mutated %s", (_, original) => {
  it("is read to an end, inside its own bytes, with the books in order", async () => {
    await fc.assert(
      fc.asyncProperty(wounds, async (list) => {
        let bytes: Buffer = Buffer.from(original);
        for (const { at, kind, bytes: patch } of list) {
          const place = at % bytes.length;
          const after = kind === "insert" ? place : place + patch.length;
          bytes = Buffer.concat([bytes.subarray(0, place), kind === "cut" ? Buffer.alloc(0) : patch, bytes.subarray(after)]);
          if (bytes.length === 0) bytes = Buffer.from([0]);
        }
        const got = await readFiles([files.put(bytes, "mutated")], true);
        expect(got.files).toHaveLength(1);
        expect(got.counters.seenPackets).toBe(got.frames.length);
        expect(got.files[0].packets).toBe(got.frames.length);
        for (const frame of got.frames) {
          expect(frame.wire).toBeGreaterThanOrEqual(frame.text.length);
          expect(() => new Date(frame.micros / 1000).toISOString()).not.toThrow();
        }
        if (!got.files[0].complete) expect(got.files[0].warning).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });
});
