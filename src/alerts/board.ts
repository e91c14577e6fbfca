import { Oldest } from "../lib/oldest.ts";
import { type Alert, SEVERITIES } from "../model/alert.ts";
import type { Group } from "./group.ts";

/** What goes first when there is no room: closed alerts, then those nobody took from the least severe up, then taken ones. */
const CLOSED = 0;
const TAKEN = SEVERITIES.length + 1;

/** All alerts in memory, at most `limit`, and the newest alert of each thread. */
export class Board {
  /** Alerts dropped for want of room, by whether they were closed; and findings whose alert found no room at all. */
  evictedClosed = 0;
  evictedOpen = 0;
  refused = 0;
  private readonly groups = new Map<string, Group>();
  private readonly ranks = new Map<string, number>();
  /** Ids by rank; within a rank the longest there stands first. */
  private readonly shelves: Set<string>[] = Array.from({ length: TAKEN + 1 }, () => new Set());
  private readonly oldest = this.shelves.map((shelf) => new Oldest(shelf));
  private readonly newest = new Map<string, Group>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.groups.size;
  }

  get(id: string): Group | undefined {
    return this.groups.get(id);
  }

  /** The newest alert of a dedupe key. */
  ofThread(key: string): Group | undefined {
    return this.newest.get(key);
  }

  all(): IterableIterator<Group> {
    return this.groups.values();
  }

  /** Ids in the given state or rank that a sweep needs to look at. */
  *snoozed(): Iterable<Group> {
    for (let rank = 1; rank < TAKEN; rank += 1)
      for (const id of this.shelves[rank]) {
        const group = this.groups.get(id);
        if (group?.alert.state === "snoozed") yield group;
      }
  }

  /**
   * Makes room for an alert of this severity. Returns what had to go (undefined: there was room), or "full" when everything
   * that stands here is worth more.
   */
  makeRoom(alert: Pick<Alert, "severity">): Group | "full" | undefined {
    if (this.groups.size < this.limit) return undefined;
    const worth = SEVERITIES.indexOf(alert.severity) + 1;
    for (let rank = CLOSED; rank <= worth; rank += 1) {
      const first = this.oldest[rank].take();
      if (first === undefined) continue;
      const group = this.groups.get(first)!;
      this.remove(group);
      if (rank === CLOSED) this.evictedClosed += 1;
      else this.evictedOpen += 1;
      return group;
    }
    this.refused += 1;
    return "full";
  }

  put(group: Group): void {
    const older = this.newest.get(group.key);
    if (older !== undefined) older.isNewest = false;
    this.groups.set(group.alert.id, group);
    this.newest.set(group.key, group);
    group.isNewest = true;
    this.refile(group);
  }

  /** To be called when state or severity changed. */
  refile({ alert }: Group): void {
    const rank = alert.state === "closed" ? CLOSED : alert.state === "taken" ? TAKEN : SEVERITIES.indexOf(alert.severity) + 1;
    const before = this.ranks.get(alert.id);
    if (before === rank) return;
    if (before !== undefined) this.shelves[before].delete(alert.id);
    this.shelves[rank].add(alert.id);
    this.ranks.set(alert.id, rank);
  }

  private remove(group: Group): void {
    const { id } = group.alert;
    this.groups.delete(id);
    this.shelves[this.ranks.get(id)!].delete(id);
    this.ranks.delete(id);
    if (group.isNewest) this.newest.delete(group.key);
    group.isNewest = false;
  }
}
