import { BoundedMap } from "../lib/bounded-map.ts";
import type { CollectStatus, ExporterStatus } from "../model/sensor-status.ts";

const EXPORTERS_KEPT = 1024;
/** Intervals between messages that are averaged; fewer say nothing. */
const LEAST_MESSAGES = 3;
/** "exporter silent > 3 × its interval" (catalogue 30). */
const SILENT_INTERVALS = 3;

export type ExporterCause = "exporter-silent" | "templates" | "sampling";
export type TellExporter = (cause: ExporterCause, exporter: string, isBad: boolean, nowMs: number, sinceMs: number, text: string) => void;

/** Its interval is that of late: one that began to speak less often is not measured by its whole life. */
const WINDOW_MS = 3_600_000;

interface Row {
  /** Where the window that is averaged began. */
  fromMs: number;
  fromPackets: number;
  /** Of the window before, or before the sensor began anew; 0: not known. */
  usualMs: number;
  packets: number;
  /** Wall time of its newest message. */
  lastMs: number;
  waitingSinceMs: number | undefined;
  /** What was said last of each cause. */
  said: Map<ExporterCause, boolean>;
}

/** Whether each flow exporter speaks as it usually does. Wall time. The one met first is forgotten when there are too many. */
export class ExporterWatch {
  private readonly rows = new BoundedMap<string, Row>(EXPORTERS_KEPT);
  private readonly settings: Readonly<Record<"exporterSeconds" | "templateSeconds", number>>;
  private readonly tell: TellExporter;

  constructor(settings: Readonly<Record<"exporterSeconds" | "templateSeconds", number>>, tell: TellExporter) {
    this.settings = settings;
    this.tell = tell;
  }

  onStatus(collect: CollectStatus, nowMs: number): void {
    for (const exporter of collect.exporters) {
      const name = `${exporter.observer} ${exporter.kind} ${exporter.domainId}`;
      const row = this.rowOf(name, exporter, nowMs);
      if (exporter.packets !== row.packets) {
        // The sensor began anew: so do the count and the time it is held against.
        if (exporter.packets < row.packets) openWindow(row, exporter.packets, nowMs);
        row.packets = exporter.packets;
        row.lastMs = nowMs;
        if (nowMs - row.fromMs > WINDOW_MS && row.packets - row.fromPackets >= LEAST_MESSAGES) openWindow(row, row.packets, nowMs);
      }
      this.judgeTemplates(name, row, exporter, nowMs);
      this.judgeSampling(name, row, exporter, nowMs);
    }
    this.onTick(nowMs);
  }

  onTick(nowMs: number): void {
    for (const [name, row] of this.rows) {
      const limitMs = Math.max(this.settings.exporterSeconds * 1000, intervalOf(row) * SILENT_INTERVALS);
      const silentMs = nowMs - row.lastMs;
      this.say(
        row,
        "exporter-silent",
        name,
        silentMs > limitMs,
        nowMs,
        row.lastMs,
        () => `no message for ${Math.floor(silentMs / 1000)} seconds`,
      );
    }
  }

  private judgeTemplates(name: string, row: Row, { waitingSets }: ExporterStatus, nowMs: number): void {
    if (waitingSets === 0) row.waitingSinceMs = undefined;
    else row.waitingSinceMs ??= nowMs;
    const sinceMs = row.waitingSinceMs ?? nowMs;
    const isBad = nowMs - sinceMs > this.settings.templateSeconds * 1000;
    this.say(row, "templates", name, isBad, nowMs, sinceMs, () => `${waitingSets} sets wait for a template that does not come`);
  }

  private judgeSampling(name: string, row: Row, exporter: ExporterStatus, nowMs: number): void {
    const { unsampledRecords, records, samplingRate } = exporter;
    const isBad = samplingRate !== undefined && samplingRate > 1 && records > 0 && unsampledRecords * 2 > records;
    this.say(
      row,
      "sampling",
      name,
      isBad,
      nowMs,
      nowMs,
      () => `${unsampledRecords} of ${records} records have no known sampling rate, others have 1 in ${samplingRate}`,
    );
  }

  private say(row: Row, cause: ExporterCause, name: string, isBad: boolean, nowMs: number, sinceMs: number, text: () => string): void {
    const before = row.said.get(cause);
    row.said.set(cause, isBad);
    // The first good word clears too: an alert of the run before may still stand.
    if (isBad || before !== false) this.tell(cause, name, isBad, nowMs, sinceMs, isBad ? text() : "");
  }

  private rowOf(name: string, { packets }: ExporterStatus, nowMs: number): Row {
    const known = this.rows.get(name);
    if (known !== undefined) return known;
    const made: Row = {
      fromMs: nowMs,
      fromPackets: packets,
      usualMs: 0,
      packets,
      lastMs: nowMs,
      waitingSinceMs: undefined,
      said: new Map(),
    };
    this.rows.set(name, made);
    return made;
  }
}

/** Between two messages, of late; 0: not known. */
function intervalOf({ packets, fromPackets, lastMs, fromMs, usualMs }: Row): number {
  const messages = packets - fromPackets;
  return messages < LEAST_MESSAGES ? usualMs : (lastMs - fromMs) / messages;
}

function openWindow(row: Row, packets: number, nowMs: number): void {
  row.usualMs = intervalOf(row);
  row.fromPackets = packets;
  row.fromMs = nowMs;
}
