import type { Alerts, AlertsOptions } from "../../../src/alerts/alerts.ts";
import { openAlerts } from "../../../src/alerts/index.ts";
import { findingOf } from "../../../src/detect/finding.ts";
import { catalogue } from "../../../src/detect/index.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Finding } from "../../../src/model/alert.ts";
import { judgedFlow, type Spec } from "../detect/judged.ts";

/** A finding of residency.violation, `at` seconds after the first one. */
export function finding(more: Partial<Finding> & { at?: number } = {}, spec: Spec = {}): Finding {
  const { at = 0, ...parts } = more;
  const judged = judgedFlow({ start: at, ...spec });
  const growth = { sinceMicros: judged.flow.startMicros, bytesOut: 1000, bytesIn: 10, flows: 1 };
  const base = findingOf(judged, growth, { detection: "residency.violation", severity: "high", key: ["imaging", "Acme", "US"] });
  return { ...base, ...parts };
}

export function open(more: Partial<AlertsOptions> = {}): Promise<Alerts> {
  return openAlerts({
    folder: undefined,
    clock: new ManualClock(Date.UTC(2026, 10, 21, 14)),
    policyRevision: "r411",
    builds: { "geo-whois-asn-country": "2026-06-17" },
    catalogue: catalogue(),
    ...more,
  });
}
