import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Position } from "../spool/spool.ts";

/**
 * How far alerts and history have made their own what the spool holds. The spool may be trimmed up to the one that is
 * further behind; after a start each carries on from its own position.
 */
export class Progress {
  private readonly path: string;
  private readonly trim: (upTo: Position) => void;
  private marks: { taken: number; position: Position }[] = [];
  private alerts: Position;
  private history: Position;

  constructor(options: { path: string; alertsPosition: string | undefined; trim(upTo: Position): void }) {
    this.path = options.path;
    this.trim = options.trim;
    this.alerts = Number(options.alertsPosition ?? 0);
    this.history = readPosition(options.path);
  }

  get alertsFrom(): Position {
    return this.alerts;
  }

  get historyFrom(): Position {
    return this.history;
  }

  /** History has been given `taken` events by the time the spool was applied up to `position`. */
  applied(position: Position, taken: number): void {
    const last = this.marks.at(-1);
    if (last?.taken === taken) last.position = position;
    else this.marks.push({ taken, position });
  }

  /** The first `taken` events are on disk. */
  historyDurable(taken: number): void {
    let done = 0;
    while (done < this.marks.length && this.marks[done].taken <= taken) done += 1;
    if (done === 0) return;
    this.history = this.marks[done - 1].position;
    this.marks = this.marks.slice(done);
    try {
      writeFileSync(`${this.path}.part`, String(this.history));
      renameSync(`${this.path}.part`, this.path);
    } catch {
      // Not written: after a crash these events are recorded once more, which queries fold by flow; nothing is lost.
    }
    this.trim(Math.min(this.alerts, this.history));
  }

  alertsDurable(position: string): void {
    this.alerts = Number(position);
    this.trim(Math.min(this.alerts, this.history));
  }
}

function readPosition(path: string): Position {
  try {
    const position = Number(readFileSync(path, "utf8"));
    return Number.isFinite(position) ? position : 0;
  } catch {
    return 0;
  }
}
