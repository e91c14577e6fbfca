import type { ExportKind } from "../model/facts.ts";
import type { FlowBatch } from "../model/flow.ts";
import { type CollectStatus, EXPORTERS_TOLD } from "../model/sensor-status.ts";
import type { Losses } from "../obs/losses.ts";
import { Answered } from "./answered.ts";
import type { ExportMessage } from "./export-message.ts";
import { ExportedFlow } from "./exported-flow.ts";
import type { Exporter } from "./exporter.ts";
import { ExporterTable } from "./exporter-table.ts";
import { FlowWriter } from "./flow-writer.ts";
import type { CollectContext, ExportProtocol } from "./protocol.ts";
import { boundTimes } from "./record-times.ts";
import type { FrameReader } from "./sampled-frame.ts";
import { SharedRoom } from "./shared-room.ts";

export interface CollectLimits {
  /** Exporters and observation domains known at once. */
  exporters: number;
  /** Room for all templates together, bytes. */
  templateBytes: number;
  /** Room for data that waits for its template, of all exporters together, bytes. */
  heldBytes: number;
  /** Data waits so long for its template, seconds. */
  heldSeconds: number;
  /** A template that was not announced again for so long is not used any more, seconds. */
  templateSeconds: number;
  /** How far a flow's end may be from the arrival of its record, seconds; Infinity: it is believed as it is. */
  skewSeconds: number;
}

export const DEFAULT_LIMITS: CollectLimits = {
  exporters: 1024,
  templateBytes: 16 << 20,
  heldBytes: 1 << 20,
  heldSeconds: 1800,
  templateSeconds: 86_400,
  // Of a recording, whose times are of one age, nothing is bent.
  skewSeconds: Number.POSITIVE_INFINITY,
};

export interface CollectorOptions {
  /** Takes the flows, each of them closed; the batch is only valid during the call. */
  onBatch(batch: FlowBatch): void;
  readFrame: FrameReader;
  losses: Losses;
  thread: number;
  /** Fills words with random bits: the key of a hash. */
  random(words: Int32Array): void;
  limits?: Partial<CollectLimits>;
}

/** Export messages to flow events. Whatever is in a message ends as flows or as counts, never as an exception. */
export interface Collector {
  /** Reads one message; false when it is of no known protocol. The message's `end` and `observer` may change. */
  take(message: ExportMessage): boolean;
  /** A message from somebody who is not on the list was left alone. */
  refuse(): void;
  /** Hands on what is gathered; gives up data that waited too long by `nowMicros`, and templates that are too old. */
  flush(nowMicros?: number): void;
  /** There will be no more: data that still waits is lost. */
  finish(): void;
  status(): CollectStatus;
  /** Flow records by transport. */
  transports(): Record<string, number>;
}

export function collectorOf(protocols: readonly ExportProtocol[], options: CollectorOptions): Collector {
  const { losses } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const writer = new FlowWriter(options.onBatch, options.thread);
  const answered = new Answered(options.random);
  const rooms = {
    templates: new SharedRoom(limits.templateBytes),
    held: new SharedRoom(limits.heldBytes),
    onGivenUp: () => context.dropped(1),
  };
  const exporters = new ExporterTable(limits.exporters, rooms, limits.templateSeconds * 1e6);
  const counts = { packets: 0, options: 0, held: 0, dropped: 0, malformed: 0, refused: 0 };
  let newestMicros = 0;
  /** Address that the message at hand came from. */
  let from = "";

  const context: CollectContext = {
    flow: new ExportedFlow(),
    readFrame: options.readFrame,
    exporterOf(message: ExportMessage, kind: ExportKind, domainId: number): Exporter | undefined {
      const exporter = exporters.get(from, message.observer, kind, domainId, newestMicros, forget);
      if (exporter === undefined) losses.add("export_limit");
      return exporter;
    },
    emit(exporter, arrivalMicros) {
      const { flow } = context;
      if (boundTimes(flow, arrivalMicros, limits.skewSeconds * 1e6, exporter.skewMicros)) losses.add("export_misdated");
      exporter.records += 1;
      if (Number.isNaN(flow.samplingRate)) exporter.unsampledRecords += 1;
      else exporter.samplingRate = flow.samplingRate;
      answered.note(flow);
      writer.write(flow, exporter, arrivalMicros, answered);
    },
    restarted: (exporter) => forget(exporter),
    unaddressed: (records) => losses.add("export_unaddressed", records),
    options(records) {
      counts.options += records;
    },
    held() {
      counts.held += 1;
    },
    dropped(sets) {
      counts.dropped += sets;
      losses.add("template_missing", sets);
    },
    malformed() {
      counts.malformed += 1;
      losses.add("export_malformed");
    },
    lost: (units) => losses.add("export_lost", units),
    full: () => losses.add("export_limit"),
  };

  /** The exporter made room for another, or began anew: what it had is of no use any more. */
  function forget(exporter: Exporter): void {
    drop(exporter, Number.POSITIVE_INFINITY);
    exporter.templates.clear();
    exporter.samplers.clear();
    exporter.bootMs = Number.NaN;
  }

  function drop(exporter: Exporter, beforeMicros: number): void {
    const sets = exporter.held.expire(beforeMicros);
    if (sets > 0) context.dropped(sets);
  }

  return {
    take(message) {
      if (message.arrivalMicros > newestMicros) newestMicros = message.arrivalMicros;
      const protocol = protocols.find((each) => each.matches(message));
      if (protocol === undefined) return false;
      counts.packets += 1;
      from = message.observer;
      protocol.read(message, context);
      return true;
    },
    refuse() {
      counts.refused += 1;
      losses.add("export_refused");
    },
    flush(nowMicros) {
      writer.flush();
      if (nowMicros === undefined) return;
      for (const exporter of exporters.values()) {
        exporter.templates.expire(nowMicros);
        if (exporter.held.count > 0) drop(exporter, nowMicros - limits.heldSeconds * 1e6);
      }
    },
    finish() {
      for (const exporter of exporters.values()) drop(exporter, Number.POSITIVE_INFINITY);
      writer.flush();
    },
    status() {
      const all = [...exporters.values()];
      const told = all.sort((a, b) => b.lastMicros - a.lastMicros).slice(0, EXPORTERS_TOLD);
      return {
        ...counts,
        records: writer.records,
        templates: all.reduce((sum, { templates }) => sum + templates.size, 0),
        exporters: told.map((exporter) => exporter.status()),
        exporterCount: all.length,
      };
    },
    transports: () => writer.transports(),
  };
}
