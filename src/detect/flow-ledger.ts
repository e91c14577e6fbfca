import { BoundedMap } from "../lib/bounded-map.ts";
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
  private readonly reported: BoundedMap<number, Reported>;
  /** Of a flow that began before this, and is not known here, the beginning was reported, or may have been. */
  private toldUpToMicros: number;

  /**
   * `resumedFromMicros`: packet time up to which an earlier run has judged. A flow from before it, not known here, is one
   * whose beginning that run reported.
   */
  constructor(resumedFromMicros = Number.NEGATIVE_INFINITY, limit = FLOWS_KEPT) {
    this.toldUpToMicros = resumedFromMicros;
    // Which flows were forgotten is forgotten too, but not how young they were: rather too few bytes of another than these twice.
    this.reported = new BoundedMap(limit, (_, { startMicros }) => {
      this.toldUpToMicros = Math.max(this.toldUpToMicros, startMicros + 1);
    });
  }

  /** Flows forgotten for want of room; the next finding of each tells what is new by event. */
  get forgotten(): number {
    return this.reported.forgotten;
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
    const isKnownElsewhere = startMicros < this.toldUpToMicros && !isFirst;
    this.bytesOut = isKnownElsewhere ? judged.newBytesOut : judged.bytesOut;
    this.bytesIn = isKnownElsewhere ? judged.newBytesIn : judged.bytesIn;
    this.flows = isKnownElsewhere ? 0 : 1;
    if (flow.isClosed) return;
    this.reported.set(key, { startMicros, bytesOut: judged.bytesOut, bytesIn: judged.bytesIn });
  }
}

/** This event is the first that tells of its flow. */
export function isFirstReport(judged: JudgedFlow): boolean {
  const { flow } = judged;
  return flow.newPacketsUp === flow.packetsUp && flow.newPacketsDown === flow.packetsDown;
}
