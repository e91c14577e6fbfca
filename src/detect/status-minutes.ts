import type { SensorStatus } from "../model/sensor-status.ts";

const MINUTES = 12;
const MINUTE_MS = 60_000;

const COUNTERS = ["seen", "drops", "undecoded", "closed", "oneWay"] as const;
type Counter = (typeof COUNTERS)[number];

/**
 * What a sensor counted in each of the last ten whole minutes of wall time, from its cumulative counters. The minute that
 * is still running is not told, so a share is that of whole minutes.
 */
export class StatusMinutes {
  private readonly minutes: (Record<Counter, number> & { minute: number })[] = [];
  private last: Record<Counter, number> | undefined;
  private knowsDrops = true;

  add(status: SensorStatus, nowMs: number): void {
    const { capture, flows } = status;
    if (capture.kernelDrops === undefined) this.knowsDrops = false;
    const now: Record<Counter, number> = {
      seen: capture.seenPackets,
      drops: capture.kernelDrops ?? 0,
      undecoded: status.malformedPackets,
      closed: flows.closed,
      oneWay: flows.oneWayClosed,
    };
    const minute = Math.floor(nowMs / MINUTE_MS);
    let row = this.minutes.at(-1);
    // The clock may step back: then the newest minute goes on.
    if (row === undefined || minute > row.minute) {
      row = { minute, seen: 0, drops: 0, undecoded: 0, closed: 0, oneWay: 0 };
      this.minutes.push(row);
      if (this.minutes.length > MINUTES) this.minutes.shift();
    }
    if (this.last !== undefined) for (const counter of COUNTERS) row[counter] += Math.max(0, now[counter] - this.last[counter]);
    this.last = now;
  }

  totalOf(counter: Counter, minutes: number): number {
    return this.whole(minutes)?.reduce((sum, row) => sum + row[counter], 0) ?? 0;
  }

  /** Share over the last whole minutes together; undefined before there are as many, or when nothing was counted. */
  shareOf(part: Counter, whole: Counter, minutes: number): number | undefined {
    const rows = this.whole(minutes);
    const total = rows?.reduce((sum, row) => sum + row[whole], 0) ?? 0;
    return rows === undefined || total === 0 ? undefined : rows.reduce((sum, row) => sum + row[part], 0) / total;
  }

  /** The smallest share of drops of any of the last whole minutes; undefined when drops are unknown or minutes are missing. */
  leastShareOf(part: Counter, minutes: number): number | undefined {
    const rows = this.knowsDrops ? this.whole(minutes) : undefined;
    if (rows === undefined) return undefined;
    return Math.min(...rows.map((row) => (row.seen > 0 ? row[part] / row.seen : 0)));
  }

  private whole(minutes: number): (Record<Counter, number> & { minute: number })[] | undefined {
    const count = Math.min(minutes, MINUTES - 2);
    // Two more than asked: the running minute, and the first of all, which began somewhere in its middle.
    return this.minutes.length < count + 2 ? undefined : this.minutes.slice(-1 - count, -1);
  }
}
