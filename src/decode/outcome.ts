import { LOSS_INDEX, type LossReason } from "../model/loss.ts";

/** The frame became a row. */
export const DECODED = 0;
/** The frame has no IP; its kind was counted. */
export const NON_IP = 1;
const FIRST_LOSS = 2;

/** The outcome of a frame that is malformed for this reason. */
export function malformed(reason: LossReason): number {
  return FIRST_LOSS + LOSS_INDEX[reason];
}

/** Index of the loss that a malformed outcome stands for. */
export function lossOf(outcome: number): number {
  return outcome - FIRST_LOSS;
}
