import type { Alert } from "../model/alert.ts";
import type { Site } from "../model/site.ts";
import { holdsPatientData } from "../model/site.ts";
import type { Health } from "../obs/health.ts";
import { parseAlertFilter } from "./alert-filter.ts";
import { alertDetail, alertRow, byNewest, bySeverityThenAge } from "./alert-rows.ts";
import type { AlertBook, LiveState } from "./live.ts";
import { mapRows } from "./map-rows.ts";
import { shiftStart } from "./shift.ts";
import type { Tokens } from "./tokens.ts";
import { WINDOW_MINUTES } from "./traffic.ts";
import { SettledVerdict, verdictOf } from "./verdict.ts";
import type { AlertRow, CoverageRow, OverviewRow, Row, StatusRow, Topic } from "./wire.ts";

export const MOST_ROWS = 200;
const WORST_SLOTS = 7;
const MOST_ZONE_ROWS = 40;
const MOST_COUNTRY_ROWS = 12;
const HOUR_MS = 3_600_000;
/** Rows asked for within this time share one look at coverage and verdict. */
const FRAME_MS = 400;

export interface TopicContext {
  live: LiveState;
  site: Site;
  health: Health;
  version: string;
  policyRevision: string | undefined;
  tokens: Tokens;
  /** See AlertBook. */
  blockable?: AlertBook["blockable"];
}

export type TopicParams = Readonly<Record<string, string | number>>;

/** Makes the rows of one topic; made once per (topic, params), called whenever somebody looks. */
export type RowSource = (nowMs: number) => { rows: Row[]; total: number };

/** The topics of the live socket and of REST alike: what each shows, from the live state. */
export class Topics {
  private readonly context: TopicContext;
  private readonly zoneIsPhi: ReadonlyMap<string, boolean>;
  private readonly settled = new SettledVerdict();
  private frame: { atMs: number; coverage: CoverageRow; verdict: OverviewRow["verdict"] } | undefined;

  constructor(context: TopicContext) {
    this.context = context;
    this.zoneIsPhi = new Map(context.site.zones.map((zone) => [zone.name, holdsPatientData(zone)]));
  }

  /** The source of a topic, or one line saying what is wrong with the parameters. */
  source(topic: Topic, params: TopicParams): RowSource | string {
    const unknown = Object.keys(params).find((name) => !PARAMS[topic].includes(name));
    if (unknown !== undefined) return `${topic} has no parameter "${unknown}"`;
    switch (topic) {
      case "status":
        return (nowMs) => one(this.status(nowMs));
      case "overview": {
        const minutes = minutesOf(params.win);
        return typeof minutes === "string" ? minutes : (nowMs) => one(this.overview(nowMs, minutes));
      }
      case "map": {
        const minutes = minutesOf(params.win);
        if (typeof minutes === "string") return minutes;
        return () => {
          const rows = mapRows(this.context.live, minutes);
          return { rows, total: rows.length };
        };
      }
      case "alert": {
        const id = params.id;
        if (typeof id !== "string") return "alert needs the parameter id";
        return () => {
          const alert = this.context.live.alert(id);
          return alert ? one(this.detail(alert)) : { rows: [], total: 0 };
        };
      }
      case "alerts":
        return this.alertList(params);
    }
  }

  /** Shows a new critical alert in the verdict without waiting for the next frame. */
  hurry(nowMs: number): void {
    this.look(nowMs, true);
  }

  status(nowMs: number): StatusRow {
    const { site, health, live, version, policyRevision } = this.context;
    const { state, components } = health.toJSON();
    const list = site.jurisdictions.find((candidate) => candidate.name === site.jurisdiction);
    return {
      id: "status",
      mode: live.mode,
      site: site.name,
      timeZone: site.timeZone,
      version,
      policyRev: policyRevision ?? null,
      list: list ? { name: list.name, title: list.title, countries: list.countries } : null,
      health: {
        state,
        problems: Object.entries(components)
          .filter(([, component]) => component.state !== "ok")
          .map(([component, found]) => ({ component, ...found })),
      },
      coverage: this.look(nowMs).coverage,
    };
  }

  overview(nowMs: number, minutes: number): OverviewRow {
    const { live, site } = this.context;
    const { verdict } = this.look(nowMs);
    const open: OverviewRow["open"] = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
    const asOfMs = live.asOfMs ?? nowMs;
    const sinceMs = shiftStart(live.mode === "live" ? nowMs : asOfMs, site.timeZone);
    const fresh = { sinceMs, count: 0, critical: 0 };
    let raisedLastHour = 0;
    const shown: Alert[] = [];
    for (const alert of live.alerts()) {
      const firstMs = alert.firstMicros / 1000;
      if (firstMs > asOfMs - HOUR_MS) raisedLastHour += 1;
      if (firstMs >= sinceMs) {
        fresh.count += 1;
        if (alert.severity === "critical") fresh.critical += 1;
      }
      if (alert.state === "closed") continue;
      open[alert.severity] += 1;
      if (alert.state !== "snoozed") shown.push(alert);
    }
    shown.sort(bySeverityThenAge);
    const zones = live.traffic.zoneRows(minutes);
    const rest = zones.slice(MOST_ZONE_ROWS);
    return {
      id: "overview",
      windowMs: minutes * 60_000,
      verdict,
      worst: shown.slice(0, WORST_SLOTS).map((alert) => this.row(alert)),
      open,
      byCountry: countryBars(zones),
      fresh,
      alertLoad: raisedLastHour / 6,
      upSeries: live.traffic.series(),
      zones: zones.slice(0, MOST_ZONE_ROWS),
      zonesOther: {
        rows: rest.length,
        upBytes: rest.reduce((sum, row) => sum + row.upBytes, 0),
        downBytes: rest.reduce((sum, row) => sum + row.downBytes, 0),
      },
    };
  }

  row(alert: Alert): AlertRow {
    return alertRow(alert, this.holdsPatientData(alert.zone));
  }

  detail(alert: Alert) {
    const { tokens, blockable } = this.context;
    return alertDetail(alert, this.holdsPatientData(alert.zone), tokens, blockable?.(alert));
  }

  coverage(nowMs: number): CoverageRow {
    return this.look(nowMs).coverage;
  }

  /** Alerts that a filter lets through, in the order asked for; or one line saying what is wrong with either. */
  orderedAlerts(q: string, sort: string): (() => Alert[]) | string {
    const filter = parseAlertFilter(q);
    if (typeof filter === "string") return filter;
    if (sort !== "severity" && sort !== "newest") return `sort is one of severity, newest, not "${sort}"`;
    const order = sort === "newest" ? byNewest : bySeverityThenAge;
    return () => {
      const found: Alert[] = [];
      for (const alert of this.context.live.alerts()) if (filter(alert)) found.push(alert);
      return found.sort(order);
    };
  }

  private alertList(params: TopicParams): RowSource | string {
    const ordered = this.orderedAlerts(String(params.q ?? ""), String(params.sort ?? "severity"));
    if (typeof ordered === "string") return ordered;
    const limit = params.limit ?? MOST_ROWS;
    const offset = params.offset ?? 0;
    if (!isCount(limit) || limit < 1 || limit > MOST_ROWS) return `limit is a whole number from 1 to ${MOST_ROWS}`;
    if (!isCount(offset)) return "offset is a whole number, 0 or more";
    return () => {
      const found = ordered();
      return { rows: found.slice(offset, offset + limit).map((alert) => this.row(alert)), total: found.length };
    };
  }

  private holdsPatientData(zone: string | undefined): boolean {
    return zone === undefined || (this.zoneIsPhi.get(zone) ?? true);
  }

  private look(nowMs: number, mayJump = false) {
    const { live, health } = this.context;
    if (this.frame && !mayJump && nowMs - this.frame.atMs < FRAME_MS && nowMs >= this.frame.atMs) return this.frame;
    const coverage = live.coverage.row(nowMs);
    const found = verdictOf(live.alerts(), coverage, health.state, (zone) => this.holdsPatientData(zone));
    this.frame = { atMs: nowMs, coverage, verdict: this.settled.next(found, mayJump) };
    return this.frame;
  }
}

const PARAMS: Record<Topic, readonly string[]> = {
  status: [],
  overview: ["win"],
  map: ["win"],
  alert: ["id"],
  alerts: ["q", "sort", "offset", "limit"],
};

function one(row: Row) {
  return { rows: [row], total: 1 };
}

function isCount(value: string | number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** The window: minutes as a number, or "15m"; up to what the live state keeps. */
function minutesOf(win: string | number | undefined): number | string {
  if (win === undefined) return WINDOW_MINUTES;
  const minutes = typeof win === "number" ? win : Number(/^(\d{1,3})m$/.exec(win)?.[1]);
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= WINDOW_MINUTES ? minutes : `win is 1m to ${WINDOW_MINUTES}m`;
}

function countryBars(zones: ReturnType<LiveState["traffic"]["zoneRows"]>): OverviewRow["byCountry"] {
  const sums = new Map<string, OverviewRow["byCountry"][number]>();
  for (const row of zones) {
    if (!row.holdsPatientData) continue;
    // A place that is in doubt is no country, whatever a source may say.
    const country = row.verdict === "inside-list" || row.verdict === "outside-list" ? row.country : null;
    const key = `${country} ${row.judgement}`;
    const sum = sums.get(key) ?? { country, judgement: row.judgement, upBytes: 0 };
    sum.upBytes += row.upBytes;
    sums.set(key, sum);
  }
  const bars = [...sums.values()].filter((bar) => bar.upBytes > 0);
  // Violations are never cut off by larger, allowed transfers.
  bars.sort((a, b) => Number(b.judgement === "violation") - Number(a.judgement === "violation") || b.upBytes - a.upBytes);
  return bars.slice(0, MOST_COUNTRY_ROWS).sort((a, b) => b.upBytes - a.upBytes);
}
