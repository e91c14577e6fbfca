import { join } from "node:path";
import type { Clock } from "../lib/clock.ts";
import { ALERT_STATES, type Alert, type AlertState, type Finding, type RunningAlert, SEVERITIES, type Severity } from "../model/alert.ts";
import type { Health } from "../obs/health.ts";
import type { Metric } from "../obs/metrics.ts";
import { Board } from "./board.ts";
import { alertIdOf, joins, threadIdOf, threadKey } from "./dedupe.ts";
import { diskFiles, type JournalFiles } from "./files.ts";
import { absorb, addHistory, type Group, groupOf, openGroup } from "./group.ts";
import { type Act, apply, cleaned, clearAlert, refusalOf, wake } from "./lifecycle.ts";
import { alertMetrics } from "./metrics.ts";
import { Running } from "./running.ts";
import { sentenceOf } from "./sentence.ts";
import { AlertStore } from "./store.ts";

/** What happened to an alert; `grew` is told at most twice a second per alert. */
export const ALERT_CHANGES = ["opened", "raised", "grew", "acted", "cleared", "snooze-ended", "evicted"] as const;
export type AlertChange = (typeof ALERT_CHANGES)[number];

export interface AlertsOptions {
  /** Folder of the journal; undefined: memory only (replays, `analyze`). */
  folder: string | undefined;
  clock: Clock;
  /** Silence, in packet time, that ends an episode. */
  windowSeconds?: number;
  /** Most alerts kept. */
  limit?: number;
  policyRevision: string;
  /** Database name → build. */
  builds: Record<string, string>;
  /** What is known of each detection, by name. */
  catalogue: Record<string, { relevantTo: string[]; next: string[]; clearsItself: boolean }>;
  isReplay?: boolean;
  onChange?(alert: Readonly<Alert>, change: AlertChange): void;
  /** The given input position and all that was found up to it are on the disk. */
  onDurable?(position: string): void;
  health?: Health;
  files?: JournalFiles;
}

export interface AlertFilter {
  states?: readonly AlertState[];
  severities?: readonly Severity[];
  detection?: string;
  zone?: string;
  party?: string;
  threadId?: string;
  /** Last activity at or after this packet time. */
  sinceMicros?: number;
  offset?: number;
  limit?: number;
}

/** `conflict`: somebody, or a rise of severity, changed it after the revision that the person saw. */
export type ActResult =
  | { result: "ok"; alert: Readonly<Alert> }
  | { result: "conflict"; by: string; atMs: number; revision: number }
  | { result: "refused"; reason: string }
  | { result: "unknown" };

const GROWTH_NOTICE_MS = 500;
const SNOOZE_CHECK_MS = 1000;
const DEFAULT_WINDOW_SECONDS = 3600;
const DEFAULT_LIMIT = 10_000;

/** Groups findings into alerts, keeps them through restarts, and lets people work on them. */
export class Alerts {
  /** Up to where the input was applied when the journal was last written; undefined: from the start. */
  readonly position: string | undefined;
  /** Alerts ever opened, by severity at opening, since this process began. */
  readonly raised: Record<Severity, number> = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
  private readonly options: AlertsOptions;
  private readonly windowSeconds: number;
  private readonly board: Board;
  private readonly store: AlertStore | undefined;
  private readonly grown = new Set<Group>();
  private readonly timers: (() => void)[] = [];
  /** A flow event repeated a finding, and the group has it. */
  private readonly repeated = (group: Group, isWider: boolean): void => {
    this.store?.taken();
    this.grew(group, isWider);
  };
  private provenance: { policyRevision: string; builds: Record<string, string> };

  private constructor(options: AlertsOptions, board: Board, store: AlertStore | undefined, position: string | undefined) {
    this.options = options;
    this.windowSeconds = options.windowSeconds ?? DEFAULT_WINDOW_SECONDS;
    this.board = board;
    this.store = store;
    this.position = position;
    this.provenance = { policyRevision: options.policyRevision, builds: options.builds };
    this.timers.push(options.clock.every(GROWTH_NOTICE_MS, () => this.tellGrowth()));
    this.timers.push(options.clock.every(SNOOZE_CHECK_MS, () => this.endSnoozes()));
  }

  static async open(options: AlertsOptions): Promise<Alerts> {
    const board = new Board(options.limit ?? DEFAULT_LIMIT);
    if (options.folder === undefined) return new Alerts(options, board, undefined, undefined);
    const { store, recovered } = await AlertStore.open({
      path: join(options.folder, "alerts.journal"),
      files: options.files ?? diskFiles,
      clock: options.clock,
      health: options.health,
      encode: (id, isWhole) => encodeLine(board.get(id), isWhole),
      ids: () => [...board.all()].map(({ alert }) => alert.id),
      onDurable: (position) => options.onDurable?.(position),
    });
    for (const { alert, key, assets, acted } of recovered.alerts.values()) {
      const removed = board.makeRoom(alert);
      if (removed === "full") store.drop(alert.id);
      else {
        if (removed !== undefined) store.drop(removed.alert.id);
        board.put(groupOf(alert, key, assets, acted));
      }
    }
    return new Alerts(options, board, store, recovered.position);
  }

  /**
   * Takes one finding: joins the running episode of its thread, or opens an alert. Returns the alert that took it, to be grown
   * by what repeats the finding; undefined when there was no room for it.
   */
  take(finding: Finding): RunningAlert | undefined {
    // Findings about bordertap itself come from no input that could be read again.
    if (finding.flowId !== undefined) this.store?.taken();
    const key = threadKey(finding.detection, finding.key);
    const group = this.board.ofThread(key);
    if (group === undefined || !joins(group.alert, finding.atMicros, this.windowSeconds)) return this.openAlert(key, finding);
    const { alert } = group;
    const isBack = alert.clearedMicros !== undefined;
    if (isBack) delete alert.clearedMicros;
    const growth = absorb(group, finding);
    if (isBack || growth === "raised") {
      // A rise breaks the window, and a snooze: who slept on "high" has not seen "critical".
      if (growth === "raised" && alert.state === "snoozed") wake(alert);
      this.changed(group, growth === "raised" ? "raised" : "grew");
    } else this.grew(group, growth === "widened");
    return this.runningOf(group);
  }

  /** The cause of a health alert went away. Throws for a detection that may not clear itself. */
  clear(detection: string, key: readonly string[], atMicros: number): void {
    if (this.options.catalogue[detection]?.clearsItself !== true) throw new Error(`${detection} may not clear itself`);
    const group = this.board.ofThread(threadKey(detection, key));
    if (group === undefined || group.alert.state === "closed" || group.alert.clearedMicros !== undefined) return;
    clearAlert(group.alert, atMicros);
    addHistory(group.alert, { atMs: Math.floor(atMicros / 1000), who: "bordertap", what: "cleared" });
    this.touch(group);
    this.changed(group, "cleared");
  }

  /** A person's act. `act.revision` is the one they saw. */
  act(id: string, act: Act): ActResult {
    const group = this.board.get(id);
    if (group === undefined) return { result: "unknown" };
    const { alert } = group;
    if (act.revision < group.actedRevision) {
      const last = alert.history.at(-1)!;
      return { result: "conflict", by: last.who, atMs: last.atMs, revision: alert.revision };
    }
    const nowMs = this.options.clock.nowMs();
    const reason = refusalOf(alert, act, nowMs);
    if (reason !== undefined) return { result: "refused", reason };
    const what = apply(alert, act);
    const note = cleaned(act.note ?? "");
    addHistory(alert, { atMs: nowMs, who: cleaned(act.who, 100), what, ...(note === "" ? {} : { note }) });
    this.touch(group);
    this.changed(group, "acted");
    return { result: "ok", alert };
  }

  get(id: string): Readonly<Alert> | undefined {
    const group = this.board.get(id);
    return group && refreshed(group);
  }

  /** Worst first, then the longest running. */
  list(filter: AlertFilter = {}): { total: number; alerts: Readonly<Alert>[] } {
    const { states, severities, detection, zone, party, threadId, sinceMicros, offset = 0, limit = Number.POSITIVE_INFINITY } = filter;
    const found: Group[] = [];
    for (const group of this.board.all()) {
      const { alert } = group;
      if (states !== undefined && !states.includes(alert.state)) continue;
      if (severities !== undefined && !severities.includes(alert.severity)) continue;
      if (detection !== undefined && alert.detection !== detection) continue;
      if (zone !== undefined && alert.zone !== zone) continue;
      if (party !== undefined && alert.party !== party) continue;
      if (threadId !== undefined && alert.threadId !== threadId) continue;
      if (sinceMicros !== undefined && alert.lastMicros < sinceMicros) continue;
      found.push(group);
    }
    found.sort(({ alert: a }, { alert: b }) => {
      const bySeverity = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
      return bySeverity || a.firstMicros - b.firstMicros || (a.id < b.id ? -1 : 1);
    });
    return { total: found.length, alerts: found.slice(offset, offset + limit).map(refreshed) };
  }

  /** How many alerts stand in which state, and how many are not closed by severity. */
  counts(): { byState: Record<AlertState, number>; openBySeverity: Record<Severity, number> } {
    const byState = Object.fromEntries(ALERT_STATES.map((state) => [state, 0])) as Record<AlertState, number>;
    const openBySeverity = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>;
    for (const { alert } of this.board.all()) {
      byState[alert.state] += 1;
      if (alert.state !== "closed") openBySeverity[alert.severity] += 1;
    }
    return { byState, openBySeverity };
  }

  /** All findings up to this opaque position of the input were taken; after a restart `position` says so. */
  commit(position: string): void {
    this.store?.commit(position);
  }

  /** Policy or databases were loaded anew: alerts that open or rise from now on say so. */
  use(policyRevision: string, builds: Record<string, string>): void {
    this.provenance = { policyRevision, builds };
  }

  /** Resolves when all up to now is on the disk; at once in memory. */
  durable(): Promise<void> {
    return this.store?.durable() ?? Promise.resolve();
  }

  /** Tells growth that was not told yet: at the end of a capture, and each half second by itself. */
  tellGrowth(): void {
    for (const group of this.grown) {
      group.hasGrown = false;
      this.options.onChange?.(refreshed(group), "grew");
    }
    this.grown.clear();
  }

  async close(): Promise<void> {
    for (const cancel of this.timers.splice(0)) cancel();
    this.tellGrowth();
    await this.store?.close();
  }

  metrics(): Metric[] {
    return alertMetrics(
      this.options.clock,
      () => this.board.all(),
      this.raised,
      this.board,
      () => this.store?.failures ?? 0,
    );
  }

  private openAlert(key: string, finding: Finding): RunningAlert | undefined {
    const removed = this.board.makeRoom(finding);
    if (removed === "full") return undefined;
    if (removed !== undefined) {
      this.toldGrowth(removed);
      this.store?.drop(removed.alert.id);
      this.options.onChange?.(refreshed(removed), "evicted");
    }
    let ordinal = 0;
    let id = alertIdOf(key, finding.atMicros);
    while (this.board.get(id) !== undefined) id = alertIdOf(key, finding.atMicros, (ordinal += 1));
    const entry = this.options.catalogue[finding.detection];
    const group = openGroup(finding, {
      key,
      id,
      threadId: threadIdOf(key),
      relevantTo: entry?.relevantTo ?? [],
      next: entry?.next ?? [],
      isReplay: this.options.isReplay ?? false,
      ...this.provenance,
    });
    this.board.put(group);
    this.raised[finding.severity] += 1;
    this.changed(group, "opened");
    return this.runningOf(group);
  }

  private runningOf(group: Group): RunningAlert {
    group.running ??= new Running(group, this.windowSeconds, this.repeated);
    return group.running;
  }

  private grew(group: Group, isWider: boolean): void {
    this.store?.mark(group.alert.id, isWider);
    if (group.hasGrown) return;
    group.hasGrown = true;
    this.grown.add(group);
  }

  private toldGrowth(group: Group): void {
    group.hasGrown = false;
    this.grown.delete(group);
  }

  private endSnoozes(): void {
    const nowMs = this.options.clock.nowMs();
    for (const group of [...this.board.snoozed()]) {
      if (group.alert.snoozedUntilMs! > nowMs) continue;
      wake(group.alert);
      addHistory(group.alert, { atMs: nowMs, who: "bordertap", what: "snooze ended" });
      this.touch(group);
      this.changed(group, "snooze-ended");
    }
  }

  /** Another revision, which makes acts on what people saw before out of date. */
  private touch(group: Group): void {
    group.alert.revision += 1;
    group.actedRevision = group.alert.revision;
    group.isStale = true;
  }

  private changed(group: Group, change: AlertChange): void {
    if (change === "raised") Object.assign(group.alert, this.provenance);
    this.board.refile(group);
    this.toldGrowth(group);
    this.store?.mark(group.alert.id, true, change === "acted");
    this.options.onChange?.(refreshed(group), change);
  }
}

function refreshed(group: Group): Readonly<Alert> {
  if (group.isStale) {
    group.alert.sentence = sentenceOf(group.alert);
    group.isStale = false;
  }
  return group.alert;
}

function encodeLine(group: Group | undefined, isWhole: boolean): string | undefined {
  if (group === undefined) return undefined;
  const { alert, key, ends, actedRevision } = group;
  if (isWhole) return JSON.stringify({ alert: refreshed(group), key, assets: ends.toArray(), acted: actedRevision });
  const { revision, bytesOut, bytesIn, flowCount, findingCount, firstMicros, lastMicros } = alert;
  return JSON.stringify({ grow: alert.id, revision, bytesOut, bytesIn, flowCount, findingCount, firstMicros, lastMicros });
}
