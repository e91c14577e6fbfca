import { writeFileSync } from "node:fs";
import { DemoSource } from "../../src/demo/source.ts";
import { ManualClock } from "../../src/lib/clock.ts";

/** Writes some seconds of the synthetic hospital as a capture file. Returns how many packets there are. */
export function hospitalCapture(path: string): number {
  const clock = new ManualClock(1_767_261_600_000);
  const source = new DemoSource(clock);
  const parts: Buffer[] = [Buffer.from("d4c3b2a1020004000000000000000000ffff000001000000", "hex")];
  let packets = 0;
  for (let step = 0; step < 800; step += 1) {
    clock.advance(25);
    for (let block = source.next(); block !== "idle" && block !== "end"; block = source.next()) {
      for (let n = 0; n < block.count; n += 1) {
        const header = Buffer.alloc(16);
        header.writeUInt32LE(Math.floor(block.timeMicros[n] / 1e6), 0);
        header.writeUInt32LE(block.timeMicros[n] % 1e6, 4);
        header.writeUInt32LE(block.captured[n], 8);
        header.writeUInt32LE(block.wire[n], 12);
        parts.push(header, Buffer.from(block.bytes.subarray(block.offset[n], block.offset[n] + block.captured[n])));
        packets += 1;
      }
    }
  }
  writeFileSync(path, Buffer.concat(parts));
  return packets;
}
