const BUCKETS = 12;
const BUCKET_MICROS = 300e6;
const KEYS_KEPT = 16_384;

interface Row {
  /** Number of the newest 5-minute bucket since 1970. */
  newest: number;
  buckets: Float64Array;
}

/**
 * Sums over the last hour of packet time by key, in twelve buckets of five minutes. The key longest unused is forgotten
 * when the table is full.
 */
export class HourlySums {
  /** Keys forgotten for want of room. */
  forgotten = 0;
  private readonly rows = new Map<string, Row>();
  private readonly limit: number;

  constructor(limit = KEYS_KEPT) {
    this.limit = limit;
  }

  get size(): number {
    return this.rows.size;
  }

  /** Adds, and returns the sum of the hour that ends with the newest time seen of this key. Late values join their bucket if it still counts. */
  add(key: string, atMicros: number, amount: number): number {
    const bucket = Math.floor(atMicros / BUCKET_MICROS);
    let row = this.rows.get(key);
    if (row === undefined) {
      row = { newest: bucket, buckets: new Float64Array(BUCKETS) };
      if (this.rows.size >= this.limit) {
        const oldest = this.rows.keys().next();
        if (!oldest.done) this.rows.delete(oldest.value);
        this.forgotten += 1;
      }
      this.rows.set(key, row);
    } else if (bucket > row.newest) {
      if (bucket - row.newest >= BUCKETS) row.buckets.fill(0);
      else for (let n = row.newest + 1; n <= bucket; n += 1) row.buckets[n % BUCKETS] = 0;
      row.newest = bucket;
      // The last used stands last: what is dropped is what nobody uses.
      this.rows.delete(key);
      this.rows.set(key, row);
    }
    if (row.newest - bucket < BUCKETS) row.buckets[((bucket % BUCKETS) + BUCKETS) % BUCKETS] += amount;
    let sum = 0;
    for (let n = 0; n < BUCKETS; n += 1) sum += row.buckets[n];
    return sum;
  }
}
