import type { ExportKind } from "../model/facts.ts";
import { Exporter, type ExporterOptions } from "./exporter.ts";

/** Only an exporter that was silent this long makes room for another: whoever invents addresses drives out nobody who works. */
const SILENT_MICROS = 3600e6;

/** Every exporter and observation domain that spoke, up to a limit. */
export class ExporterTable {
  private readonly byKey = new Map<string, Exporter>();
  private readonly limit: number;
  private readonly options: ExporterOptions;

  constructor(limit: number, options: ExporterOptions) {
    this.limit = limit;
    this.options = options;
  }

  get size(): number {
    return this.byKey.size;
  }

  values(): IterableIterator<Exporter> {
    return this.byKey.values();
  }

  /** Made at its first message; undefined when there is no room. `onGone` hears of one that had to make room. */
  get(observer: string, kind: ExportKind, domainId: number, nowMicros: number, onGone: (gone: Exporter) => void): Exporter | undefined {
    const key = `${kind} ${domainId} ${observer}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.byKey.size >= this.limit) {
      const [oldestKey, oldest] = this.longestSilent();
      if (!(nowMicros - oldest.lastMicros > SILENT_MICROS)) return undefined;
      this.byKey.delete(oldestKey);
      onGone(oldest);
    }
    const exporter = new Exporter(observer, kind, domainId, this.options);
    this.byKey.set(key, exporter);
    return exporter;
  }

  private longestSilent(): [string, Exporter] {
    let found: [string, Exporter] | undefined;
    for (const entry of this.byKey) if (found === undefined || entry[1].lastMicros < found[1].lastMicros) found = entry;
    return found!;
  }
}
