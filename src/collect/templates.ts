import type { TemplateShare } from "./sender.ts";
import type { RoomHolder } from "./shared-room.ts";
import type { Template } from "./template.ts";

/** Templates of one exporter and domain, at most. */
const MOST = 1024;

interface Kept {
  template: Template;
  announcedMicros: number;
}

/**
 * Templates of one exporter and observation domain by id (RFC 3954 §5.1, RFC 7011 §3.4.1, §8), in the order they were
 * announced. When there are too many the one that was announced the longest ago goes; when the room that all senders share is full,
 * that of whoever takes most of it.
 */
export class Templates implements RoomHolder {
  bytes = 0;
  private readonly byId = new Map<number, Kept>();
  private readonly share: TemplateShare;
  private readonly lifetimeMicros: number;

  constructor(share: TemplateShare, lifetimeMicros: number) {
    this.share = share;
    this.lifetimeMicros = lifetimeMicros;
  }

  get size(): number {
    return this.byId.size;
  }

  /** `nowMicros`: NaN when nobody knows, then age is not asked for. The template in force; undefined when there is none, or it is too old to be trusted (RFC 7011 §8.4). */
  get(id: number, nowMicros: number): Template | undefined {
    const kept = this.byId.get(id);
    if (kept === undefined) return undefined;
    if (nowMicros - kept.announcedMicros > this.lifetimeMicros) {
      this.withdraw(id);
      return undefined;
    }
    return kept.template;
  }

  /** Takes an announcement. `full`: another one had to go, or there was no room for this one. */
  put(template: Template, nowMicros: number): "taken" | "full" {
    this.withdraw(template.id);
    const isCrowded = this.byId.size >= MOST;
    if (isCrowded) this.giveUpOldest();
    const room = this.share.room.make(this.share, template.bytes);
    if (room === "none") return "full";
    this.byId.set(template.id, { template, announcedMicros: nowMicros });
    this.count(template.bytes);
    return isCrowded || room === "freed" ? "full" : "taken";
  }

  withdraw(id: number): void {
    const kept = this.byId.get(id);
    if (kept === undefined) return;
    this.byId.delete(id);
    this.count(-kept.template.bytes);
  }

  /** RFC 7011 §8.1, "all templates" of a kind. */
  withdrawAll(isOptions: boolean): void {
    for (const [id, { template }] of [...this.byId]) if (template.isOptions === isOptions) this.withdraw(id);
  }

  /** The exporter began anew, with templates of its own choice (RFC 3954 §9). */
  clear(): void {
    for (const id of [...this.byId.keys()]) this.withdraw(id);
  }

  giveUpOldest(): void {
    for (const id of this.byId.keys()) {
      this.withdraw(id);
      return;
    }
  }

  /** Gives up those that are too old to be used at `nowMicros`. */
  expire(nowMicros: number): void {
    for (const [id, { announcedMicros }] of this.byId) {
      if (!(nowMicros - announcedMicros > this.lifetimeMicros)) return;
      this.withdraw(id);
    }
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.share.changed(this, bytes);
  }
}
