import { LOSS_INDEX, LOSS_NAMES, type LossReason } from "../model/loss.ts";

/** Counts losses by reason; cheap enough for the hot path (`counts[LOSS_INDEX.x] += 1` needs no call). */
export class Losses {
  readonly counts = new Float64Array(LOSS_NAMES.length);

  add(reason: LossReason, n = 1): void {
    this.counts[LOSS_INDEX[reason]] += n;
  }

  of(reason: LossReason): number {
    return this.counts[LOSS_INDEX[reason]];
  }

  /** Reasons above zero, in the order of the closed list. */
  toJSON(): Partial<Record<LossReason, number>> {
    const out: Partial<Record<LossReason, number>> = {};
    for (const [index, name] of LOSS_NAMES.entries()) if (this.counts[index] > 0) out[name] = this.counts[index];
    return out;
  }

  /** Adds what another process counted. */
  merge(other: Partial<Record<LossReason, number>>): void {
    for (const [name, n] of Object.entries(other)) this.add(name as LossReason, n);
  }
}
