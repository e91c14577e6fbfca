/** Flows that may wait to be announced at a time; those beyond are announced by a later packet of theirs. */
const PLACES = 1 << 16;
/** A flow that begins so far ahead of the time asked for has a wrong time: it must not keep those behind it waiting. */
const AHEAD_MICROS = 2e6;

/** New flows in order of their first packets, to be announced when they have grown old enough without being so otherwise. */
export class PendingOpens {
  private readonly slots = new Int32Array(PLACES);
  private readonly ids = new Float64Array(PLACES);
  private readonly sinceMicros = new Float64Array(PLACES);
  private head = 0;
  private count = 0;

  add(slot: number, id: number, micros: number): void {
    if (this.count === PLACES) return;
    const at = (this.head + this.count) % PLACES;
    this.slots[at] = slot;
    this.ids[at] = id;
    this.sinceMicros[at] = micros;
    this.count += 1;
  }

  /** Calls back for each flow that came before `micros`, or far ahead of it, and forgets it. */
  takeBefore(micros: number, due: (slot: number, id: number) => void): void {
    while (this.count > 0 && (this.sinceMicros[this.head] <= micros || this.sinceMicros[this.head] > micros + AHEAD_MICROS)) {
      due(this.slots[this.head], this.ids[this.head]);
      this.head = (this.head + 1) % PLACES;
      this.count -= 1;
    }
  }
}
