import { Oldest } from "../lib/oldest.ts";

const KEYS_KEPT = 65_536;
/** So that writing them down holds nothing up. */
const KEYS_SAVED = 16_384;
/** When there is no room: how many that were used meanwhile are passed over to find one that was not. */
const MOST_PASSED_OVER = 64;

export interface Sighting {
  firstMicros: number;
  lastMicros: number;
  bytesOut: number;
  bytesIn: number;
  flows: number;
  /** `new`: below the threshold; `reported`: its first episode goes on; `known`: that is over. */
  state: "new" | "reported" | "known";
  /** Given up, for want of room or because it is too old: ask for the key anew. */
  isForgotten: boolean;
  /** `lastMicros` as it was when the key got its place in the order of leaving. */
  placedMicros: number;
}

/**
 * Who was seen before, and how much went there until it was worth reporting. When it is full, one goes that was not used since
 * it got its place: callers keep sightings at hand, so whether one was used is asked only then.
 */
export class FirstSeen {
  /** Sightings forgotten for want of room: they may be reported as new once more. */
  forgotten = 0;
  private readonly sightings = new Map<string, Sighting>();
  private readonly oldest = new Oldest(this.sightings);
  private readonly limit: number;

  constructor(limit = KEYS_KEPT) {
    this.limit = limit;
  }

  get size(): number {
    return this.sightings.size;
  }

  /** The sighting of `key`, a new one if there is none or it is older than `rememberMicros`. The caller updates it. */
  of(key: string, atMicros: number, rememberMicros: number): Sighting {
    const known = this.sightings.get(key);
    if (known !== undefined && atMicros - known.lastMicros <= rememberMicros) return known;
    if (known !== undefined) {
      known.isForgotten = true;
      this.sightings.delete(key);
    }
    if (this.sightings.size >= this.limit) this.forgetUnused();
    const sighting: Sighting = {
      firstMicros: atMicros,
      lastMicros: atMicros,
      bytesOut: 0,
      bytesIn: 0,
      flows: 0,
      state: "new",
      isForgotten: false,
      placedMicros: atMicros,
    };
    this.sightings.set(key, sighting);
    return sighting;
  }

  /** Those used last, as JSON can hold it, in the order of their use. */
  save(): unknown {
    return [...this.sightings]
      .sort(([, a], [, b]) => a.lastMicros - b.lastMicros)
      .slice(-KEYS_SAVED)
      .map(([key, { firstMicros, lastMicros, bytesOut, bytesIn, flows, state }]) => [
        key,
        firstMicros,
        lastMicros,
        bytesOut,
        bytesIn,
        flows,
        state,
      ]);
  }

  /** Takes what `save` gave; whatever is not like that is left out. */
  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const entry of saved) {
      if (!Array.isArray(entry) || typeof entry[0] !== "string" || !entry.slice(1, 6).every(Number.isFinite)) continue;
      const [key, firstMicros, lastMicros, bytesOut, bytesIn, flows, state] = entry;
      if ((state !== "new" && state !== "reported" && state !== "known") || this.sightings.size >= this.limit) continue;
      this.sightings.set(key, { firstMicros, lastMicros, bytesOut, bytesIn, flows, state, isForgotten: false, placedMicros: lastMicros });
    }
  }

  private forgetUnused(): void {
    for (let passed = 0; ; passed += 1) {
      let sighting: Sighting | undefined;
      const key = this.oldest.take((oldest) => {
        sighting = this.sightings.get(oldest);
      });
      if (key === undefined || sighting === undefined) return;
      if (sighting.lastMicros <= sighting.placedMicros || passed >= MOST_PASSED_OVER) {
        sighting.isForgotten = true;
        this.forgotten += 1;
        return;
      }
      sighting.placedMicros = sighting.lastMicros;
      this.sightings.set(key, sighting);
    }
  }
}
