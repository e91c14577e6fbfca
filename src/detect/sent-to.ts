import type { Destination } from "./destination.ts";
import { addToRing, HOUR, type Ring, ringOf } from "./hourly-sums.ts";

const { buckets: BUCKETS, bucketMicros: BUCKET_MICROS } = HOUR;
const DESTINATIONS_KEPT = 256;
/** From so many on, where each was met last is kept at hand: a walk over hundreds would cost more than all else of an event. */
const MANY_DESTINATIONS = 16;
const GUESSES = 1024;
const NO_GUESSES = new Uint8Array(0);
/** Of all hosts together. */
const DESTINATIONS_IN_ALL = 262_144;
/** What is less than this in an hour is not written down: it is nothing beside what anybody would be told of. */
const LEAST_SAVED_BYTES = 100_000;

/** How many destinations all hosts have together. */
export interface SentToAll {
  size: number;
}

interface Sum extends Ring {
  destination: Destination;
}

/** What one host sent to each destination in the last hour, which slides: no edge of the clock's hour parts what belongs together. */
export class SentTo {
  private readonly all: SentToAll;
  /** What comes often moves to the front. */
  private sums: Sum[] = [];
  /** Where a destination was met last, by the low bits of its number: to be checked. A place is less than 256. */
  private guesses = NO_GUESSES;

  constructor(all: SentToAll) {
    this.all = all;
  }

  /**
   * Returns what went there in the hour. Beyond the caps a destination takes the place of one that is seldom met and got less,
   * else only the event itself is known of it.
   */
  add(destination: Destination, atMicros: number, amount: number): number {
    const { sums } = this;
    const bucket = Math.floor(atMicros / BUCKET_MICROS);
    let at = this.placeOf(destination);
    if (at === sums.length) {
      if (at >= DESTINATIONS_KEPT || this.all.size >= DESTINATIONS_IN_ALL) {
        if (at === 0 || sums[at - 1].total >= amount) return amount;
        sums.pop();
        this.all.size -= 1;
      }
      at = this.findOrAdd(destination, bucket);
    }
    const sum = sums[at];
    if (at > 0) {
      sums[at] = sums[at - 1];
      sums[at - 1] = sum;
      this.guess(sums[at].destination, at);
      at -= 1;
    }
    this.guess(destination, at);
    return addToRing(sum, bucket, amount);
  }

  /** The number of destinations, when it is none of them. */
  private placeOf(destination: Destination): number {
    const { sums, guesses } = this;
    const guess = guesses.length === 0 ? 0 : guesses[destination.number & (GUESSES - 1)];
    if (guess < sums.length && sums[guess].destination === destination) return guess;
    let at = 0;
    while (at < sums.length && sums[at].destination !== destination) at += 1;
    return at;
  }

  private guess({ number }: Destination, at: number): void {
    if (this.guesses.length > 0) this.guesses[number & (GUESSES - 1)] = at;
    else if (this.sums.length >= MANY_DESTINATIONS) this.guesses = new Uint8Array(GUESSES);
  }

  /** Lets go of destinations to which nothing went within an hour before. */
  prune(atMicros: number): void {
    const first = Math.floor(atMicros / BUCKET_MICROS) - BUCKETS;
    this.keep(this.sums.filter(({ newest }) => newest > first));
  }

  /** Lets go of all. */
  forget(): void {
    this.keep([]);
  }

  /** As JSON can hold it. */
  save(): unknown {
    return this.sums
      .filter(({ total }) => total >= LEAST_SAVED_BYTES)
      .map(({ destination, newest, buckets }) => [destination.text, newest, buckets]);
  }

  /** Takes what `save` gave, once; whatever is not like that is left out. */
  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    const sums: Sum[] = [];
    for (const entry of saved.slice(0, Math.min(DESTINATIONS_KEPT, DESTINATIONS_IN_ALL - this.all.size))) {
      const [text, newest, values] = Array.isArray(entry) ? (entry as unknown[]) : [];
      const ring = ringOf(newest, values, BUCKETS);
      if (typeof text === "string" && ring !== undefined)
        sums.push({ destination: { text, number: 0 }, ...ring, buckets: [...ring.buckets] });
    }
    this.keep(sums);
  }

  private keep(sums: Sum[]): void {
    this.all.size += sums.length - this.sums.length;
    this.sums = sums;
  }

  /** Where it stands. Destinations are one object each but for those that were written down, or interned anew. */
  private findOrAdd(destination: Destination, bucket: number): number {
    const at = this.sums.findIndex((sum) => sum.destination.text === destination.text);
    if (at >= 0) {
      this.sums[at].destination = destination;
      return at;
    }
    this.all.size += 1;
    // A plain array: a typed one of its own takes twice the room.
    return this.sums.push({ destination, newest: bucket, buckets: new Array<number>(BUCKETS).fill(0), total: 0 }) - 1;
  }
}
