import { formatBytes, formatCount, formatShare } from "../lib/units.ts";
import type { Alert } from "../model/alert.ts";
import type { FileReport } from "../model/capture.ts";
import { LOSS_REASONS, type LossReason } from "../model/loss.ts";
import { readableAlerts } from "./readable-alerts.ts";
import type { Summary } from "./summary.ts";
import type { Totals } from "./totals.ts";

const ROWS_SHOWN = 15;

export interface ReadableParts {
  summary: Summary;
  totals: Totals;
  /** Worst first. */
  alerts: readonly Readonly<Alert>[];
  files?: readonly FileReport[];
  /** A site is configured: judgements mean something. */
  hasSite: boolean;
}

/** What `analyze` tells a person at the terminal: what was read, what was lost, where the bytes went, and the alerts. Plain text, ends with a line end. */
export function readableSummary({ summary, totals, alerts, files = [], hasSite }: ReadableParts): string {
  const out: string[] = [];
  coverage(out, summary, files);
  out.push(
    "",
    hasSite ? "Where the bytes went (zone, country, judgement)" : "Where the bytes went (no site is configured: nothing is judged)",
  );
  const rows = totals.byCountry();
  const countries = rows.slice(0, ROWS_SHOWN).map(({ zone, country, judgement, bytesOut, bytesIn, flows }) => {
    const where = country === "" ? "passing by" : country === "??" ? "unknown" : country;
    return [
      zone === "" ? "no zone" : zone,
      where,
      judgement,
      `${formatBytes(bytesOut)} out`,
      `${formatBytes(bytesIn)} in`,
      `${formatCount(flows)} flows`,
    ];
  });
  out.push(...table(countries, [3, 4, 5]), ...more(rows.length, "rows"));
  const parties = totals.byParty();
  if (parties.length > 0) {
    out.push("", "To whom");
    const shown = parties.slice(0, ROWS_SHOWN);
    const lines = shown.map(({ party, bytesOut, bytesIn, flows }) => [
      party ?? "nobody in the register",
      `${formatBytes(bytesOut)} out`,
      `${formatBytes(bytesIn)} in`,
      `${formatCount(flows)} flows`,
    ]);
    out.push(...table(lines, [1, 2, 3]), ...more(parties.length, "parties"));
  }
  const isOneDay = summary.first?.slice(0, 10) === summary.last?.slice(0, 10);
  out.push("", ...readableAlerts(alerts, isOneDay));
  return `${out.join("\n")}\n`;
}

function coverage(out: string[], summary: Summary, files: readonly FileReport[]): void {
  const { packets, bytes, flows, first, last, losses, non_ip } = summary;
  if (first !== undefined && last !== undefined) out.push(`From ${first} to ${last}`);
  out.push(
    `${formatCount(packets.seen)} packets, ${formatBytes(bytes.seen)}, ${formatCount(flows.total)} flows (${listed(flows.by_transport)})`,
  );
  const drops = packets.kernel_drops === undefined ? "" : ` + ${formatCount(packets.kernel_drops)} dropped`;
  const share = packets.seen === 0 ? "" : ` (${formatShare(packets.decoded / packets.seen)} decoded)`;
  out.push(
    `Coverage: ${formatCount(packets.seen)} seen = ${formatCount(packets.decoded)} decoded + ${formatCount(packets.malformed)} malformed + ${formatCount(packets.filtered)} filtered${drops}${share}`,
  );
  const { one_way, duplicates, streams, names, malformed_bytes = 0, non_ip_bytes = {} } = summary.coverage ?? {};
  if (malformed_bytes > 0 && bytes.seen > 0)
    out.push(
      `Not decoded: ${formatShare(packets.malformed / packets.seen)} of the packets, ${formatShare(malformed_bytes / bytes.seen)} of the bytes`,
    );
  if (one_way !== undefined && one_way.one_way > 0)
    out.push(`One direction only: ${formatShare(one_way.one_way / one_way.closed)} of the flows`);
  if (streams !== undefined && streams.missing_bytes > 0)
    out.push(
      `Never seen: ${formatShare(streams.missing_bytes / (streams.seen_bytes + streams.missing_bytes))} of the bytes that TCP streams acknowledged (a sample of the flows)`,
    );
  if (duplicates !== undefined && duplicates.found > 0) out.push(copies(duplicates, losses.span_duplicate !== undefined));
  if (names !== undefined)
    out.push(
      `Names: ${formatCount(names.named)} of ${formatCount(names.encrypted)} TLS and QUIC flows to the outside say for whom they are`,
    );
  if (Object.keys(non_ip).length > 0)
    out.push(`Without IP: ${listed(non_ip)} (${formatBytes(Object.values(non_ip_bytes).reduce((sum, n) => sum + n, 0))})`);
  const lost = Object.entries(losses) as [LossReason, number][];
  if (lost.length > 0)
    out.push(
      "Losses",
      ...table(
        lost.map(([reason, n]) => [reason, formatCount(n), LOSS_REASONS[reason]]),
        [1],
      ),
    );
  for (const { name, warning } of files) if (warning !== undefined) out.push(`${name}: ${warning}`);
}

function copies({ looked, found }: { looked: number; found: number }, areLeftOut: boolean): string {
  const share = formatShare(found / looked);
  return areLeftOut
    ? `Seen twice: ${share} of the packets; the copies were left out`
    : `Seen twice: ${share} of the packets looked at; counted twice (capture.duplicates: suppress leaves copies out)`;
}

function listed(counts: Record<string, number>): string {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? "none" : entries.map(([name, n]) => `${name} ${formatCount(n)}`).join(", ");
}

function more(total: number, what: string): string[] {
  return total > ROWS_SHOWN ? [`  and ${total - ROWS_SHOWN} more ${what}`] : [];
}

/** Columns in line, two spaces apart; those named are right-aligned. */
function table(rows: readonly string[][], right: readonly number[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, text] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length);
  return rows.map((row) => {
    const cells = row.map((text, column) => (right.includes(column) ? text.padStart(widths[column]) : text.padEnd(widths[column])));
    return `  ${cells.join("  ").trimEnd()}`;
  });
}
