/** Somebody whose templates take part of the room. */
export interface TemplateHolder {
  /** Bytes that its templates take. */
  readonly bytes: number;
  /** Gives up the template that was announced the longest ago. It has one. */
  giveUpOldest(): void;
}

/**
 * Room that the templates of all exporters share. When it is full, whoever takes most of it gives up templates: an exporter that
 * keeps within an equal share loses none, whatever others announce.
 */
export class TemplateRoom {
  private readonly most: number;
  private readonly holders = new Set<TemplateHolder>();
  private used = 0;
  /** No holder takes more than this: whoever takes as much needs no look at the others. */
  private ceiling = 0;

  /** `most`: bytes. */
  constructor(most: number) {
    this.most = most;
  }

  /** Makes room for `bytes` more of this holder. "none": it takes most of the room already and has nothing to give up. */
  make(holder: TemplateHolder, bytes: number): "free" | "freed" | "none" {
    let outcome: "free" | "freed" | "none" = "free";
    while (this.used + bytes > this.most) {
      const largest = this.largest(holder, bytes);
      if (largest.bytes === 0) return "none";
      largest.giveUpOldest();
      outcome = "freed";
    }
    return outcome;
  }

  /** The holder has so many bytes more, or less when negative. */
  changed(holder: TemplateHolder, bytes: number): void {
    this.used += bytes;
    this.ceiling = Math.max(this.ceiling, holder.bytes);
    if (holder.bytes === 0) this.holders.delete(holder);
    else this.holders.add(holder);
  }

  /** Who takes the most when `candidate` gets `bytes` more. */
  private largest(candidate: TemplateHolder, bytes: number): TemplateHolder {
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
