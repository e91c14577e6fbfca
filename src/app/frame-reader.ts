import type { FrameReader } from "../collect/index.ts";
import { createDecoder } from "../decode/index.ts";
import { PacketBlock } from "../model/packet.ts";

/** Reads the headers that exporters sample just as packets at the tap are read, with a decoder of their own. */
export function createFrameReader(): FrameReader {
  const decoder = createDecoder();
  const block = new PacketBlock();
  const decoded = { batch: decoder.batch, block };
  return (bytes, start, end, wireBytes, linkType) => {
    block.reset(bytes);
    block.count = 1;
    block.offset[0] = start;
    block.captured[0] = end - start;
    block.wire[0] = wireBytes;
    block.linkType[0] = linkType;
    decoder.decode(block, 0);
    return decoder.batch.count === 1 ? decoded : undefined;
  };
}
