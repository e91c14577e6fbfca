import type { RunningAlert } from "../model/alert.ts";
import type { Place } from "../model/location.ts";
import type { Zone } from "../model/site.ts";
import type { Destination } from "./destination.ts";
import type { Sighting } from "./first-seen.ts";
import type { HourlySum } from "./hourly-sums.ts";

/** A table of threads is emptied when full, and so is a destination's row: what threads hold is found again by its key. */
const THREADS_KEPT = 16_384;
const THREADS_PER_DESTINATION = 64;
/** Places with a thread of their own at hand; those of a higher index take the longer way. */
const PLACES_KEPT = 65_536;

/** What a detection keeps at hand of one (zone, destination, country): a short way to what its key leads to. */
export class Thread {
  readonly zone: Zone | undefined;
  readonly country: string;
  /** The parts of the dedupe key. */
  readonly key: readonly string[];
  /** The alert that its last finding joined. */
  alert: RunningAlert | undefined = undefined;
  sum: HourlySum | undefined = undefined;
  sighting: Sighting | undefined = undefined;
  /** The next one toward the same destination. */
  next: Thread | undefined = undefined;

  constructor(zone: Zone | undefined, destination: Destination, country: string) {
    this.zone = zone;
    this.country = country;
    this.key = [zone?.name ?? "", destination.text, country];
  }
}

/** One detection's threads, found by identity: no text is made for what was met before. */
export class Threads {
  private readonly byDestination = new Map<Destination, Thread>();
  private readonly byPlace: (Thread | undefined)[] = [];
  private size = 0;

  of(zone: Zone | undefined, destination: Destination, country: string): Thread {
    const first = this.byDestination.get(destination);
    if (first !== undefined && first.zone === zone && first.country === country) return first;
    return this.later(first, zone, destination, country);
  }

  /** What `keepAtPlace` got for this place last, if it was for the same zone. */
  atPlace(zone: Zone | undefined, { index }: Place): Thread | undefined {
    const thread = index < this.byPlace.length ? this.byPlace[index] : undefined;
    return thread !== undefined && thread.zone === zone ? thread : undefined;
  }

  /** For flows of which nothing but the place decides who the destination is: the place is a shorter way than its names. */
  keepAtPlace(thread: Thread, { index }: Place): void {
    if (index >= PLACES_KEPT) return;
    while (this.byPlace.length <= index) this.byPlace.push(undefined);
    this.byPlace[index] = thread;
  }

  /** Moves the one found, or made, to the front of its row. */
  private later(first: Thread | undefined, zone: Zone | undefined, destination: Destination, country: string): Thread {
    let length = 0;
    for (let before = first; before !== undefined; before = before.next) {
      const thread = before.next;
      if (thread !== undefined && thread.zone === zone && thread.country === country) {
        before.next = thread.next;
        thread.next = first;
        this.byDestination.set(destination, thread);
        return thread;
      }
      length += 1;
    }
    if (this.size >= THREADS_KEPT) {
      this.byDestination.clear();
      this.size = 0;
      length = 0;
    }
    const made = new Thread(zone, destination, country);
    if (length > 0 && length < THREADS_PER_DESTINATION) made.next = first;
    this.byDestination.set(destination, made);
    this.size += 1;
    return made;
  }
}
