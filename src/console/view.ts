import type { RowSource } from "./topics.ts";
import type { Row } from "./wire.ts";

const MOST_DELTAS = 256;
const LONGEST_RING_MS = 60_000;
const MOST_RING_CHARS = 4 * 1024 * 1024;

export type Fields = { id: string } & Record<string, unknown>;

/** A step of a view from `prev` to `seq`. State, not events: last values of changed fields, so that steps can be merged. */
export interface Delta {
  prev: number;
  seq: number;
  asOf: number | null;
  put: Fields[];
  drop: string[];
  total: number;
  atMs: number;
  /** The frame from after its `id` on, the same for every socket. */
  tail: string;
}

/** One picture (topic and parameters), shared by all sockets that look at it. */
export class View {
  /** Steps are counted from here on, never from a number that an earlier view of the same topic has used. */
  seq: number;
  asOf: number | null = null;
  total = 0;
  /** Wall time when the last socket left; undefined while somebody looks. */
  idleSinceMs: number | undefined;
  refreshedMs = Number.NEGATIVE_INFINITY;

  private readonly source: RowSource;
  private rows = new Map<string, { text: string; fields: Map<string, string>; row: Row }>();
  private ring: Delta[] = [];
  private ringChars = 0;

  constructor(source: RowSource, startSeq = 0) {
    this.source = source;
    this.seq = startSeq;
  }

  /** Looks again. Returns true when something changed: then there is a new delta. */
  refresh(nowMs: number, asOf: number | null): boolean {
    this.refreshedMs = nowMs;
    const { rows, total } = this.source(nowMs);
    const put: Fields[] = [];
    const next: typeof this.rows = new Map();
    for (const row of rows) {
      const text = JSON.stringify(row);
      const before = this.rows.get(row.id);
      if (before?.text === text) {
        next.set(row.id, before);
        continue;
      }
      const fields = new Map(Object.entries(row).map(([name, value]) => [name, JSON.stringify(value)]));
      const changed: Fields = { id: row.id };
      for (const [name, value] of Object.entries(row)) if (before?.fields.get(name) !== fields.get(name)) changed[name] = value;
      put.push(changed);
      next.set(row.id, { text, fields, row });
    }
    const drop = [...this.rows.keys()].filter((id) => !next.has(id));
    this.rows = next;
    this.asOf = asOf;
    const hasChanged = put.length > 0 || drop.length > 0 || total !== this.total;
    this.total = total;
    if (hasChanged) this.keep({ prev: this.seq, seq: this.seq + 1, asOf, put, drop, total, atMs: nowMs, tail: "" });
    return hasChanged;
  }

  snapshot(): Row[] {
    return [...this.rows.values()].map((kept) => kept.row);
  }

  /** What happened after `seq`, as one delta; "none" when nothing did, undefined when the ring no longer tells. */
  since(seq: number, nowMs: number): Delta | "none" | undefined {
    if (seq === this.seq) return "none";
    if (seq > this.seq || seq < 0) return undefined;
    const steps = this.ring.filter((delta) => delta.seq > seq);
    if (steps.length !== this.seq - seq || nowMs - steps[0].atMs > LONGEST_RING_MS) return undefined;
    return steps.length === 1 ? steps[0] : merge(steps);
  }

  private keep(delta: Delta): void {
    delta.tail = tailOf(delta);
    this.seq = delta.seq;
    this.ring.push(delta);
    this.ringChars += delta.tail.length;
    while (
      this.ring.length > MOST_DELTAS ||
      (this.ring.length > 0 && (this.ringChars > MOST_RING_CHARS || delta.atMs - this.ring[0].atMs > LONGEST_RING_MS))
    ) {
      this.ringChars -= this.ring.shift()?.tail.length ?? 0;
    }
  }
}

function merge(steps: readonly Delta[]): Delta {
  const put = new Map<string, Fields>();
  const drop = new Set<string>();
  for (const step of steps) {
    for (const id of step.drop) {
      put.delete(id);
      drop.add(id);
    }
    for (const fields of step.put) {
      drop.delete(fields.id);
      put.set(fields.id, { ...put.get(fields.id), ...fields });
    }
  }
  const last = steps[steps.length - 1];
  const merged: Delta = { ...last, prev: steps[0].prev, put: [...put.values()], drop: [...drop] };
  merged.tail = tailOf(merged);
  return merged;
}

function tailOf({ prev, seq, asOf, put, drop, total }: Delta): string {
  return JSON.stringify({ prev, seq, asOf, put, drop, total }).slice(1);
}
