/** A step farther than this is no loss but a counter that began anew. */
const BELIEVABLE_STEP = 1 << 20;

/** Follows one exporter's sequence numbers (32 bits, wrapping) and says what never came. */
export class SequenceWatch {
  private expected = -1;
  lost = 0;
  resets = 0;

  /**
   * A message with this number, which stands for so many units: records (NetFlow v5, IPFIX: RFC 7011 §3.1) or messages (v9:
   * RFC 3954 §5.1, sFlow). NaN units: nobody can say, so that the next number is taken as it is. Returns what was lost before it.
   */
  saw(sequence: number, units: number): number {
    const ahead = this.expected < 0 ? 0 : (sequence - this.expected) >>> 0;
    let missed = 0;
    if (ahead > 0) {
      if (ahead < BELIEVABLE_STEP) missed = ahead;
      else if (this.isLate(ahead)) {
        // It came behind a later one, and was counted as lost then; how much of that, nobody can say when its units cannot be counted.
        if (!Number.isNaN(units)) this.lost = Math.max(0, this.lost - units);
        return 0;
      } else this.resets += 1;
    }
    this.lost += missed;
    this.expected = Number.isNaN(units) ? -1 : (sequence + units) >>> 0;
    return missed;
  }

  private isLate(ahead: number): boolean {
    return this.lost > 0 && 2 ** 32 - ahead <= Math.min(this.lost * 2, 1024);
  }
}
