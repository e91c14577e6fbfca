/** Somebody who takes part of the room. */
export interface RoomHolder {
  /** Bytes that it takes. */
  readonly bytes: number;
  /** Gives up what it has had for the longest. It has something. */
  giveUpOldest(): void;
}

/**
 * Room that all senders share. When it is full, whoever takes most of it gives something up: a sender that keeps within an equal
 * share loses nothing, whatever others send.
 */
export class SharedRoom {
  private readonly most: number;
  private readonly holders = new Set<RoomHolder>();
  private used = 0;
  /** No holder takes more than this: whoever takes as much needs no look at the others. */
  private ceiling = 0;

  /** `most`: bytes. */
  constructor(most: number) {
    this.most = most;
  }

  /**
   * Makes room for `bytes` more of this holder. "none": it takes most of the room already and has nothing to give up, or gives
   * up nothing of its own for more of its own.
   */
  make(holder: RoomHolder, bytes: number, givesUpOwn = true): "free" | "freed" | "none" {
    let outcome: "free" | "freed" | "none" = "free";
    while (this.used + bytes > this.most) {
      const largest = this.largest(holder, bytes);
      if (largest.bytes === 0 || (largest === holder && !givesUpOwn)) return "none";
      largest.giveUpOldest();
      outcome = "freed";
    }
    return outcome;
  }

  /** The holder has so many bytes more, or less when negative. */
  changed(holder: RoomHolder, bytes: number): void {
    this.used += bytes;
    this.ceiling = Math.max(this.ceiling, holder.bytes);
    if (holder.bytes === 0) this.holders.delete(holder);
    else this.holders.add(holder);
  }

  /** Who takes the most when `candidate` gets `bytes` more. */
  private largest(candidate: RoomHolder, bytes: number): RoomHolder {
    let found = candidate;
    let most = candidate.bytes + bytes;
    if (most >= this.ceiling) return found;
    for (const holder of this.holders) {
      if (holder.bytes <= most) continue;
      found = holder;
      most = holder.bytes;
    }
    this.ceiling = most;
    return found;
  }
}
