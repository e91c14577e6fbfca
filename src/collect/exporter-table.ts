import type { ExportKind } from "../model/facts.ts";
import { Exporter } from "./exporter.ts";
import { Sender, type SharedRooms } from "./sender.ts";

/** Only an exporter that was silent this long makes room for one of another sender: whoever invents addresses drives out nobody who works. */
const SILENT_MICROS = 3600e6;

/**
 * Every exporter and observation domain that spoke, up to a limit. Of a sender that has more than half of them, by domains or
 * agents that it made up, one makes room for another's; one of fewer domains loses none, however many senders are invented.
 */
export class ExporterTable {
  private readonly byKey = new Map<string, Exporter>();
  private readonly senders = new Map<string, Sender>();
  private readonly limit: number;
  private readonly rooms: SharedRooms;
  private readonly templateLifetimeMicros: number;

  constructor(limit: number, rooms: SharedRooms, templateLifetimeMicros: number) {
    this.limit = limit;
    this.rooms = rooms;
    this.templateLifetimeMicros = templateLifetimeMicros;
  }

  get size(): number {
    return this.byKey.size;
  }

  values(): IterableIterator<Exporter> {
    return this.byKey.values();
  }

  /**
   * Made at its first message, which came from the address `from`; undefined when there is no room. `onGone` hears of one that
   * had to make room.
   */
  get(
    from: string,
    observer: string,
    kind: ExportKind,
    domainId: number,
    nowMicros: number,
    onGone: (gone: Exporter) => void,
  ): Exporter | undefined {
    const key = `${kind} ${domainId} ${observer}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    if (this.byKey.size >= this.limit) {
      const oldest = this.oneTooMany(from) ?? this.longestSilent(nowMicros);
      if (oldest === undefined) return undefined;
      onGone(oldest[1]);
      this.remove(oldest[0]);
    }
    const exporter = new Exporter(observer, kind, domainId, this.senderOf(from), this.templateLifetimeMicros);
    exporter.sender.exporters += 1;
    this.byKey.set(key, exporter);
    return exporter;
  }

  private senderOf(from: string): Sender {
    let sender = this.senders.get(from);
    if (sender === undefined) {
      sender = new Sender(this.rooms);
      this.senders.set(from, sender);
    }
    return sender;
  }

  private remove(key: string): void {
    const exporter = this.byKey.get(key);
    if (exporter === undefined) return;
    this.byKey.delete(key);
    exporter.sender.exporters -= 1;
    if (exporter.sender.exporters > 0) return;
    for (const [from, sender] of this.senders) if (sender === exporter.sender) this.senders.delete(from);
  }

  /** Of the sender that has more than half of all, and would still have more than `from` will have, the exporter that was silent the longest. */
  private oneTooMany(from: string): [string, Exporter] | undefined {
    let largest: Sender | undefined;
    for (const sender of this.senders.values()) if (largest === undefined || sender.exporters > largest.exporters) largest = sender;
    if (largest === undefined || largest.exporters * 2 <= this.limit) return undefined;
    if (largest.exporters - 1 <= (this.senders.get(from)?.exporters ?? 0) + 1) return undefined;
    return this.silent((exporter) => exporter.sender === largest);
  }

  private longestSilent(nowMicros: number): [string, Exporter] | undefined {
    const oldest = this.silent(() => true);
    return oldest !== undefined && nowMicros - oldest[1].lastMicros > SILENT_MICROS ? oldest : undefined;
  }

  private silent(isWanted: (exporter: Exporter) => boolean): [string, Exporter] | undefined {
    let found: [string, Exporter] | undefined;
    for (const entry of this.byKey)
      if (isWanted(entry[1]) && (found === undefined || entry[1].lastMicros < found[1].lastMicros)) found = entry;
    return found;
  }
}
