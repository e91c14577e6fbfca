import type { Alert } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";

/** What a sink did so far. */
export interface SinkCounters {
  written: number;
  /** Records that it could not take (loss reason `output_dropped`). */
  dropped: number;
  bytes: number;
}

interface Sink {
  /** For logs and metrics: the configured name. */
  readonly name: string;
  counters(): SinkCounters;
  /** Writes out what is buffered. Never rejects for want of disk or peer: that is counted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Takes every flow event; keeps nothing of `judged` beyond the call. Never throws on account of a full disk. */
export interface FlowSink extends Sink {
  take(judged: JudgedFlow): void;
}

/** Takes every change of an alert. */
export interface AlertSink extends Sink {
  take(alert: Readonly<Alert>): void;
}
