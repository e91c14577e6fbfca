const KEYS_KEPT = 65_536;
/** So that writing them down holds nothing up. */
const KEYS_SAVED = 16_384;

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
}

/** Who was seen before, and how much went there until it was worth reporting. The one met first is forgotten when full. */
export class FirstSeen {
  /** Sightings forgotten for want of room: they may be reported as new once more. */
  forgotten = 0;
  private readonly sightings = new Map<string, Sighting>();
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
    if (known !== undefined) this.drop(key, known);
    else if (this.sightings.size >= this.limit) {
      const oldest = this.sightings.entries().next();
      if (!oldest.done) this.drop(...oldest.value);
      this.forgotten += 1;
    }
    const sighting: Sighting = {
      firstMicros: atMicros,
      lastMicros: atMicros,
      bytesOut: 0,
      bytesIn: 0,
      flows: 0,
      state: "new",
      isForgotten: false,
    };
    this.sightings.set(key, sighting);
    return sighting;
  }

  /** The newest of them, as JSON can hold it. */
  save(): unknown {
    return [...this.sightings]
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
      this.sightings.set(key, { firstMicros, lastMicros, bytesOut, bytesIn, flows, state, isForgotten: false });
    }
  }

  private drop(key: string, sighting: Sighting): void {
    sighting.isForgotten = true;
    this.sightings.delete(key);
  }
}
