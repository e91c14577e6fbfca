import { LOSS_INDEX } from "../model/loss.ts";
import type { Losses } from "../obs/losses.ts";
import type { PacketBlock } from "../model/packet.ts";
import { BATCH_ROWS, type DecodedBatch, ROW, ROW_WORDS } from "../model/row.ts";
import { Frame } from "./frame.ts";
import { kindsByName } from "./kinds.ts";
import { link } from "./link.ts";
import { DECODED, lossOf, NON_IP } from "./outcome.ts";
import { addTag, TAG_BYTES } from "./vlan.ts";

const { wire, packet } = ROW;
const WITHOUT_IP = LOSS_INDEX.non_ip;

/**
 * Packets to rows. Each frame ends as exactly one of: a row of `batch`, a count of frames without IP, or a count of
 * malformed frames with its reason, so decoded + malformed is always the number of packets given.
 */
export class Decoder {
  malformedPackets = 0;
  private lookedAt = 0;
  private readonly frame = new Frame();

  get batch(): DecodedBatch {
    return this.frame.batch;
  }

  /** Packets that became rows, and frames without IP. */
  get decodedPackets(): number {
    return this.lookedAt - this.malformedPackets;
  }

  get losses(): Losses {
    return this.frame.losses;
  }

  /** Frames without IP, by kind. */
  nonIp(): Record<string, number> {
    return kindsByName(this.frame.kinds);
  }

  /**
   * Decodes packets of the block from index `from` on until the batch is full or the block ends. Returns the index of
   * the first packet not looked at.
   */
  decode(block: PacketBlock, from: number): number {
    const frame = this.frame;
    const rows = frame.rows;
    const { offset, captured, wire: wireBytes, linkType, strippedTag } = block;
    const packets = block.count;
    const losses = frame.losses.counts;
    frame.view = block.view;
    let row = 0;
    let index = from;
    for (; index < packets && row < BATCH_ROWS * ROW_WORDS; index += 1) {
      const at = offset[index];
      let bytes = wireBytes[index];
      frame.row = row;
      frame.begin(at, captured[index], bytes);
      const tag = strippedTag[index];
      if (tag !== 0) {
        addTag(frame, tag & 0xffff);
        bytes += TAG_BYTES;
      }
      const outcome = link(frame, linkType[index], at);
      if (outcome === DECODED) {
        rows[row + wire] = bytes;
        rows[row + packet] = index;
        row += ROW_WORDS;
      } else if (outcome === NON_IP) {
        losses[WITHOUT_IP] += 1;
      } else {
        losses[lossOf(outcome)] += 1;
        this.malformedPackets += 1;
      }
    }
    frame.batch.count = row / ROW_WORDS;
    this.lookedAt += index - from;
    return index;
  }
}
