import { expect, test } from "vitest";
import { createDissection } from "../../../src/dissect/reader.ts";
import { PayloadSlice } from "../../../src/model/payload.ts";
import { createRandom, hostile } from "../../fuzz/mutate.mjs";
import { SEEDS } from "../../fuzz/seeds.mjs";

const INPUTS = 20_000;
const KEPT_BYTES = 256 * 1024;

test(`${INPUTS} hostile conversations: no exception, bounded memory, printable facts, settled bits`, () => {
  const random = createRandom(20_260_101);
  const dissection = createDissection({ prefixTotalBytes: KEPT_BYTES });
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
    const text = JSON.stringify(dissection.factsOf(slot) ?? {});
    if (/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(text)) throw new Error(`not printable: ${text}`);
    if (dissection.counters().bytesKept > KEPT_BYTES) throw new Error("more bytes kept than allowed");
  }
  for (let slot = 0; slot < 64; slot += 1) dissection.forget(slot);
  const { bytesKept, recognised, unrecognised } = dissection.counters();
  expect(bytesKept).toBe(0);
  expect(Math.min(recognised, unrecognised)).toBeGreaterThan(1000);
});
