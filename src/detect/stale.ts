import { formatShare } from "../lib/units.ts";
import type { GeoStatus } from "../model/geo-status.ts";
import { defineDetection, type FlowContext } from "./detection.ts";
import type { HourlySum, HourlySums } from "./hourly-sums.ts";
import { PlaceClaims } from "./place-claims.ts";

const NAME = "geo.stale";
const DAY_MS = 86_400_000;
const HOUR_MICROS = 3600e6;
const DATABASES: ReadonlySet<string> = new Set(["city-database", "country-database"]);

class Disagreement {
  readonly claims = new PlaceClaims();
  all: HourlySum | undefined;
  disputed: HourlySum | undefined;
  /** Packet time before which it is not said again. */
  quietUntilMicros = Number.NEGATIVE_INFINITY;
}

type Context = FlowContext<"maxAgeDays" | "disputedRatio" | "disputedMinBytes", Disagreement>;

/** Catalogue 31. */
export const geoStale = defineDetection({
  name: NAME,
  title: "What bordertap knows of places is old, missing or in dispute",
  severity: "medium",
  relevantTo: ["GDPR 5(1)(d)", "GDPR 32(1)(d)"],
  next: [
    "Run `bordertap geo status`, then `bordertap geo update` with the sources you are licensed for.",
    "Until then judgements rest on the data named here: addresses move.",
    "Databases that disagree: load the cloud providers' own region lists, and enter overrides with their proof.",
  ],
  doc: `Fires when a location database is older than the configured days (other sources: than their own limit), when one failed to load or update, and when two databases name
different countries for more than the configured share of the bytes that left zones with patient data within 24 hours. Ages go by wall time; the first two clear themselves.`,
  concern: "patient",
  clearsItself: true,
  thresholds: {
    maxAgeDays: { default: 35, doc: "days after which a location database is stale" },
    disputedRatio: { default: 0.05, doc: "share of the bytes of zones with patient data, 0 to 1, above which a disagreement counts" },
    disputedMinBytes: { default: 10_000_000, doc: "bytes leaving those zones within 24 hours below which nothing is said of disagreement" },
  },
  remember: () => new Disagreement(),
  evaluate(judged, context) {
    const { memory, daySums, settings } = context;
    const place = judged.location?.place;
    if (place === undefined || place.special !== undefined || judged.newBytesOut === 0) return;
    const atMicros = judged.flow.endMicros;
    memory.all = kept(memory.all, daySums, "all", atMicros);
    const isDisputed = place.isDisputed === true || memory.claims.of(place).areDatabasesApart;
    const all = daySums.add(memory.all, atMicros, judged.newBytesOut);
    if (!isDisputed) return;
    memory.disputed = kept(memory.disputed, daySums, "disputed", atMicros);
    const disputed = daySums.add(memory.disputed, atMicros, judged.newBytesOut);
    if (atMicros < memory.quietUntilMicros || all < settings.disputedMinBytes || disputed <= all * settings.disputedRatio) return;
    memory.quietUntilMicros = atMicros + HOUR_MICROS;
    const detail = `databases disagree on ${formatShare(disputed / all)} of the bytes that left zones with patient data within 24 hours`;
    tell(context, ["disputed"], atMicros, "location databases", detail, "where they disagree, one of them is wrong");
  },
  onReport(report, nowMs, context) {
    if (report.about === "geo") judgeAges(report.status, nowMs, context);
  },
});

function judgeAges({ sources, faults }: GeoStatus, nowMs: number, context: Context): void {
  for (const { name, kind, build, maxAgeDays } of sources) {
    const limit = DATABASES.has(kind) ? context.settings.maxAgeDays : maxAgeDays;
    const builtMs = Date.parse(build);
    const days = Number.isNaN(builtMs) ? undefined : Math.floor((nowMs - builtMs) / DAY_MS);
    const key = ["age", name];
    if (days !== undefined && days > limit)
      tell(
        context,
        key,
        nowMs * 1000,
        name,
        `its data is of ${build}, ${days} days old; the limit is ${limit}`,
        "addresses move, and old data does not know",
      );
    else context.clear(key, nowMs * 1000);
    if (!faults.some((fault) => fault.name === name)) context.clear(["fault", name], nowMs * 1000);
  }
  for (const { name, reason } of faults)
    tell(
      context,
      ["fault", name],
      nowMs * 1000,
      name,
      `it could not be loaded or updated: ${reason}`,
      "a source that is configured is missing",
    );
}

function tell({ reporter }: Context, key: readonly string[], atMicros: number, name: string, detail: string, because: string): void {
  reporter.report({
    detection: NAME,
    severity: "medium",
    key,
    atMicros,
    sinceMicros: atMicros,
    name,
    detail,
    rule: `detection:${NAME}`,
    because,
    wouldAllow: "current data from every source",
  });
}

function kept(row: HourlySum | undefined, sums: HourlySums, key: string, atMicros: number): HourlySum {
  return row === undefined || row.isForgotten ? sums.of(key, atMicros) : row;
}
