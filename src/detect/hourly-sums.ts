const BUCKETS = 12;
const BUCKET_MICROS = 300e6;
const KEYS_KEPT = 16_384;

/** The last hour of one key. Only `HourlySums` writes it. */
export interface HourlySum {
  readonly key: string;
  /** Number of the newest 5-minute bucket since 1970. */
  newest: number;
  buckets: Float64Array;
  /** Of all buckets; exact for whole numbers. */
  total: number;
  /** Given up for want of room: ask for the key anew. */
  isForgotten: boolean;
}

/**
 * Sums over the last hour of packet time by key, in twelve buckets of five minutes. The key longest unused is forgotten
 * when the table is full.
 */
export class HourlySums {
  /** Keys forgotten for want of room. */
  forgotten = 0;
  private readonly rows = new Map<string, HourlySum>();
  private readonly limit: number;

  constructor(limit = KEYS_KEPT) {
    this.limit = limit;
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
      newest: Math.floor(atMicros / BUCKET_MICROS),
      buckets: new Float64Array(BUCKETS),
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

  /** Adds, and returns the sum of the hour that ends with the newest time seen of this key. Late values join their bucket if it still counts. */
  add(row: HourlySum, atMicros: number, amount: number): number {
    const bucket = Math.floor(atMicros / BUCKET_MICROS);
    if (bucket > row.newest) this.advance(row, bucket);
    if (row.newest - bucket < BUCKETS) {
      row.buckets[placeOf(bucket)] += amount;
      row.total += amount;
    }
    return row.total;
  }

  private advance(row: HourlySum, bucket: number): void {
    for (let n = Math.max(row.newest + 1, bucket - BUCKETS + 1); n <= bucket; n += 1) {
      row.total -= row.buckets[placeOf(n)];
      row.buckets[placeOf(n)] = 0;
    }
    row.newest = bucket;
    // The last used stands last: what is dropped is what nobody uses.
    this.rows.delete(row.key);
    this.rows.set(row.key, row);
  }
}

function placeOf(bucket: number): number {
  return ((bucket % BUCKETS) + BUCKETS) % BUCKETS;
}
