import type { Template } from "./template.ts";

/** Room that all exporters share, bytes. */
export interface Budget {
  used: number;
  readonly most: number;
}

/** Templates of one exporter and domain, at most. */
const MOST = 1024;

interface Kept {
  template: Template;
  announcedMicros: number;
}

/**
 * Templates of one exporter and observation domain by id (RFC 3954 §5.1, RFC 7011 §3.4.1, §8). When there is no room the one
 * that was announced the longest ago goes.
 */
export class Templates {
  private readonly byId = new Map<number, Kept>();
  private readonly budget: Budget;
  private readonly lifetimeMicros: number;

  constructor(budget: Budget, lifetimeMicros: number) {
    this.budget = budget;
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
    let outcome: "taken" | "full" = "taken";
    while (this.byId.size > 0 && (this.byId.size >= MOST || this.budget.used + template.bytes > this.budget.most)) {
      const [oldest] = this.byId.keys();
      this.withdraw(oldest);
      outcome = "full";
    }
    if (this.budget.used + template.bytes > this.budget.most) return "full";
    this.budget.used += template.bytes;
    this.byId.set(template.id, { template, announcedMicros: nowMicros });
    return outcome;
  }

  withdraw(id: number): void {
    const kept = this.byId.get(id);
    if (kept === undefined) return;
    this.budget.used -= kept.template.bytes;
    this.byId.delete(id);
  }

  /** RFC 7011 §8.1, "all templates" of a kind. */
  withdrawAll(isOptions: boolean): void {
    for (const [id, { template }] of [...this.byId]) if (template.isOptions === isOptions) this.withdraw(id);
  }
}
