/** Reports of a flow that are made as soon as there is something to tell. */
const FIRST_REPORTS = 8;
/** After them, so long between two. */
const BETWEEN_MICROS = 1e6;
const OWED = 0x80;

/**
 * When a flow was reported last, by slot: one that has news with every packet is reported now and then, with all of it, and
 * not each time.
 */
export class ReportTimes {
  private reports = new Uint8Array(0);
  private lastMicros = new Float64Array(0);

  growTo(size: number): void {
    const reports = new Uint8Array(size);
    const lastMicros = new Float64Array(size);
    reports.set(this.reports);
    lastMicros.set(this.lastMicros);
    this.reports = reports;
    this.lastMicros = lastMicros;
  }

  /** True when news that had to wait is still to be told. */
  isOwed(slot: number): boolean {
    return this.reports[slot] >= OWED;
  }

  /** Whether the flow is to be reported now; if not, it is owed. `isLast`: it will not be read again. */
  isDue(slot: number, nowMicros: number, isLast: boolean): boolean {
    const made = this.reports[slot] & ~OWED;
    const silence = nowMicros - this.lastMicros[slot];
    if (made >= FIRST_REPORTS && silence >= 0 && silence < BETWEEN_MICROS && !isLast) {
      this.reports[slot] |= OWED;
      return false;
    }
    this.reports[slot] = Math.min(FIRST_REPORTS, made + 1);
    this.lastMicros[slot] = nowMicros;
    return true;
  }

  forget(slot: number): void {
    this.reports[slot] = 0;
  }
}
