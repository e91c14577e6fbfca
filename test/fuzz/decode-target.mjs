import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutate } from "./mutate.mjs";
import { SEEDS } from "./seeds.mjs";

const FRAMES = 8;
const LINK_TYPES = [1, 1, 1, 1, 101, 113, 0, 276];

/** An Ethernet frame with IPv4 or IPv6 and TCP or UDP around a payload; sometimes tagged. */
function frameAround(payload, random) {
  const u16 = (n) => [(n >>> 8) & 255, n & 255];
  const isV6 = random() < 0.3;
  const isTcp = random() < 0.5;
  const transport = isTcp
    ? [...u16(50_000), ...u16(443), 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 1, 0, 0, 0, 0, 0]
    : [...u16(50_000), ...u16(53), ...u16(8 + payload.length), 0, 0];
  const length = transport.length + payload.length;
  const ip = isV6
    ? [0x60, 0, 0, 0, ...u16(length), isTcp ? 6 : 17, 64, ...Array(15).fill(0x20), 1, ...Array(15).fill(0x20), 2]
    : [0x45, 0, ...u16(20 + length), 0, 1, 0, 0, 64, isTcp ? 6 : 17, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1];
  const tags = random() < 0.2 ? [0x81, 0, 0, 20] : [];
  const head = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...tags, ...u16(isV6 ? 0x86dd : 0x0800), ...ip, ...transport];
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Blocks of changed frames through the decoder that is built in `dist`. */
export async function createDecodeTarget(dist) {
  const load = (path) => import(pathToFileURL(join(dist, path)).href);
  const { createDecoder } = await load("decode/index.js");
  const { PacketBlock } = await load("model/packet.js");
  const decoder = createDecoder();
  const block = new PacketBlock();
  return {
    name: "decode",
    make(random) {
      const payloads = SEEDS.flatMap(({ packets }) => packets.map(([, bytes]) => bytes));
      const pick = (list) => list[Math.floor(random() * list.length)];
      const frames = Array.from({ length: FRAMES }, () =>
        mutate(frameAround(pick(payloads), random), frameAround(pick(payloads), random), random),
      );
      return {
        frames,
        linkTypes: frames.map(() => pick(LINK_TYPES)),
        extra: frames.map(() => (random() < 0.2 ? Math.floor(random() * 2000) : 0)),
      };
    },
    run({ frames, linkTypes, extra }) {
      const bytes = Buffer.concat(frames);
      block.reset(bytes);
      let at = 0;
      for (const [index, frame] of frames.entries()) {
        block.offset[index] = at;
        block.captured[index] = frame.length;
        block.wire[index] = frame.length + extra[index];
        block.timeMicros[index] = index;
        block.linkType[index] = linkTypes[index];
        block.strippedTag[index] = 0;
        at += frame.length;
      }
      block.count = frames.length;
      const before = decoder.decodedPackets() + decoder.malformedPackets();
      for (let from = 0; from < block.count; ) from = decoder.decode(block, from);
      if (decoder.decodedPackets() + decoder.malformedPackets() - before !== frames.length)
        throw new Error("decoded + malformed is not the number of frames");
    },
    keptBytes: () => 0,
    hex: ({ frames, linkTypes, extra }) => frames.map((frame, n) => `${linkTypes[n]} ${extra[n]} ${frame.toString("hex")}`).join("\n"),
    summary: () => ({ decoded: decoder.decodedPackets(), malformed: decoder.malformedPackets(), losses: decoder.losses }),
  };
}
