import { openAlerts } from "../alerts/index.ts";
import { hubMetrics } from "../console/hub-metrics.ts";
import { LiveState } from "../console/live.ts";
import { liveMetrics } from "../console/sensor-metrics.ts";
import { catalogue, createDetections } from "../detect/index.ts";
import { historyMetrics } from "../history/metrics.ts";
import { ManualClock } from "../lib/clock.ts";
import { Losses } from "../obs/losses.ts";
import type { Metric } from "../obs/metrics.ts";
import { canaryMetrics } from "./canary.ts";
import { coreMetrics } from "./core-metrics.ts";

/** docs/metrics.md, from the declarations. Nothing is read: only names, labels and help are used. */
export async function metricsReference(): Promise<string> {
  const unread = {} as never;
  const alerts = await openAlerts({ folder: undefined, clock: new ManualClock(), policyRevision: "", builds: {}, catalogue: catalogue() });
  const all: Metric[] = [
    ...liveMetrics(new LiveState({ mode: "live", nowMs: 0 }), () => 0),
    ...coreMetrics({ losses: new Losses(), spool: unread, places: unread, names: unread }),
    ...alerts.metrics(),
    ...createDetections({ emit() {} }).metrics(),
    ...historyMetrics(() => unread),
    ...hubMetrics(unread),
    ...canaryMetrics(() => undefined),
  ];
  await alerts.close();
  const byName = new Map(all.map((metric) => [metric.name, metric]));
  const rows = [...byName.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`);
  return `${[
    "# Metrics",
    "",
    "Generated from the declarations by `npm run docs`. Do not edit.",
    "",
    "`GET /metrics` on the console's address. Labels are closed sets: no address, name or asset is ever one. What cannot be known is absent, never 0.",
    "The accounting identity holds for each sensor: seen = decoded + malformed + filtered + dropped.",
    "",
    "| metric | type | labels | meaning |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n")}\n`;
}
