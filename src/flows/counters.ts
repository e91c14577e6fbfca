import { V4_MAPPED } from "../lib/ip.ts";
import { transportName } from "../lib/transports.ts";
import { SPACE } from "../model/row.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { isGroup } from "./initiator.ts";
import { COLD, HOT, STATUS } from "./layout.ts";
import type { FlowStore } from "./store.ts";

const { words: HOT_WORDS, low: LOW, high: HIGH, status: STATUS_AT, space: SPACE_AT } = HOT;
const { words: COLD_WORDS, addresses: ADDRESSES } = COLD;
const { oneWay: ONE_WAY, ipv6: IPV6 } = SPACE;
const SEEN_SHIFT = Math.log2(STATUS.seen);

/** What the flow table counts, cumulative. */
export class FlowCounters {
  opened = 0;
  evicted = 0;
  closed = 0;
  /** Closed flows of which only one direction was seen though there could have been two. */
  oneWayClosed = 0;
  twoWayPossible = 0;
  /** Entries of the index that gave way because too many keys shared their place. */
  crowded = 0;
  readonly byTransport = new Float64Array(256);

  /** A flow is about to be forgotten. */
  noteClosed(store: FlowStore, slot: number): void {
    const { hot, cold } = store;
    const h = slot * HOT_WORDS;
    const space = hot[h + SPACE_AT];
    const seen = (hot[h + STATUS_AT] >>> SEEN_SHIFT) & 3;
    this.closed += 1;
    if ((space & ONE_WAY) !== 0) return;
    if (seen !== 3 && isOneEndGroup(hot, cold, slot, space)) return;
    this.twoWayPossible += 1;
    if (seen !== 3) this.oneWayClosed += 1;
  }

  toStatus(active: number, limit: number): SensorStatus["flows"] {
    const byTransport: Record<string, number> = {};
    for (let n = 0; n < 256; n += 1) if (this.byTransport[n] > 0) byTransport[transportName(n)] = this.byTransport[n];
    const { opened, evicted, oneWayClosed, twoWayPossible } = this;
    return { opened, active, limit, evicted, byTransport, oneWayClosed, closed: twoWayPossible };
  }
}

function isOneEndGroup(hot: Int32Array, cold: Int32Array, slot: number, space: number): boolean {
  const h = slot * HOT_WORDS;
  if ((space & IPV6) === 0) return isGroup(0, 0, V4_MAPPED, hot[h + LOW]) || isGroup(0, 0, V4_MAPPED, hot[h + HIGH]);
  const c = slot * COLD_WORDS + ADDRESSES;
  return isGroup(cold[c], cold[c + 1], cold[c + 2], cold[c + 3]) || isGroup(cold[c + 4], cold[c + 5], cold[c + 6], cold[c + 7]);
}
