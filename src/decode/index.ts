import { LOSS_INDEX } from "../model/loss.ts";
import type { PacketBlock } from "../model/packet.ts";
import { BATCH_ROWS, type DecodedBatch, ROW, ROW_WORDS } from "../model/row.ts";
import type { Losses } from "../obs/losses.ts";
import { Frame } from "./frame.ts";
import { kindsByName } from "./kinds.ts";
import { link } from "./link.ts";
import { DECODED, lossOf, UNFOLLOWED } from "./outcome.ts";
import { createPlainDecoder } from "./plain.ts";
import { addTag, TAG_BYTES } from "./vlan.ts";

const { wire, packet } = ROW;
const WITHOUT_IP = LOSS_INDEX.non_ip;
const ETHERNET = 1;
const BATCH_WORDS = BATCH_ROWS * ROW_WORDS;

/**
 * Packets to rows. Each frame ends as exactly one of: a row of `batch`, a count of frames without IP, or a count of
 * malformed frames with its reason, so decoded + malformed is always the number of packets given.
 */
export interface Decoder {
  readonly batch: DecodedBatch;
  readonly losses: Losses;
  /**
   * Decodes packets of the block from index `from` on until the batch is full or the block ends. Returns the index of
   * the first packet not looked at.
   */
  decode(block: PacketBlock, from: number): number;
  /** There will be no more packets: counts the datagrams that wait for fragments. */
  finish(): void;
  /** Packets that became rows, and frames without IP. */
  decodedPackets(): number;
  malformedPackets(): number;
  /** Their bytes on the wire. */
  malformedBytes(): number;
  /** Frames without IP, by kind, and their bytes on the wire. */
  nonIp(): Record<string, number>;
  nonIpBytes(): Record<string, number>;
}

export function createDecoder(): Decoder {
  const frame = new Frame();
  const { batch, rows, encapsulations, reassembly } = frame;
  const kinds = new Float64Array(0x10000);
  const kindBytes = new Float64Array(0x10000);
  const losses = frame.losses.counts;
  const plain = createPlainDecoder(rows);
  let lookedAt = 0;
  /** Subframe with which the next batch begins: those of the frame before it found no room. */
  let resumeAt = 0;
  let malformed = 0;
  let malformedBytes = 0;

  function decode(block: PacketBlock, from: number): number {
    const { offset, captured, wire: wireBytes, linkType, strippedTag, view, count } = block;
    encapsulations.nextRound();
    reassembly.nextRound();
    let row = 0;
    let index = from;
    for (; index < count && row < BATCH_WORDS; index += 1) {
      const bytes = wireBytes[index];
      if (linkType[index] === ETHERNET && strippedTag[index] === 0 && plain(view, offset[index], captured[index], bytes, row)) {
        rows[row + wire] = bytes;
        rows[row + packet] = index;
        row += ROW_WORDS;
      } else {
        row = decodeFrame(block, index, row);
        if (resumeAt > 0) break;
      }
    }
    batch.count = row / ROW_WORDS;
    lookedAt += index - from;
    return index;
  }

  /** Decodes a frame that is out of the ordinary to a row, or one for each packet in an aggregate. Returns the row after them. */
  function decodeFrame(block: PacketBlock, index: number, firstRow: number): number {
    const bytes = block.wire[index] + (block.strippedTag[index] === 0 ? 0 : TAG_BYTES);
    let subframe = resumeAt;
    let row = firstRow;
    do {
      frame.subframe = subframe;
      const outcome = read(block, index, row);
      const share = subframe === 0 ? bytes - frame.laterBytes : frame.subframeBytes;
      if (outcome === DECODED && (subframe === 0 || frame.isSubframeRead)) {
        rows[row + wire] = share;
        rows[row + packet] = index;
        row += ROW_WORDS;
      } else if (row === firstRow) lose(outcome, share, subframe === 0 ? 1 : 0);
      else {
        // Its bytes are those of the frame, whose first packet is a row.
        rows[firstRow + wire] += share;
        if (outcome > UNFOLLOWED) losses[lossOf(outcome)] += 1;
      }
      subframe += 1;
    } while (subframe < frame.subframes && row < BATCH_WORDS);
    resumeAt = subframe < frame.subframes ? subframe : 0;
    return row;
  }

  function read(block: PacketBlock, index: number, row: number): number {
    const at = block.offset[index];
    const tag = block.strippedTag[index];
    frame.view = block.view;
    frame.bytes = block.bytes;
    frame.micros = block.timeMicros[index];
    frame.begin(row, at, block.captured[index], block.wire[index]);
    if (tag !== 0) addTag(frame, tag & 0xffff);
    return link(frame, block.linkType[index], at);
  }

  /** `frames`: 0 of a subframe but the first, whose frame is counted already. */
  function lose(outcome: number, bytes: number, frames: number): void {
    if (outcome <= UNFOLLOWED) {
      losses[WITHOUT_IP] += frames;
      kinds[frame.kind] += frames;
      kindBytes[frame.kind] += bytes;
    } else {
      losses[lossOf(outcome)] += 1;
      malformed += frames;
      malformedBytes += bytes;
    }
  }

  return {
    batch,
    losses: frame.losses,
    decode,
    finish: () => reassembly.finish(),
    decodedPackets: () => lookedAt - malformed,
    malformedPackets: () => malformed,
    malformedBytes: () => malformedBytes,
    nonIp: () => kindsByName(kinds),
    nonIpBytes: () => kindsByName(kindBytes),
  };
}
