import type { CollectStatus, ExporterStatus } from "../model/sensor-status.ts";

const EXPORTERS_KEPT = 1024;
/** Intervals between messages that are averaged; fewer say nothing. */
const LEAST_MESSAGES = 3;
/** "exporter silent > 3 × its interval" (catalogue 30). */
const SILENT_INTERVALS = 3;

export type ExporterCause = "exporter-silent" | "templates" | "sampling";
export type TellExporter = (cause: ExporterCause, exporter: string, isBad: boolean, nowMs: number, sinceMs: number, text: string) => void;

interface Row {
  firstMs: number;
  firstPackets: number;
  packets: number;
  /** Wall time of its newest message. */
  lastMs: number;
  waitingSinceMs: number | undefined;
  /** What was said last of each cause. */
  said: Map<ExporterCause, boolean>;
}

/** Whether each flow exporter speaks as it usually does. Wall time. The one met first is forgotten when there are too many. */
export class ExporterWatch {
  private readonly rows = new Map<string, Row>();
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
        // The sensor began anew: so does the count.
        if (exporter.packets < row.packets) row.firstPackets = exporter.packets;
        row.packets = exporter.packets;
        row.lastMs = nowMs;
      }
      this.judgeTemplates(name, row, exporter, nowMs);
      this.judgeSampling(name, row, exporter, nowMs);
    }
    this.onTick(nowMs);
  }

  onTick(nowMs: number): void {
    for (const [name, row] of this.rows) {
      const messages = row.packets - row.firstPackets;
      const intervalMs = messages < LEAST_MESSAGES ? 0 : (row.lastMs - row.firstMs) / messages;
      const limitMs = Math.max(this.settings.exporterSeconds * 1000, intervalMs * SILENT_INTERVALS);
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
    if (this.rows.size >= EXPORTERS_KEPT)
      for (const oldest of this.rows.keys()) {
        this.rows.delete(oldest);
        break;
      }
    const made: Row = { firstMs: nowMs, firstPackets: packets, packets, lastMs: nowMs, waitingSinceMs: undefined, said: new Map() };
    this.rows.set(name, made);
    return made;
  }
}
