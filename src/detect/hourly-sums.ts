import { BoundedMap } from "../lib/bounded-map.ts";

const KEYS_KEPT = 16_384;
/** So that writing them down holds nothing up. */
const KEYS_SAVED = 8192;

/** How long a window is, in steps: an hour in steps of five minutes, a day by the hour, 30 days by the day. */
export interface Window {
  buckets: number;
  bucketMicros: number;
}

export const HOUR: Window = { buckets: 12, bucketMicros: 300e6 };
export const DAY: Window = { buckets: 24, bucketMicros: 3600e6 };
export const MONTH: Window = { buckets: 30, bucketMicros: 86_400e6 };

/** The last window, in buckets that are used again and again. */
export interface Ring {
  /** Number of the newest bucket since 1970. */
  newest: number;
  buckets: Float64Array | number[];
  /** Of all buckets; exact for whole numbers. */
  total: number;
}

/** The last window of one key. Only `HourlySums` writes it. */
export interface HourlySum extends Ring {
  readonly key: string;
  /** Given up for want of room: ask for the key anew. */
  isForgotten: boolean;
}

/**
 * Sums over the last window of packet time by key; by default an hour in twelve buckets of five minutes. The key longest
 * unused is forgotten when the table is full.
 */
export class HourlySums {
  private readonly rows: BoundedMap<string, HourlySum>;
  private readonly buckets: number;
  private readonly bucketMicros: number;

  constructor(limit = KEYS_KEPT, { buckets, bucketMicros } = HOUR) {
    this.rows = new BoundedMap(limit, (_, row) => {
      row.isForgotten = true;
    });
    this.buckets = buckets;
    this.bucketMicros = bucketMicros;
  }

  /** Keys forgotten for want of room. */
  get forgotten(): number {
    return this.rows.forgotten;
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
    this.rows.set(key, made);
    return made;
  }

  /** Adds, and returns the sum of the window that ends with the newest time seen of this key. Late values join their bucket if it still counts. */
  add(row: HourlySum, atMicros: number, amount: number): number {
    const bucket = Math.floor(atMicros / this.bucketMicros);
    if (bucket > row.newest) {
      // The last used stands last: what is dropped is what nobody uses.
      this.rows.delete(row.key);
      this.rows.set(row.key, row);
    }
    return addToRing(row, bucket, amount);
  }

  /** Those used last, as JSON can hold it. */
  save(): unknown {
    return [...this.rows.values()]
      .filter(({ total }) => total > 0)
      .slice(-KEYS_SAVED)
      .map(({ key, newest, buckets }) => [key, newest, [...buckets]]);
  }

  /** Takes what `save` gave; whatever is not like that is left out. */
  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const entry of saved) {
      const [key, newest, values] = Array.isArray(entry) ? (entry as unknown[]) : [];
      const ring = ringOf(newest, values, this.buckets);
      if (typeof key !== "string" || ring === undefined) continue;
      this.rows.set(key, { key, ...ring, buckets: Float64Array.from(ring.buckets), isForgotten: false });
    }
  }
}

/** Adds to a bucket, and returns the sum of the window that ends with the newest one; a bucket before the window is left out. */
export function addToRing(ring: Ring, bucket: number, amount: number): number {
  const { buckets } = ring;
  const { length } = buckets;
  if (bucket > ring.newest) {
    for (let n = Math.max(ring.newest + 1, bucket - length + 1); n <= bucket; n += 1) {
      ring.total -= buckets[placeOf(n, length)];
      buckets[placeOf(n, length)] = 0;
    }
    ring.newest = bucket;
  }
  if (ring.newest - bucket < length) {
    buckets[placeOf(bucket, length)] += amount;
    ring.total += amount;
  }
  return ring.total;
}

/** The window as it was written down; undefined when it is none of so many buckets. */
export function ringOf(newest: unknown, values: unknown, length: number): Ring | undefined {
  if (!Number.isSafeInteger(newest) || !Array.isArray(values) || values.length !== length) return undefined;
  if (!values.every((value) => Number.isFinite(value) && value >= 0)) return undefined;
  return { newest: newest as number, buckets: values as number[], total: values.reduce((sum: number, value: number) => sum + value, 0) };
}

function placeOf(bucket: number, buckets: number): number {
  return ((bucket % buckets) + buckets) % buckets;
}
