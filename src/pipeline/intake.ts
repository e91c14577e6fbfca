import { AppError } from "../lib/errors.ts";
import { decodeFlows } from "../link/frame.ts";
import type { Hello } from "../link/hello.ts";
import type { FlowBatch } from "../model/flow.ts";
import type { Losses } from "../obs/losses.ts";
import type { Position, Spool } from "../spool/spool.ts";
import type { Suspect } from "../spool/suspect.ts";

export interface IntakeOptions {
  spool: Spool;
  suspect: Suspect;
  losses: Losses;
  /** Judges a batch. `stages` says which stores still lack it (after a restart some may have it already). */
  judge(batch: FlowBatch, epoch: string, stages: { alerts: boolean; history: boolean }): void;
  /** Alerts up to here are in their journal once it is synced. */
  applied(position: Position): void;
  acknowledge(hello: Hello, sequence: number): void;
}

/**
 * What comes from sensors, in the order of the guarantee: stored in the spool, judged, and acknowledged once the disk has it.
 * A batch sent twice (the acknowledgement was lost) is judged once.
 */
export class Intake {
  private readonly options: IntakeOptions;
  private waiting = new Map<string, { hello: Hello; sequence: number }>();
  private isSyncing = false;

  constructor(options: IntakeOptions) {
    this.options = options;
  }

  take(hello: Hello, sequence: number, payload: Buffer): void {
    const { spool } = this.options;
    if (!spool.has(hello.epoch, hello.thread, sequence)) {
      // Read first: what cannot be read must not be stored, or every start would stumble over it.
      const batch = decodeFlows(payload);
      const position = spool.append(hello.epoch, hello.thread, sequence, payload);
      this.options.judge(batch, hello.epoch, { alerts: true, history: true });
      if (position !== undefined) this.options.applied(position);
    }
    this.waiting.set(`${hello.epoch}/${hello.thread}`, { hello, sequence });
    this.sync();
  }

  /**
   * After a start: what the spool holds beyond what alerts and history had applied is judged again.
   * An entry that ended the core time after time is set aside, and counted. Returns how many flow events were judged.
   */
  recover(alertsFrom: Position, historyFrom: Position): number {
    const { suspect, losses } = this.options;
    let events = 0;
    for (const entry of this.options.spool.read(Math.min(alertsFrom, historyFrom))) {
      const batch = this.read(entry.payload);
      // What is passed over is done with, or the next start would find it again.
      if (!batch || !suspect.mayTry(entry)) {
        if (batch) losses.add("spool_set_aside", batch.count);
        this.options.applied(entry.next);
        continue;
      }
      this.options.judge(batch, entry.epoch, { alerts: entry.position >= alertsFrom, history: entry.position >= historyFrom });
      this.options.applied(entry.next);
      events += batch.count;
    }
    suspect.clear();
    return events;
  }

  /** An entry that an earlier version wrote in another format is left out, and counted. */
  private read(payload: Buffer): FlowBatch | undefined {
    try {
      return decodeFlows(payload);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.options.losses.add("spool_unreadable");
      return undefined;
    }
  }

  /** One sync at a time; what arrives meanwhile is acknowledged by the next. */
  private sync(): void {
    if (this.isSyncing) return;
    this.isSyncing = true;
    const batch = this.waiting;
    this.waiting = new Map();
    this.options.spool.sync(() => {
      this.isSyncing = false;
      // Also when the disk refuses: the spool has said so in health, and detection goes on without that guarantee.
      for (const { hello, sequence } of batch.values()) this.options.acknowledge(hello, sequence);
      if (this.waiting.size > 0) this.sync();
    });
  }
}
