import type { RoomHolder, SharedRoom } from "./shared-room.ts";

/** The time that a message tells of itself, for the records in it. */
export interface MessageTimes {
  /** When it was sent, by the exporter's clock, microseconds. */
  exportMicros: number;
  /** The exporter's uptime at that moment, milliseconds; NaN where the message does not tell. */
  uptimeMs: number;
  /** When the uptime was zero, as the exporter told elsewhere, milliseconds; NaN: it did not. */
  bootMs: number;
  /** Time of arrival, microseconds; NaN when nobody knows. */
  arrivalMicros: number;
}

export interface HeldSet extends MessageTimes {
  templateId: number;
  /** A copy of the set without its header. */
  bytes: Buffer;
}

const OVERHEAD = 128;

/** What one sender has waiting, of all its observation domains, in the order it came. */
export class HeldShare implements RoomHolder {
  bytes = 0;
  readonly room: SharedRoom;
  private readonly owners = new Map<HeldSet, HeldSets>();
  private readonly onGivenUp: () => void;

  /** `onGivenUp` hears of each set that had to make room for somebody else's. */
  constructor(room: SharedRoom, onGivenUp: () => void) {
    this.room = room;
    this.onGivenUp = onGivenUp;
  }

  put(set: HeldSet, owner: HeldSets): void {
    this.owners.set(set, owner);
    this.count(sizeOf(set));
  }

  takeOut(set: HeldSet): void {
    if (this.owners.delete(set)) this.count(-sizeOf(set));
  }

  giveUpOldest(): void {
    for (const [set, owner] of this.owners) {
      owner.giveUp(set);
      this.onGivenUp();
      return;
    }
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    this.room.changed(this, bytes);
  }
}

/** Data sets of one exporter and domain that came before their template: kept as they are until it comes. What finds no room is lost. */
export class HeldSets {
  private readonly byTemplate = new Map<number, Set<HeldSet>>();
  private readonly share: HeldShare;
  count = 0;

  constructor(share: HeldShare) {
    this.share = share;
  }

  /** Copies the set. "freed": somebody who had more than a share gave way; "none": there is no room. */
  hold(templateId: number, bytes: Buffer, start: number, end: number, times: Readonly<MessageTimes>): "free" | "freed" | "none" {
    const outcome = this.share.room.make(this.share, end - start + OVERHEAD, false);
    if (outcome === "none") return outcome;
    const { exportMicros, uptimeMs, bootMs, arrivalMicros } = times;
    const set = { templateId, bytes: Buffer.from(bytes.subarray(start, end)), exportMicros, uptimeMs, bootMs, arrivalMicros };
    const waiting = this.byTemplate.get(templateId);
    if (waiting === undefined) this.byTemplate.set(templateId, new Set([set]));
    else waiting.add(set);
    this.share.put(set, this);
    this.count += 1;
    return outcome;
  }

  /** Takes out those that waited for this template, oldest first. */
  release(templateId: number): HeldSet[] {
    const waiting = [...(this.byTemplate.get(templateId) ?? [])];
    for (const set of waiting) this.giveUp(set);
    return waiting;
  }

  /** Gives up those that came before `micros`. Returns how many there were. */
  expire(micros: number): number {
    const before = this.count;
    for (const waiting of [...this.byTemplate.values()]) for (const set of waiting) if (!(set.arrivalMicros >= micros)) this.giveUp(set);
    return before - this.count;
  }

  giveUp(set: HeldSet): void {
    const waiting = this.byTemplate.get(set.templateId);
    if (waiting === undefined || !waiting.delete(set)) return;
    if (waiting.size === 0) this.byTemplate.delete(set.templateId);
    this.share.takeOut(set);
    this.count -= 1;
  }
}

function sizeOf(set: HeldSet): number {
  return set.bytes.length + OVERHEAD;
}
