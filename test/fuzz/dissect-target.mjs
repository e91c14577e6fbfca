import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hostile } from "./mutate.mjs";
import { SEEDS } from "./seeds.mjs";

const SLOTS = 64;

/** Conversations of changed messages through the reader that is built in `dist`. */
export async function createDissectTarget(dist) {
  const load = (path) => import(pathToFileURL(join(dist, path)).href);
  const { createDissection } = await load("dissect/reader.js");
  const { PayloadSlice } = await load("model/payload.js");
  const { Classes } = await load("dissect/classing/classes.js");
  const { IdentifierHashes } = await load("dissect/identifier-hashes.js");
  const identifiers = new IdentifierHashes(Buffer.alloc(32, 1));
  const dissection = createDissection({ classes: new Classes(64_000, new Int32Array([1, 2])), identifiers });
  const slice = new PayloadSlice();
  let slot = 0;
  return {
    name: "dissect",
    make: (random) => hostile(SEEDS, random),
    run({ transport, initiatorPort, responderPort, packets }) {
      slot = (slot + 1) % SLOTS;
      dissection.forget(slot);
      let isTurned = false;
      for (const { from, bytes, offset, missing } of packets) {
        slice.slot = slot;
        slice.transport = transport;
        slice.isFromInitiator = (from === 0) !== isTurned;
        slice.initiatorPort = isTurned ? responderPort : initiatorPort;
        slice.responderPort = isTurned ? initiatorPort : responderPort;
        slice.bytes = bytes;
        slice.start = 0;
        slice.end = bytes.length;
        slice.missing = missing;
        slice.streamOffset = transport === 6 ? offset : 0;
        slice.timeMicros += 1000;
        const bits = dissection.read(slice);
        if (bits & 4 && !isTurned) {
          isTurned = true;
          dissection.turned(slot);
        }
      }
      const ends = isTurned ? [responderPort, initiatorPort] : [initiatorPort, responderPort];
      dissection.ended(slot, ...ends);
      dissection.gapsOf(slot);
      dissection.ended(slot, initiatorPort, responderPort);
      JSON.stringify(dissection.factsOf(slot));
    },
    /** What the reader keeps of all flows, at the most of one. */
    keptBytes: () => dissection.counters().bytesKept / SLOTS,
    hex: ({ packets, ...rest }) =>
      `${JSON.stringify(rest)}\n${packets.map(({ from, bytes, offset, missing }) => `${from} ${offset} ${missing} ${bytes.toString("hex")}`).join("\n")}`,
    summary: () => ({ ...dissection.counters(), losses: dissection.losses }),
  };
}
