import type { Alert } from "../model/alert.ts";
import { isWorse, type Severity } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Coverage } from "./coverage.ts";
import { Traffic } from "./traffic.ts";
import type { Act, ConsoleMode } from "./wire.ts";

/** What the console needs of the store of alerts. */
export interface AlertBook {
  /** All alerts it knows, in any order. */
  list(): readonly Alert[];
  get(id: string): Alert | undefined;
  /** Changes an alert if it still is at `revision`. Throws nothing for a conflict. */
  act(id: string, request: AlertAct): AlertActOutcome;
  /** The address that a block would list; left out where nothing can be listed. */
  blockable?(alert: Alert): string | undefined;
}

export interface AlertAct {
  who: string;
  act: Act;
  revision: number;
  /** For snooze: wall time at which it ends. */
  untilMs?: number;
  /** For snooze and close. */
  reason?: string;
  note?: string;
  /** For block. */
  days?: number;
}

/** `conflict`: the alert changed since; `refused`: its state does not allow the act, with why. */
export type AlertActOutcome =
  | { result: "ok"; alert: Alert }
  | { result: "conflict"; alert: Alert }
  | { result: "missing" }
  | { result: "refused"; why: string };

/** Most alerts kept for display; closed ones go first, then the least severe and oldest. */
const MOST_ALERTS = 10_000;

export type LiveEvent = "alert" | "urgent";

/**
 * The state behind the live pages, fed by the core: bounded sums, never events. `onFlow` is called for every flow event
 * and costs less than 150 ns; everything that people see is computed from it when somebody looks.
 */
export class LiveState {
  readonly mode: ConsoleMode;
  readonly traffic = new Traffic();
  readonly coverage: Coverage;
  /** Alerts forgotten by the console because there were too many; the store still has them. */
  forgottenAlerts = 0;

  private readonly known = new Map<string, { alert: Alert; severity: Severity }>();
  private readonly listeners = new Set<(event: LiveEvent) => void>();

  constructor(options: { mode: ConsoleMode; nowMs: number }) {
    this.mode = options.mode;
    this.coverage = new Coverage(options.mode, options.nowMs);
    this.coverage.unjudged = () => this.traffic.transitReason();
  }

  onFlow(judged: JudgedFlow): void {
    this.traffic.onFlow(judged);
  }

  onStatus(status: SensorStatus, nowMs: number): void {
    this.coverage.onStatus(status, nowMs);
    if (status.newestMicros !== undefined) this.traffic.advanceTo(status.newestMicros);
  }

  /** Every change of an alert, new or not. Tells listeners at once when it is critical and new, or became worse. */
  onAlert(alert: Alert): void {
    const before = this.known.get(alert.id);
    this.known.set(alert.id, { alert, severity: alert.severity });
    if (this.known.size > MOST_ALERTS) this.forget();
    const isUrgent =
      alert.state !== "closed" && (before === undefined ? alert.severity === "critical" : isWorse(alert.severity, before.severity));
    for (const listener of this.listeners) listener(isUrgent ? "urgent" : "alert");
  }

  /** Alerts that were there before this process started. */
  seed(alerts: Iterable<Alert>): void {
    for (const alert of alerts) this.known.set(alert.id, { alert, severity: alert.severity });
    while (this.known.size > MOST_ALERTS) this.forget();
  }

  *alerts(): IterableIterator<Alert> {
    for (const { alert } of this.known.values()) yield alert;
  }

  alert(id: string): Alert | undefined {
    return this.known.get(id)?.alert;
  }

  /** Newest packet time that is known, ms; null before the first packet. */
  get asOfMs(): number | null {
    const newest = Math.max(this.traffic.newestMicros ?? Number.NEGATIVE_INFINITY, this.coverage.newestMicros ?? Number.NEGATIVE_INFINITY);
    return Number.isFinite(newest) ? Math.floor(newest / 1000) : null;
  }

  watch(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private forget(): void {
    let victim: Alert | undefined;
    for (const { alert } of this.known.values()) if (victim === undefined || goesBefore(alert, victim)) victim = alert;
    if (victim) this.known.delete(victim.id);
    this.forgottenAlerts += 1;
  }
}

function goesBefore(a: Alert, b: Alert): boolean {
  const aIsClosed = a.state === "closed";
  if (aIsClosed !== (b.state === "closed")) return aIsClosed;
  if (a.severity !== b.severity) return isWorse(b.severity, a.severity);
  return a.lastMicros < b.lastMicros;
}
