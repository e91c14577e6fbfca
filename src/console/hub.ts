import type { Clock } from "../lib/clock.ts";
import type { LiveState } from "./live.ts";
import { type CLOSE, type LiveSocket, Session, type SessionHost } from "./session.ts";
import type { TopicParams, Topics } from "./topics.ts";
import { View } from "./view.ts";
import type { ClientFrame, ServerFrame, Topic } from "./wire.ts";

export const MOST_SOCKETS = 64;
const MOST_VIEWS = 128;
const COALESCE_MS = 500;
/** An urgent change goes out at once; the next one within this time waits for it to pass, so that a flood costs little. */
const URGENT_GAP_MS = 40;
const TICK_MS = 1000;
/** A view stays this long after its last socket, so that a page that reconnects can resume. */
const IDLE_VIEW_MS = 60_000;

/** Apart from one another, the numbers of two views never meet. */
const SEQ_STEP = 1_000_000_000;

/** How often a topic is looked at when nothing urgent happens; a little less than the beat, which is never exact. */
const PACE_MS: Record<Topic, number> = { status: 950, overview: 950, alerts: 450, alert: 450, map: 950 };

interface KeptView {
  view: View;
  topic: Topic;
  sockets: number;
}

/**
 * The live hub: sockets subscribe to views, views are looked at on a beat (and at once when a critical alert comes), and
 * each socket gets what it does not know yet. Whatever a socket does costs at most its own connection.
 */
export class Hub implements SessionHost {
  readonly epoch: string;
  readonly resyncs = { epoch: 0, expired: 0, overflow: 0 };
  readonly closed: Record<keyof typeof CLOSE, number> = { badFrame: 0, tooFast: 0, tooSlow: 0, goingAway: 0 };
  refusedSockets = 0;

  private readonly live: LiveState;
  private readonly topics: Topics;
  private readonly clock: Clock;
  private readonly build: string;
  private readonly sessions = new Set<Session>();
  private readonly views = new Map<string, KeptView>();
  private readonly stops: (() => void)[] = [];
  private nextSeq = 0;
  private alertsChanged = false;
  private urgentMs = Number.NEGATIVE_INFINITY;
  private stopUrgent: (() => void) | undefined;

  constructor(options: { live: LiveState; topics: Topics; clock: Clock; epoch: string; build: string }) {
    this.live = options.live;
    this.topics = options.topics;
    this.clock = options.clock;
    this.epoch = options.epoch;
    this.build = options.build;
  }

  start(): void {
    this.stops.push(
      this.clock.every(COALESCE_MS, () => this.beat()),
      this.clock.every(TICK_MS, () => this.tick()),
      this.live.watch((event) => {
        this.alertsChanged = true;
        if (event === "urgent") this.hurry();
      }),
    );
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
    this.stopUrgent?.();
    for (const session of this.sessions) session.end("goingAway", "bordertap stops");
    this.sessions.clear();
  }

  get sockets(): number {
    return this.sessions.size;
  }

  get canTakeMore(): boolean {
    if (this.sessions.size < MOST_SOCKETS) return true;
    this.refusedSockets += 1;
    return false;
  }

  /** Takes a connected socket; the caller passes on its messages and its end. */
  connect(socket: LiveSocket): Session {
    const session = new Session(socket, this);
    this.sessions.add(session);
    session.send({ type: "hello", epoch: this.epoch, build: this.build, mode: this.live.mode });
    return session;
  }

  disconnect(session: Session): void {
    session.closed();
    this.sessions.delete(session);
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  open(frame: ClientFrame & { type: "sub" }): View | string {
    const params = frame.params ?? {};
    const key = keyOf(frame.topic, params);
    let kept = this.views.get(key);
    const now = this.clock.nowMs();
    if (!kept) {
      this.dropIdleViews(now);
      if (this.views.size >= MOST_VIEWS) return "too many different views are open; close a tab";
      const source = this.topics.source(frame.topic, params);
      if (typeof source === "string") return source;
      kept = { view: new View(source, this.nextSeq), topic: frame.topic, sockets: 0 };
      this.nextSeq += SEQ_STEP;
      this.views.set(key, kept);
    }
    kept.sockets += 1;
    kept.view.idleSinceMs = undefined;
    if (now - kept.view.refreshedMs >= COALESCE_MS) this.refresh(kept, now);
    return kept.view;
  }

  release(view: View): void {
    for (const kept of this.views.values()) {
      if (kept.view !== view) continue;
      kept.sockets -= 1;
      if (kept.sockets === 0) view.idleSinceMs = this.clock.nowMs();
      return;
    }
  }

  counted(what: "resyncs" | "closed", reason: string): void {
    const table: Record<string, number> = what === "resyncs" ? this.resyncs : this.closed;
    table[reason] += 1;
  }

  private beat(): void {
    const now = this.clock.nowMs();
    const alertsChanged = this.alertsChanged;
    this.alertsChanged = false;
    for (const kept of this.views.values()) {
      const isOfAlerts = kept.topic === "alerts" || kept.topic === "alert";
      if (kept.sockets === 0 || now - kept.view.refreshedMs < PACE_MS[kept.topic] || (isOfAlerts && !alertsChanged)) {
        if (isOfAlerts && alertsChanged && kept.sockets > 0) this.alertsChanged = true;
        continue;
      }
      this.refresh(kept, now);
    }
  }

  private tick(): void {
    const frame: ServerFrame = {
      type: "tick",
      asOf: this.live.asOfMs,
      lag: this.live.coverage.lag(this.clock.nowMs()),
      build: this.build,
      nowMs: this.clock.nowMs(),
    };
    const text = JSON.stringify(frame);
    for (const session of this.sessions) {
      session.tick(text);
      if (session.over) this.sessions.delete(session);
    }
    this.dropIdleViews(this.clock.nowMs());
  }

  /** Shows alerts and verdict now. */
  private hurry(): void {
    const now = this.clock.nowMs();
    const sinceLast = now - this.urgentMs;
    if (sinceLast >= URGENT_GAP_MS) {
      this.showUrgent();
      return;
    }
    this.stopUrgent ??= this.clock.after(URGENT_GAP_MS - sinceLast, () => {
      this.stopUrgent = undefined;
      this.showUrgent();
    });
  }

  private showUrgent(): void {
    const now = this.clock.nowMs();
    this.urgentMs = now;
    this.topics.hurry(now);
    for (const kept of this.views.values()) {
      if (kept.sockets > 0 && kept.topic !== "map" && kept.topic !== "status") this.refresh(kept, now);
    }
  }

  private refresh(kept: KeptView, now: number): void {
    if (!kept.view.refresh(now, this.live.asOfMs)) return;
    for (const session of this.sessions) session.deliver(kept.view);
  }

  private dropIdleViews(now: number): void {
    for (const [key, { view }] of this.views) {
      if (view.idleSinceMs !== undefined && now - view.idleSinceMs > IDLE_VIEW_MS) this.views.delete(key);
    }
  }
}

function keyOf(topic: Topic, params: TopicParams): string {
  const names = Object.keys(params).sort();
  return JSON.stringify([topic, ...names.map((name) => [name, params[name]])]);
}
