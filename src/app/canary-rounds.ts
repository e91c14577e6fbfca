import { randomBytes } from "node:crypto";
import type { Alerts } from "../alerts/index.ts";
import type { HistoryWriter } from "../history/writer.ts";
import type { Clock } from "../lib/clock.ts";
import { flowsFrames, HEADER_BYTES } from "../link/frame.ts";
import type { Hello } from "../link/hello.ts";
import { FLOW_RECORD_BYTES, type FlowBatch } from "../model/flow.ts";
import type { SelfReport } from "../model/self-report.ts";
import type { Site } from "../model/site.ts";
import type { Log } from "../obs/log.ts";
import type { Core } from "../pipeline/core.ts";
import type { Intake } from "../pipeline/intake.ts";
import type { Spool } from "../spool/spool.ts";
import { Canary, type CanaryOutput, WITHIN_SECONDS } from "./canary.ts";
import { reachHistory, reachLivePages, reachMetrics } from "./canary-probes.ts";
import type { Outlets } from "./outlets.ts";

const TIMEOUT_MS = WITHIN_SECONDS * 1000;

/** What of a core a canary passes through. What a reload replaces is asked for each time. */
export interface CanaryWay {
  clock: Clock;
  log: Log;
  spool: Spool;
  intake: Intake;
  alerts: Alerts;
  outlets: Outlets;
  history: HistoryWriter | undefined;
  /** Of the console. */
  url: string;
  site(): Site;
  core(): Core;
  report(report: SelfReport): void;
}

/** The canaries of one run of the core: a minute after the start, then hourly (see `Canary`). */
export class CanaryRounds {
  readonly canary: Canary;
  readonly stop: () => void;
  private readonly way: CanaryWay;
  private failuresBefore = 0;

  constructor(way: CanaryWay) {
    this.way = way;
    this.canary = new Canary({
      clock: way.clock,
      run: randomBytes(4).toString("hex"),
      site: way.site,
      core: way.core,
      send: (epoch, sequence, batch) => this.send(epoch, sequence, batch),
      outputs: (alert, sequence) => [
        { kind: "alert journal", reached: way.alerts.durable() },
        ...way.outlets.canary(alert),
        ...this.outputs(sequence),
      ],
      report: (missing) => way.report({ about: "canary", missing, withinSeconds: WITHIN_SECONDS }),
    });
    this.stop = this.canary.keepSending(way.log);
  }

  /** What the intake acknowledges: with the disk's word only if no entry failed meanwhile. */
  stored(sequence: number): void {
    if (this.way.spool.failedEntries === this.failuresBefore) this.canary.stored(sequence);
  }

  /** The way that a sensor's batches take. */
  private send(epoch: string, sequence: number, batch: FlowBatch): void {
    const { spool, intake } = this.way;
    const hello: Hello = { epoch, thread: 0, source: "canary", pid: process.pid, recordBytes: FLOW_RECORD_BYTES };
    this.failuresBefore = spool.failedEntries;
    for (const { frame } of flowsFrames(batch, sequence)) intake.take(hello, sequence, frame.subarray(HEADER_BYTES));
  }

  private outputs(sequence: number): CanaryOutput[] {
    const { history, clock, url } = this.way;
    return [
      ...(history ? [{ kind: "history", reached: reachHistory(history, clock.nowMs(), TIMEOUT_MS) }] : []),
      { kind: "metrics", reached: reachMetrics(url, sequence, TIMEOUT_MS) },
      { kind: "live pages", reached: reachLivePages(url, TIMEOUT_MS) },
    ];
  }
}
