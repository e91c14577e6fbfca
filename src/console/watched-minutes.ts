import type { CoverageState } from "./wire.ts";

const MINUTE_MS = 60_000;
const STRIP_MINUTES = 60;
/** A power of two, so that a minute finds its slot by masking. */
const SLOTS = 64;
/** Sensors report each second: so long without a note, and nobody was watching. */
const GAP_MS = 5_000;
/** So long without sight, and the whole minute is shown as without coverage. */
const BLIND_MARKS_MINUTE_MS = 10_000;

/** How long, in each minute of the last hour of wall time, the tap was watched with open eyes, half open, or not at all. */
export class WatchedMinutes {
  /** Wall time of the last note. */
  notedMs: number;
  private readonly full = new Float64Array(SLOTS);
  private readonly degraded = new Float64Array(SLOTS);
  private readonly blind = new Float64Array(SLOTS);
  private minute: number;

  constructor(nowMs: number) {
    this.notedMs = nowMs;
    this.minute = Math.floor(nowMs / MINUTE_MS);
  }

  /** Adds the time since the last note to the state found now; "unknown" adds it to none, a long silence is blindness. */
  note(nowMs: number, state: CoverageState): void {
    this.turn(Math.floor(nowMs / MINUTE_MS));
    const from = Math.max(this.notedMs, nowMs - STRIP_MINUTES * MINUTE_MS);
    this.notedMs = Math.max(this.notedMs, nowMs);
    if (state === "unknown") return;
    const isBlind = state === "none" || nowMs - from > GAP_MS;
    const times = isBlind ? this.blind : state === "full" ? this.full : this.degraded;
    for (let at = from; at < nowMs; ) {
      const minute = Math.floor(at / MINUTE_MS);
      const end = Math.min(nowMs, (minute + 1) * MINUTE_MS);
      times[minute & (SLOTS - 1)] += end - at;
      at = end;
    }
  }

  /** Time with sight, at most `minutes`, in that many minutes up to now. */
  watchedMs(minutes: number): number {
    let watched = 0;
    for (let back = 0; back <= minutes; back += 1) {
      const at = (this.minute - back) & (SLOTS - 1);
      watched += this.full[at] + this.degraded[at];
    }
    return Math.min(watched, minutes * MINUTE_MS);
  }

  /** A letter a minute, oldest first: "f" full, "d" degraded, "n" none, "-" nothing noted. */
  strip(): string {
    let text = "";
    for (let back = STRIP_MINUTES - 1; back >= 0; back -= 1) {
      const at = (this.minute - back) & (SLOTS - 1);
      const seeing = this.full[at] + this.degraded[at];
      const blind = this.blind[at];
      if (seeing + blind === 0) text += "-";
      else if (blind >= BLIND_MARKS_MINUTE_MS || seeing === 0) text += "n";
      else text += blind > 0 || this.degraded[at] > 0 ? "d" : "f";
    }
    return text;
  }

  private turn(minute: number): void {
    const passed = Math.min(SLOTS, minute - this.minute);
    for (let back = 0; back < passed; back += 1) {
      const at = (minute - back) & (SLOTS - 1);
      this.full[at] = 0;
      this.degraded[at] = 0;
      this.blind[at] = 0;
    }
    if (passed > 0) this.minute = minute;
  }
}
