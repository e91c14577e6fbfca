const KEYS_KEPT = 16_384;

/** How long a window is, in steps: an hour in steps of five minutes, a day by the hour, 30 days by the day. */
export interface Window {
  buckets: number;
  bucketMicros: number;
}

export const HOUR: Window = { buckets: 12, bucketMicros: 300e6 };
export const DAY: Window = { buckets: 24, bucketMicros: 3600e6 };
export const MONTH: Window = { buckets: 30, bucketMicros: 86_400e6 };

/** The last window of one key. Only `HourlySums` writes it. */
export interface HourlySum {
  readonly key: string;
  /** Number of the newest bucket since 1970. */
  newest: number;
  buckets: Float64Array;
  /** Of all buckets; exact for whole numbers. */
  total: number;
  /** Given up for want of room: ask for the key anew. */
  isForgotten: boolean;
}

/**
 * Sums over the last window of packet time by key; by default an hour in twelve buckets of five minutes. The key longest
 * unused is forgotten when the table is full.
 */
export class HourlySums {
  /** Keys forgotten for want of room. */
  forgotten = 0;
  private readonly rows = new Map<string, HourlySum>();
  private readonly limit: number;
  private readonly buckets: number;
  private readonly bucketMicros: number;

  constructor(limit = KEYS_KEPT, { buckets, bucketMicros } = HOUR) {
    this.limit = limit;
    this.buckets = buckets;
    this.bucketMicros = bucketMicros;
  }

  get size(): number {
    return this.rows.size;
  }

  /** The sum of a key, to add to; a caller may keep it until it is forgotten. */
  of(key: string, atMicros: number): HourlySum {
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const made: HourlySum = {
      key,
      newest: Math.floor(atMicros / this.bucketMicros),
      buckets: new Float64Array(this.buckets),
      total: 0,
      isForgotten: false,
    };
    if (this.rows.size >= this.limit) {
      for (const oldest of this.rows.values()) {
        oldest.isForgotten = true;
        this.rows.delete(oldest.key);
        break;
      }
      this.forgotten += 1;
    }
    this.rows.set(key, made);
    return made;
  }

  /** Adds, and returns the sum of the window that ends with the newest time seen of this key. Late values join their bucket if it still counts. */
  add(row: HourlySum, atMicros: number, amount: number): number {
    const bucket = Math.floor(atMicros / this.bucketMicros);
    if (bucket > row.newest) this.advance(row, bucket);
    if (row.newest - bucket < this.buckets) {
      row.buckets[placeOf(bucket, this.buckets)] += amount;
      row.total += amount;
    }
    return row.total;
  }

  private advance(row: HourlySum, bucket: number): void {
    for (let n = Math.max(row.newest + 1, bucket - this.buckets + 1); n <= bucket; n += 1) {
      row.total -= row.buckets[placeOf(n, this.buckets)];
      row.buckets[placeOf(n, this.buckets)] = 0;
    }
    row.newest = bucket;
    // The last used stands last: what is dropped is what nobody uses.
    this.rows.delete(row.key);
    this.rows.set(row.key, row);
  }
}

function placeOf(bucket: number, buckets: number): number {
  return ((bucket % buckets) + buckets) % buckets;
}
