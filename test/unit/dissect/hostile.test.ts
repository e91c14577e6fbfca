import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Classes } from "../../../src/dissect/classing/classes.ts";
import { IdentifierHashes } from "../../../src/dissect/identifier-hashes.ts";
import { createDissection } from "../../../src/dissect/reader.ts";
import { PayloadSlice } from "../../../src/model/payload.ts";
import { createRandom, hostile } from "../../fuzz/mutate.mjs";
import { SEEDS } from "../../fuzz/seeds.mjs";

const INPUTS = 20_000;
const KEPT_BYTES = 256 * 1024;
const READING_BYTES = 1024 * 1024;
/** One flow's texts, and what stands around them. */
const MOST_FACTS_BYTES = 49_152 + 16_384;

test(`${INPUTS} hostile conversations: no exception, bounded memory, printable facts, settled bits`, () => {
  const random = createRandom(20_260_101);
  const classes = new Classes(64_000, new Int32Array([1, 2]));
  const identifiers = new IdentifierHashes(Buffer.alloc(32, 1));
  const dissection = createDissection({ prefixTotalBytes: KEPT_BYTES, readingTotalBytes: READING_BYTES, classes, identifiers });
  const slice = new PayloadSlice();
  for (let n = 0; n < INPUTS; n += 1) {
    const { transport, initiatorPort, responderPort, packets } = hostile(SEEDS, random);
    const slot = n % 64;
    dissection.forget(slot);
    for (const { from, bytes, offset, missing } of packets) {
      Object.assign(slice, {
        slot,
        transport,
        initiatorPort,
        responderPort,
        isFromInitiator: from === 0,
        bytes,
        start: 0,
        end: bytes.length,
        missing,
      });
      slice.streamOffset = transport === 6 ? offset : 0;
      const bits = dissection.read(slice);
      if (bits < 0 || bits > 15) throw new Error(`bits ${bits}`);
    }
    dissection.ended?.(slot, initiatorPort, responderPort);
    dissection.ended?.(slot, initiatorPort, responderPort);
    const text = JSON.stringify(dissection.factsOf(slot) ?? {});
    if (/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(text)) throw new Error(`not printable: ${text}`);
    if (text.length > MOST_FACTS_BYTES) throw new Error(`facts of ${text.length} bytes`);
    const { bytesKept, readingBytes } = dissection.counters();
    if (bytesKept > KEPT_BYTES || readingBytes > READING_BYTES) throw new Error("more bytes kept than allowed");
  }
  for (let slot = 0; slot < 64; slot += 1) dissection.forget(slot);
  const { bytesKept, readingBytes, recognised, unrecognised } = dissection.counters();
  expect([bytesKept, readingBytes]).toEqual([0, 0]);
  expect(Math.min(recognised, unrecognised)).toBeGreaterThan(1000);
});

/** Bytes in the heap and beside it, after a collection. */
function memoryBytes(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const FLOWS = 10_000;
const one = Buffer.from("x");
const post = Buffer.from("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9000\r\n\r\nabc");

test.each([
  ["a segment before its time", [0, 1, 2, 3, 4, 5, 6, 7].map((n) => ({ bytes: one, offset: 100 + n * 10 }))],
  ["a body that does not come", [{ bytes: post, offset: 0 }]],
])("many flows that wait for ever take no more memory than they are counted for: %s", (_what, packets) => {
  const limit = { prefixTotalBytes: 4e6, readingTotalBytes: 4e6 };
  const dissection = createDissection({ ...limit, classes: new Classes(64_000, new Int32Array([1, 2])) });
  const slice = new PayloadSlice();
  Object.assign(slice, { transport: 6, initiatorPort: 50_000, responderPort: 80 });
  const before = memoryBytes();
  for (let slot = 0; slot < FLOWS; slot += 1) {
    for (const { bytes, offset } of packets) {
      Object.assign(slice, { slot, bytes, start: 0, end: bytes.length, streamOffset: offset });
      dissection.read(slice);
    }
  }
  // Beside the two limits: the tables by slot, and the brief facts of those that gave way.
  expect(memoryBytes() - before).toBeLessThan(2 * 4e6 + FLOWS * 600);
  expect(dissection.losses.of("reassembly_limit") + dissection.losses.of("dissect_limit")).toBeGreaterThan(1000);
});
