export type HealthState = "ok" | "degraded" | "failed";

/** What works and what does not, by component, with the reason; /healthz and the console show it. */
export class Health {
  private readonly components = new Map<string, { state: HealthState; reason: string; sinceMs: number }>();
  private readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  set(component: string, state: HealthState, reason = ""): void {
    const before = this.components.get(component);
    if (before && before.state === state && before.reason === reason) return;
    this.components.set(component, { state, reason, sinceMs: before?.state === state ? before.sinceMs : this.nowMs() });
  }

  /** The worst state of all components. */
  get state(): HealthState {
    const states = [...this.components.values()].map((c) => c.state);
    return states.includes("failed") ? "failed" : states.includes("degraded") ? "degraded" : "ok";
  }

  toJSON(): { state: HealthState; components: Record<string, { state: HealthState; reason: string; sinceMs: number }> } {
    return { state: this.state, components: Object.fromEntries(this.components) };
  }
}
