/** Room that all exporters share, bytes. */
export interface Budget {
  used: number;
  readonly most: number;
}

/** The time that a message tells of itself, for the records in it. */
export interface MessageTimes {
  /** When it was sent, by the exporter's clock, microseconds. */
  exportMicros: number;
  /** The exporter's uptime at that moment, milliseconds; NaN where the message does not tell. */
  uptimeMs: number;
  /** When the uptime was zero, as the exporter told elsewhere, milliseconds; NaN: it did not. */
  bootMs: number;
  /** Time of arrival, microseconds; NaN when nobody knows. */
  arrivalMicros: number;
}

export interface HeldSet extends MessageTimes {
  templateId: number;
  /** A copy of the set without its header. */
  bytes: Buffer;
}

/** Of one exporter and domain, bytes. */
const MOST_BYTES = 256 << 10;
const OVERHEAD = 128;

/** Data sets of one exporter and domain that came before their template: kept as they are until it comes. What finds no room is lost. */
export class HeldSets {
  private sets: HeldSet[] = [];
  private bytes = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  get count(): number {
    return this.sets.length;
  }

  /** Copies the set; false when there is no room. */
  hold(templateId: number, bytes: Buffer, start: number, end: number, times: Readonly<MessageTimes>): boolean {
    const size = end - start + OVERHEAD;
    if (this.bytes + size > MOST_BYTES || this.budget.used + size > this.budget.most) return false;
    this.bytes += size;
    this.budget.used += size;
    const { exportMicros, uptimeMs, bootMs, arrivalMicros } = times;
    this.sets.push({ templateId, bytes: Buffer.from(bytes.subarray(start, end)), exportMicros, uptimeMs, bootMs, arrivalMicros });
    return true;
  }

  /** Takes out those that waited for this template, oldest first. */
  release(templateId: number): HeldSet[] {
    return this.sets.length === 0 ? [] : this.takeOut((set) => set.templateId === templateId);
  }

  /** Gives up those that came before `micros`. Returns how many there were. */
  expire(micros: number): number {
    return this.takeOut((set) => !(set.arrivalMicros >= micros)).length;
  }

  private takeOut(isWanted: (set: HeldSet) => boolean): HeldSet[] {
    const out = this.sets.filter(isWanted);
    if (out.length === 0) return out;
    this.sets = this.sets.filter((set) => !isWanted(set));
    for (const set of out) {
      this.bytes -= set.bytes.length + OVERHEAD;
      this.budget.used -= set.bytes.length + OVERHEAD;
    }
    return out;
  }
}
