import { HeldShare } from "./held-sets.ts";
import type { RoomHolder, SharedRoom } from "./shared-room.ts";

/** What the templates of one sender take, of all its observation domains together. */
export class TemplateShare implements RoomHolder {
  bytes = 0;
  private readonly members = new Set<RoomHolder>();
  readonly room: SharedRoom;

  constructor(room: SharedRoom) {
    this.room = room;
  }

  /** Of the domain that takes most of the share, the oldest. */
  giveUpOldest(): void {
    let largest: RoomHolder | undefined;
    for (const member of this.members) if (largest === undefined || member.bytes > largest.bytes) largest = member;
    largest?.giveUpOldest();
  }

  /** A member has so many bytes more, or less when negative. */
  changed(member: RoomHolder, bytes: number): void {
    this.bytes += bytes;
    if (member.bytes === 0) this.members.delete(member);
    else this.members.add(member);
    this.room.changed(this, bytes);
  }
}

export interface SharedRooms {
  templates: SharedRoom;
  held: SharedRoom;
  /** A set that waited for its template was given up for want of room. */
  onGivenUp(): void;
}

/**
 * Whoever sends export messages, by the address they come from: what a message says of itself (agent, domain, engine) makes
 * exporters of it, and as many as it likes, so that room is shared out among senders.
 */
export class Sender {
  readonly templates: TemplateShare;
  readonly held: HeldShare;
  exporters = 0;

  constructor(rooms: SharedRooms) {
    this.templates = new TemplateShare(rooms.templates);
    this.held = new HeldShare(rooms.held, rooms.onGivenUp);
  }
}
