const DAY_MS = 86_400_000;
const HOURS_KEPT = 48;
/** Below this much history a rate is chance. */
const LEAST_HISTORY_MS = 3_600_000;

/** When a disk will be full, from its free bytes over the last two days. Wall time. */
export class DiskForecast {
  private readonly samples: { atMs: number; freeBytes: number }[] = [];

  /** Days that are left at the rate since the oldest sample; undefined while it does not fill, or before there is an hour of history. */
  add(freeBytes: number, atMs: number): number | undefined {
    this.samples.push({ atMs, freeBytes });
    if (this.samples.length > HOURS_KEPT) this.samples.shift();
    const [oldest] = this.samples;
    const passedMs = atMs - oldest.atMs;
    const used = oldest.freeBytes - freeBytes;
    if (passedMs < LEAST_HISTORY_MS || used <= 0) return undefined;
    return (freeBytes / used) * (passedMs / DAY_MS);
  }
}
