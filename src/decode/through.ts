import { LOSS_INDEX } from "../model/loss.ts";
import type { Frame } from "./frame.ts";
import { DECODED, lossOf, TOO_DEEP, UNFOLLOWED } from "./outcome.ts";

const UNDECODED = LOSS_INDEX.tunnel_undecoded;

/** A layer: reads what begins at `at`, returns an outcome. */
export type Layer = (frame: Frame, at: number) => number;

/**
 * Tries what is inside of a tunnel. True when it settled what becomes of the frame (`frame.tried` is the outcome); false
 * when the inside could not be read: then the frame is as it was before, and belongs to the header around the tunnel.
 */
export function goesThrough(frame: Frame, at: number, open: Layer): boolean {
  frame.marks.set(frame);
  const outcome = open(frame, at);
  frame.tried = outcome;
  if (outcome === DECODED || outcome === TOO_DEEP) {
    frame.marks.drop();
    return true;
  }
  frame.marks.goBack(frame);
  if (outcome > UNFOLLOWED && lossOf(outcome) >= 0) frame.losses.counts[UNDECODED] += 1;
  return false;
}
