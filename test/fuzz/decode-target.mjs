import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutate } from "./mutate.mjs";
import { SEEDS } from "./seeds.mjs";

const FRAMES = 8;
const LINK_TYPES = [1, 1, 1, 1, 1, 1, 101, 113, 0, 276, 9, 104, 105, 107, 119, 127, 192, 239, 258, 282, 284];
const u16 = (n) => [(n >>> 8) & 255, n & 255];

/** Tunnels by the port or protocol that announces them, and what they put before a frame or a packet. */
const TUNNELS = [
  { udp: 4789, head: [8, 0, 0, 0, 0, 0, 7, 0], isFrame: true },
  { udp: 6081, head: [1, 0, 0x65, 0x58, 0, 0, 7, 0, 0, 0, 0, 0], isFrame: true },
  { udp: 2152, head: [0x32, 255, 0, 60, 0, 0, 0, 1, 0, 0, 0, 0] },
  { udp: 1701, head: [0, 2, 0, 1, 0, 2, 0xff, 3, 0, 0x21] },
  { udp: 3544, head: [] },
  { udp: 5247, head: [0, 0x10, 0, 0, 0, 0, 0, 0], isFrame: true },
  { udp: 1701, head: [0, 3, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4], isFrame: true },
  { udp: 4341, head: [0x88, 0, 0, 1, 0, 0, 7, 0] },
  { udp: 49_153, from: 49_152, head: [0x4e, 0x81, 4, 0x69], isFrame: true },
  { udp: 49_153, from: 49_152, head: [0x68, 0x81, 4, 0x69] },
  { ip: 115, head: [0, 0, 0, 9, 0x40, 0, 0, 1], isFrame: true },
  { ip: 47, head: [0, 0, 0x82, 0, 0x88, 1, ...Array(22).fill(2), 0x80, 0], isAggregate: true },
  { udp: 4754, head: [0x20, 0, 8, 0, 0, 0, 0, 9] },
  { ip: 47, head: [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 5, 0, 1, 0, 0, 0, 0], isFrame: true },
  { ip: 47, head: [0x30, 1, 0x88, 0x0b, 0, 60, 0, 1, 0, 0, 0, 1, 0, 0x21] },
  { ip: 4, head: [] },
  { ip: 137, head: [0, 1, 1, 64] },
];

/** The packet with the checksum of an IPv4 header (RFC 791 §3.1), which some tunnels are told by. */
function summed(packet) {
  if (packet.length < 20 || packet[0] !== 0x45) return packet;
  const bytes = Buffer.from(packet);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += at === 10 ? 0 : bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.writeUInt16BE(~sum & 0xffff, 10);
  return bytes;
}

/** One to forty times the packet as subframes of an A-MSDU (802.11 §9.3.2.2.2). */
function aggregated(packet, random) {
  const content = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...packet];
  const subframe = Buffer.from([...Array(12).fill(2), ...u16(content.length), ...content, ...Array(-(14 + content.length) & 3).fill(0)]);
  return Buffer.concat(Array(random() < 0.1 ? 40 : 1 + Math.floor(random() * 3)).fill(subframe));
}

/** IPv4 around a tunnel around a frame, as a frame; now and then as a fragment. */
function tunnelled(frame, random) {
  const tunnel = TUNNELS[Math.floor(random() * TUNNELS.length)];
  const packet = summed(frame.subarray(14));
  const inner = tunnel.isAggregate ? aggregated(packet, random) : tunnel.isFrame ? Buffer.concat([frame.subarray(0, 14), packet]) : packet;
  const length = tunnel.head.length + inner.length;
  const udp = tunnel.udp === undefined ? [] : [...u16(tunnel.from ?? 49_152), ...u16(tunnel.udp), ...u16(8 + length), 0, 0];
  const fragment = random() < 0.2 ? [Math.floor(random() * 2) << 5, Math.floor(random() * 4)] : [0, 0];
  const ip = [0x45, 0, ...u16(20 + udp.length + length), 0, 1, ...fragment, 64, tunnel.ip ?? 17, 0, 0, 10, 0, 0, 7, 192, 0, 2, 7];
  const head = [2, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 4, ...u16(0x0800), ...ip, ...udp, ...tunnel.head];
  return Buffer.concat([Buffer.from(head), inner]);
}

/** An Ethernet frame with IPv4 or IPv6 and TCP or UDP around a payload; sometimes tagged. */
function frameAround(payload, random) {
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
      const make = () => {
        let frame = frameAround(pick(payloads), random);
        while (random() < 0.5) frame = tunnelled(frame, random);
        return frame;
      };
      const frames = Array.from({ length: FRAMES }, () => mutate(make(), make(), random));
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
