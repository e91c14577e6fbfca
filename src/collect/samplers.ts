import { BoundedMap } from "../lib/bounded-map.ts";
import type { DataRecord } from "./data-record.ts";
import { E } from "./information-elements.ts";

/** Samplers of one exporter and domain, at most; then the oldest goes. */
const MOST = 256;
/** The sampler that an options record without an id speaks of. */
const UNNAMED = -1;
const LARGEST_RATE = 2 ** 32;

const { samplingInterval, samplerRandomInterval, flowSamplerId, selectorId } = E;
const { samplingPacketInterval, samplingPacketSpace, samplingSize, samplingPopulation, samplingProbability } = E;

/**
 * One packet in how many was looked at, by what this record says itself: samplingInterval (34), samplerRandomInterval (50), or
 * the parameters of PSAMP selectors (RFC 5477 §8.2). NaN when it says nothing.
 */
export function samplingRateOf(record: DataRecord): number {
  let rate = record.either(samplerRandomInterval, samplingInterval);
  if (record.has(samplingPacketInterval)) {
    const interval = record.number(samplingPacketInterval);
    const space = record.number(samplingPacketSpace);
    rate = Number.isNaN(space) ? Number.NaN : (interval + space) / interval;
  } else if (record.has(samplingPopulation)) rate = record.number(samplingPopulation) / record.number(samplingSize);
  else if (record.has(samplingProbability)) rate = 1 / record.float(samplingProbability);
  return rate >= 1 && rate <= LARGEST_RATE ? rate : Number.NaN;
}

/** Which sampler a record speaks of; NaN when it names none. */
function samplerOf(record: DataRecord): number {
  return record.either(flowSamplerId, selectorId);
}

/** Sampling rates that options records announced (RFC 3954 §6.1, RFC 5476 §6.5). */
export class Samplers {
  private readonly rates = new BoundedMap<number, number>(MOST);

  clear(): void {
    this.rates.clear();
  }

  /** Takes an options record; false when it speaks of no sampling. */
  learn(record: DataRecord): boolean {
    const rate = samplingRateOf(record);
    if (Number.isNaN(rate)) return false;
    const id = samplerOf(record);
    const key = Number.isNaN(id) ? UNNAMED : id;
    this.rates.delete(key);
    this.rates.set(key, rate);
    return true;
  }

  /** The rate that holds for a data record; NaN when none is known. A record that names no sampler has the only one there is. */
  rateOf(record: DataRecord): number {
    const own = samplingRateOf(record);
    if (!Number.isNaN(own) || this.rates.size === 0) return own;
    const id = samplerOf(record);
    const named = Number.isNaN(id) ? undefined : this.rates.get(id);
    if (named !== undefined) return named;
    const unnamed = this.rates.get(UNNAMED);
    if (unnamed !== undefined) return unnamed;
    if (!Number.isNaN(id) || this.rates.size !== 1) return Number.NaN;
    const [only] = this.rates.values();
    return only;
  }
}
