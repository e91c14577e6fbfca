/** Wall time and timers, injected so that tests need not sleep. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls back every `ms`; the returned function ends it. Does not keep the process alive. */
  every(ms: number, callback: () => void): () => void;
  /** Calls back once after `ms`. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  every(ms, callback) {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until `advance` is called; for tests and replays. */
export class ManualClock implements Clock {
  private ms: number;
  private readonly timers = new Set<{ dueMs: number; everyMs: number | undefined; callback: () => void }>();

  constructor(startMs = 0) {
    this.ms = startMs;
  }

  nowMs(): number {
    return this.ms;
  }

  every(ms: number, callback: () => void): () => void {
    return this.schedule(ms, ms, callback);
  }

  after(ms: number, callback: () => void): () => void {
    return this.schedule(ms, undefined, callback);
  }

  /** Moves time on, firing what falls due, in order. */
  advance(ms: number): void {
    const until = this.ms + ms;
    for (;;) {
      let next: { dueMs: number; everyMs: number | undefined; callback: () => void } | undefined;
      for (const timer of this.timers) if (timer.dueMs <= until && (!next || timer.dueMs < next.dueMs)) next = timer;
      if (!next) break;
      this.ms = next.dueMs;
      if (next.everyMs === undefined) this.timers.delete(next);
      else next.dueMs += next.everyMs;
      next.callback();
    }
    this.ms = until;
  }

  private schedule(ms: number, everyMs: number | undefined, callback: () => void): () => void {
    const timer = { dueMs: this.ms + ms, everyMs, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
}
