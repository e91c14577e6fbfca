import { LOSS_INDEX } from "../model/loss.ts";
import type { PacketBlock } from "../model/packet.ts";
import { BATCH_ROWS, type DecodedBatch, ROW, ROW_WORDS } from "../model/row.ts";
import type { Losses } from "../obs/losses.ts";
import { Frame } from "./frame.ts";
import { kindsByName } from "./kinds.ts";
import { link } from "./link.ts";
import { DECODED, lossOf, NON_IP, UNFOLLOWED } from "./outcome.ts";
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
  let malformed = 0;
  let malformedBytes = 0;

  function decode(block: PacketBlock, from: number): number {
    const { offset, captured, wire: wireBytes, linkType, strippedTag, timeMicros, view, count } = block;
    encapsulations.nextRound();
    reassembly.nextRound();
    let row = 0;
    let index = from;
    for (; index < count && row < BATCH_WORDS; index += 1) {
      const at = offset[index];
      let bytes = wireBytes[index];
      let outcome = DECODED;
      if (linkType[index] !== ETHERNET || strippedTag[index] !== 0 || !plain(view, at, captured[index], bytes, row)) {
        const tag = strippedTag[index];
        frame.view = view;
        frame.bytes = block.bytes;
        frame.micros = timeMicros[index];
        frame.begin(row, at, captured[index], bytes);
        if (tag !== 0) {
          addTag(frame, tag & 0xffff);
          bytes += TAG_BYTES;
        }
        outcome = link(frame, linkType[index], at);
      }
      if (outcome === DECODED) {
        rows[row + wire] = bytes;
        rows[row + packet] = index;
        row += ROW_WORDS;
      } else lose(outcome, bytes);
    }
    batch.count = row / ROW_WORDS;
    lookedAt += index - from;
    return index;
  }

  function lose(outcome: number, bytes: number): void {
    if (outcome === NON_IP || outcome === UNFOLLOWED) {
      losses[WITHOUT_IP] += 1;
      kinds[frame.kind] += 1;
      kindBytes[frame.kind] += bytes;
    } else {
      losses[lossOf(outcome)] += 1;
      malformed += 1;
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
