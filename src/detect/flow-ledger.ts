import type { Growth } from "../model/alert.ts";
import type { JudgedFlow } from "../model/judgement.ts";

/** Flows remembered per detection; the oldest is forgotten when full. */
const FLOWS_KEPT = 65_536;
/** Threads number below 2^11 and flow ids below 2^42: together an exact double. */
const THREAD_STEP = 2 ** 42;

interface Reported {
  startMicros: number;
  bytesOut: number;
  bytesIn: number;
}

/**
 * What of each flow was reported already. A flow event tells totals and what is new since the *previous event*, which a
 * detection may have let pass (not established yet, name not learned yet); sums over findings must hold all the same, so
 * a finding carries what is new since the flow's last *finding*.
 */
export class FlowLedger implements Growth {
  /** Results of the last `share`; one set serves all, read it at once. */
  sinceMicros = 0;
  bytesOut = 0;
  bytesIn = 0;
  flows = 0;
  /** Flows forgotten for want of room; their later findings count by event. */
  forgotten = 0;
  private readonly reported = new Map<number, Reported>();
  private readonly resumedFromMicros: number;
  private readonly limit: number;

  /**
   * `resumedFromMicros`: packet time up to which an earlier run has judged. A flow from before it, not known here, is one
   * whose beginning that run reported.
   */
  constructor(resumedFromMicros = Number.NEGATIVE_INFINITY, limit = FLOWS_KEPT) {
    this.resumedFromMicros = resumedFromMicros;
    this.limit = limit;
  }

  get size(): number {
    return this.reported.size;
  }

  /** Works out this finding's share of the flow, and remembers that it was reported. */
  share(judged: JudgedFlow): void {
    const { flow } = judged;
    const startMicros = flow.startMicros;
    this.sinceMicros = startMicros;
    const isFirst = isFirstReport(judged);
    if (isFirst && flow.isClosed) {
      // Told in one event, as most flows are: there is nothing to remember of it.
      this.bytesOut = judged.bytesOut;
      this.bytesIn = judged.bytesIn;
      this.flows = 1;
      return;
    }
    const key = flow.thread * THREAD_STEP + flow.id;
    const before = this.reported.get(key);
    if (before !== undefined && before.startMicros === startMicros) {
      this.bytesOut = Math.max(0, judged.bytesOut - before.bytesOut);
      this.bytesIn = Math.max(0, judged.bytesIn - before.bytesIn);
      this.flows = 0;
      if (flow.isClosed) this.reported.delete(key);
      else {
        before.bytesOut = judged.bytesOut;
        before.bytesIn = judged.bytesIn;
      }
      return;
    }
    const isKnownElsewhere = startMicros < this.resumedFromMicros && !isFirst;
    this.bytesOut = isKnownElsewhere ? judged.newBytesOut : judged.bytesOut;
    this.bytesIn = isKnownElsewhere ? judged.newBytesIn : judged.bytesIn;
    this.flows = isKnownElsewhere ? 0 : 1;
    if (flow.isClosed) return;
    if (this.reported.size >= this.limit) {
      const oldest = this.reported.keys().next();
      if (!oldest.done) this.reported.delete(oldest.value);
      this.forgotten += 1;
    }
    this.reported.set(key, { startMicros, bytesOut: judged.bytesOut, bytesIn: judged.bytesIn });
  }
}

/** This event is the first that tells of its flow. */
export function isFirstReport(judged: JudgedFlow): boolean {
  const { flow } = judged;
  return flow.newPacketsUp === flow.packetsUp && flow.newPacketsDown === flow.packetsDown;
}
