import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Metric } from "../obs/metrics.ts";

/**
 * Registers the stages' metrics and the process' own with prom-client. Values are copied when somebody scrapes; between
 * scrapes it costs nothing. Of two metrics with one name the first counts: the stage that owns a figure comes before
 * those that derive it.
 */
export function createExposition(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  const names = new Set<string>();
  for (const metric of metrics) {
    if (names.has(metric.name)) continue;
    names.add(metric.name);
    if (metric.type === "counter") registerCounter(registry, metric);
    else registerGauge(registry, metric);
  }
  collectDefaultMetrics({ register: registry });
  return registry;
}

function registerCounter(registry: Registry, metric: Metric): void {
  new Counter({
    name: metric.name,
    help: metric.help,
    labelNames: [...metric.labels],
    registers: [registry],
    collect() {
      this.reset();
      metric.read((value, ...labelValues) => {
        if (value >= 0) this.inc(labelsOf(metric, labelValues), value);
      });
    },
  });
}

function registerGauge(registry: Registry, metric: Metric): void {
  new Gauge({
    name: metric.name,
    help: metric.help,
    labelNames: [...metric.labels],
    registers: [registry],
    collect() {
      this.reset();
      metric.read((value, ...labelValues) => this.set(labelsOf(metric, labelValues), value));
    },
  });
}

function labelsOf(metric: Metric, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(metric.labels.map((name, index) => [name, values[index] ?? ""]));
}
