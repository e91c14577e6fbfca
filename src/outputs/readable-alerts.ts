import { formatMicros } from "../lib/time.ts";
import { formatBytes, formatCount } from "../lib/units.ts";
import { type Alert, SEVERITIES } from "../model/alert.ts";

const ALERTS_SHOWN = 20;
const COLUMNS = 120;
const INDENT = 4;
const LONGEST_NAME = 48;
const COUNTRIES_SHOWN = 3;

const VERDICTS: Record<string, string> = {
  "inside-list": "inside",
  "outside-list": "outside",
  indeterminate: "not placed by",
  contradicted: "contradicted under",
};

/**
 * The worst alerts for a terminal, two lines each: what, from where to where; how much, when, which, and why. At the end what to do
 * first, once for each detection, and where the whole text is. Lines of at most 120 columns. `isOneDay`: times need no date.
 */
export function readableAlerts(alerts: readonly Readonly<Alert>[], isOneDay: boolean): string[] {
  if (alerts.length === 0) return ["Alerts: none"];
  const counts = [...SEVERITIES]
    .reverse()
    .map((severity) => [severity, alerts.filter((alert) => alert.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${formatCount(count)} ${severity}`);
  const out = [`Alerts: ${formatCount(alerts.length)} (${counts.join(", ")})`];
  const shown = alerts.slice(0, ALERTS_SHOWN);
  for (const alert of shown) out.push(...inShort(alert, isOneDay));
  if (alerts.length > shown.length) out.push(`  and ${formatCount(alerts.length - shown.length)} more, none of them worse`);
  const first = new Map<string, string>();
  for (const { detection, next } of shown) if (next.length > 0 && !first.has(detection)) first.set(detection, next[0]);
  if (first.size > 0) out.push("", "What to do first");
  for (const [detection, next] of first) out.push(...wrapped(`${detection}: ${next}`.split(" "), " "));
  out.push("", "The whole text, with the evidence: bordertap run shows it on its console and writes it to outputs.alerts.path.");
  return out;
}

/** Two lines, or three where the reason is too long for the second. */
function inShort(alert: Readonly<Alert>, isOneDay: boolean): string[] {
  const { evidence } = alert;
  const what = `${alert.severity.toUpperCase()} ${alert.detection}`;
  const when = span(alert, isOneDay);
  const reason = evidence.detail ?? evidence.because ?? "";
  const why = reason.length > COLUMNS - INDENT ? `${reason.slice(0, COLUMNS - INDENT - 1)}…` : reason;
  if (evidence.insideAddress === undefined)
    return [...wrapped([what, shortened(evidence.name ?? "bordertap")]), ...wrapped([when, alert.id, why], "  ", INDENT)];
  const assets = `${formatCount(alert.assetCount)} ${alert.assetCount === 1 ? "asset" : "assets"}`;
  const amount = `${formatBytes(alert.bytesOut)}, ${assets}, ${when}`;
  return [
    ...wrapped([what, `${alert.zone ?? "no zone"} → ${destination(alert)} (${place(alert)})`]),
    ...wrapped([amount, alert.id, why], "  ", INDENT),
  ];
}

function destination({ party, name, evidence }: Readonly<Alert>): string {
  const known = [party, name].filter((text) => text !== undefined).map(shortened);
  // The middle of the dedupe key says what the alert stands for; an address would be one of many.
  return known.length > 0 ? known.join(", ") : (evidence.key[1] ?? evidence.outsideAddress ?? "unknown");
}

function place({ countries, verdict, confidence, evidence }: Readonly<Alert>): string {
  const more = countries.length > COUNTRIES_SHOWN ? " …" : "";
  const where = countries.length === 0 ? "country unknown" : `${countries.slice(0, COUNTRIES_SHOWN).join(" or ")}${more}`;
  if (verdict === undefined) return where;
  const list = `${VERDICTS[verdict] ?? verdict} ${evidence.list ?? "the list"}`;
  return countries.length === 0 ? `${where}, ${list}` : `${where}, ${list}, ${confidence ?? 0}`;
}

/** "10:00:02–10:00:05Z" */
function span({ firstMicros, lastMicros }: Readonly<Alert>, isOneDay: boolean): string {
  const from = formatMicros(firstMicros);
  const to = formatMicros(lastMicros);
  const isSameDay = from.slice(0, 10) === to.slice(0, 10);
  const start = isOneDay && isSameDay ? from.slice(11, 19) : `${from.slice(0, 10)} ${from.slice(11, 19)}`;
  if (from.slice(0, 19) === to.slice(0, 19)) return `${start}Z`;
  return `${start}–${isSameDay ? "" : `${to.slice(0, 10)} `}${to.slice(11, 19)}Z`;
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME / 2)}…${name.slice(1 - LONGEST_NAME / 2)}`;
}

/** Parts in a row as far as they go, then on the next line, further in. */
function wrapped(parts: readonly string[], between = "  ", indent = INDENT / 2): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  let isEmpty = true;
  for (const part of parts) {
    if (!isEmpty && line.length + between.length + part.length > COLUMNS) {
      lines.push(line);
      line = " ".repeat(INDENT);
      isEmpty = true;
    }
    line += isEmpty ? part : `${between}${part}`;
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}
