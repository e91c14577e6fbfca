// CPU time of decode and the flow table alone: one process, one thread, a reader that wants nothing.
//   node test/bench/hot-path.mjs FILE.pcap [--limit N] [--dist DIR]
// Prints one JSON line: packets, bytes, flows, evicted, CPU seconds of reading and of everything, both less start-up.
// Classic little-endian pcap only, read in 512 KiB pieces by a walker of its own: the capture stage is measured elsewhere.
import { openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: "string", default: "1000000" },
    dist: { type: "string", default: fileURLToPath(new URL("../../dist", import.meta.url)) },
    early: { type: "boolean" },
  },
});
const load = (path) => import(pathToFileURL(join(resolve(values.dist), path)).href);
const { createDecoder } = await load("decode/index.js");
const { createFlowTable } = await load("flows/table.js");
const { BLOCK_PACKETS, PacketBlock } = await load("model/packet.js");

const started = process.cpuUsage();
const fd = openSync(positionals[0], "r");
const header = Buffer.alloc(24);
readSync(fd, header, 0, 24, null);
if (header.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error("hot-path: classic little-endian microsecond pcap only");
const linkType = header.readUInt32LE(20);

const PIECE = 512 << 10;
const LONGEST = 1 << 18;
const bytes = Buffer.alloc(PIECE + LONGEST);
const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const block = new PacketBlock();
block.linkType.fill(linkType);
const decoder = createDecoder();
let records = 0;
let flows = 0;
let packetsInFlows = 0;
let bytesInFlows = 0;
const CLOSED = 3;
const reader = { begin: () => 0, read: () => 0, turned() {}, factsOf: () => undefined, gapsOf: () => 0, forget() {} };
const table = createFlowTable(
  { limit: Number(values.limit), isEarly: values.early ?? false },
  decoder.batch,
  reader,
  (batch) => {
    records += batch.count;
    for (let n = 0; n < batch.count; n += 1) {
      packetsInFlows += batch.doubles[n * 32 + 7] + batch.doubles[n * 32 + 8];
      bytesInFlows += batch.doubles[n * 32 + 9] + batch.doubles[n * 32 + 10];
      if (batch.ints[n * 64 + 32] === CLOSED) flows += 1;
    }
  },
  (words32) => crypto.getRandomValues(words32),
);

let seen = 0;
let readMicros = 0;
let have = 0;
function work() {
  for (let from = 0; from < block.count; ) {
    from = decoder.decode(block, from);
    table.add(block);
  }
}
function walk() {
  let at = 0;
  for (;;) {
    block.reset(bytes);
    let n = 0;
    while (n < BLOCK_PACKETS && at + 16 <= have) {
      const captured = words.getInt32(at + 8, true);
      if (at + 16 + captured > have) break;
      block.timeMicros[n] = words.getUint32(at, true) * 1e6 + words.getUint32(at + 4, true);
      block.offset[n] = at + 16;
      block.captured[n] = captured;
      block.wire[n] = words.getInt32(at + 12, true);
      at += 16 + captured;
      n += 1;
    }
    if (n === 0) return at;
    block.count = n;
    seen += n;
    work();
  }
}
for (;;) {
  const before = process.cpuUsage();
  const got = readSync(fd, bytes, have, PIECE, null);
  const spent = process.cpuUsage(before);
  readMicros += spent.user + spent.system;
  if (got === 0) break;
  have += got;
  const at = walk();
  bytes.copyWithin(0, at, have);
  have -= at;
}
const beforeEnd = process.cpuUsage(started);
table.closeAll();
const used = process.cpuUsage(started);
const seconds = (usage) => Number(((usage.user + usage.system) / 1e6).toFixed(3));
console.log(
  JSON.stringify({
    packets: seen,
    decoded: decoder.decodedPackets(),
    malformed: decoder.malformedPackets(),
    packetsInFlows,
    bytesInFlows,
    flows,
    opened: table.status().opened,
    evicted: table.status().evicted,
    records,
    readSeconds: readMicros / 1e6,
    closeSeconds: Number((seconds(used) - seconds(beforeEnd)).toFixed(3)),
    cpuSeconds: seconds(used),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    losses: table.losses.toJSON(),
  }),
);
