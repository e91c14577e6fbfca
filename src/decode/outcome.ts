import { LOSS_INDEX, type LossReason } from "../model/loss.ts";

/** The frame became a row. */
export const DECODED = 0;
/** The frame has no IP; `frame.kind` says what it is. */
export const NON_IP = 1;
/** What looked like a tunnel is none, or carries nothing that could be read. */
export const UNFOLLOWED = 2;
const FIRST_LOSS = 3;

/** The outcome of a frame that is malformed for this reason. */
export function malformed(reason: LossReason): number {
  return FIRST_LOSS + LOSS_INDEX[reason];
}

/** Index of the loss that a malformed outcome stands for. */
export function lossOf(outcome: number): number {
  return outcome - FIRST_LOSS;
}

/** More headers than are followed: no flow of an outer header takes such a frame. */
export const TOO_DEEP = malformed("depth");
