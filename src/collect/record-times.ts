import type { DataRecord } from "./data-record.ts";
import type { ExportedFlow } from "./exported-flow.ts";
import type { MessageTimes } from "./held-sets.ts";
import { E } from "./information-elements.ts";

const {
  flowStartSeconds,
  flowEndSeconds,
  flowStartMilliseconds,
  flowEndMilliseconds,
  flowStartMicroseconds,
  flowEndMicroseconds,
  flowStartNanoseconds,
  flowEndNanoseconds,
  flowStartDeltaMicroseconds,
  flowEndDeltaMicroseconds,
  flowStartSysUpTime,
  flowEndSysUpTime,
} = E;

/** No flow is believed to be older: exporters report long ones again and again (active timeout). */
const LONGEST_FLOW_MICROS = 31 * 86_400e6;

/**
 * When the flow began and ended, by the first of the ways that the record tells it (RFC 7011, the elements' definitions).
 * Where it tells one of the two, the duration or nothing gives the other; where it tells neither, it was when the message was sent.
 */
export function timesOf(record: DataRecord, times: Readonly<MessageTimes>, flow: ExportedFlow): void {
  let start = momentOf(
    record,
    times,
    flowStartMilliseconds,
    flowStartMicroseconds,
    flowStartNanoseconds,
    flowStartSeconds,
    flowStartDeltaMicroseconds,
  );
  let end = momentOf(record, times, flowEndMilliseconds, flowEndMicroseconds, flowEndNanoseconds, flowEndSeconds, flowEndDeltaMicroseconds);
  if (Number.isNaN(start)) start = upTime(record, times, flowStartSysUpTime);
  if (Number.isNaN(end)) end = upTime(record, times, flowEndSysUpTime);
  if (Number.isNaN(end)) end = observed(record);
  const duration = durationOf(record);
  if (Number.isNaN(end)) end = Number.isNaN(start) ? times.exportMicros : start + duration;
  if (Number.isNaN(start)) start = end - duration;
  flow.startMicros = start;
  flow.endMicros = end;
}

/**
 * Keeps a flow's times where its record can be of: the end at most `skewMicros` from the arrival, the start moved along with it
 * and at most LONGEST_FLOW_MICROS before it. Sums, alerts and history go by these times: one record dated far ahead would stop
 * them all. An exporter whose own clock is off by more (`aheadMicros`: in its last message; NaN: not told) dates all it sends
 * alike: what it tells is set by our clock first. True when something was bent. Without a time of arrival, or with an infinite
 * `skewMicros`, nothing is.
 */
export function boundTimes(flow: ExportedFlow, arrivalMicros: number, skewMicros: number, aheadMicros = Number.NaN): boolean {
  if (Number.isNaN(arrivalMicros) || skewMicros === Number.POSITIVE_INFINITY) return false;
  const { startMicros, endMicros } = flow;
  const byOurClock = endMicros - (Math.abs(aheadMicros) > skewMicros ? aheadMicros : 0);
  // A record that is dated well though the clock of its message is off keeps its date.
  const told = Math.abs(byOurClock - arrivalMicros) < Math.abs(endMicros - arrivalMicros) ? byOurClock : endMicros;
  const end = Math.min(Math.max(told, arrivalMicros - skewMicros), arrivalMicros + skewMicros);
  const start = Math.max(startMicros + (end - endMicros), end - LONGEST_FLOW_MICROS);
  // A duration that is none (Infinity, NaN): then the end is all that is known.
  flow.endMicros = Number.isFinite(end) ? end : arrivalMicros;
  flow.startMicros = Number.isFinite(start) ? start : flow.endMicros;
  return flow.endMicros !== endMicros || flow.startMicros !== startMicros;
}

function momentOf(record: DataRecord, times: Readonly<MessageTimes>, ms: number, us: number, ns: number, s: number, delta: number): number {
  if (record.has(ms)) return orNone(record.number(ms) * 1000);
  if (record.has(us)) return orNone(record.ntpMicros(us));
  if (record.has(ns)) return orNone(record.ntpMicros(ns));
  if (record.has(s)) return orNone(record.number(s) * 1e6);
  if (record.has(delta)) return times.exportMicros - record.number(delta);
  return Number.NaN;
}

/** Zero is how exporters say that they do not know, and before 1970 nothing was exported. */
function orNone(micros: number): number {
  return micros > 0 ? micros : Number.NaN;
}

/**
 * Milliseconds of uptime. Both counters wrap after 49.7 days: their difference does not care. IPFIX tells the moment of zero in
 * the record or in an options record (systemInitTimeMilliseconds) or not at all: then the flow is taken to have ended when it was exported.
 */
function upTime(record: DataRecord, times: Readonly<MessageTimes>, place: number): number {
  const ms = record.number(place);
  if (Number.isNaN(ms)) return Number.NaN;
  if (!Number.isNaN(times.uptimeMs)) return times.exportMicros - ((times.uptimeMs - ms) | 0) * 1000;
  const own = record.number(E.systemInitTimeMilliseconds);
  const zero = Number.isNaN(own) ? times.bootMs : own;
  if (!Number.isNaN(zero)) return (zero + ms) * 1000;
  const end = record.number(flowEndSysUpTime);
  return Number.isNaN(end) ? Number.NaN : times.exportMicros - ((end - ms) | 0) * 1000;
}

function observed(record: DataRecord): number {
  if (record.has(E.observationTimeMilliseconds)) return orNone(record.number(E.observationTimeMilliseconds) * 1000);
  if (record.has(E.observationTimeMicroseconds)) return orNone(record.ntpMicros(E.observationTimeMicroseconds));
  if (record.has(E.observationTimeNanoseconds)) return orNone(record.ntpMicros(E.observationTimeNanoseconds));
  return orNone(record.number(E.observationTimeSeconds) * 1e6);
}

function durationOf(record: DataRecord): number {
  if (record.has(E.flowDurationMilliseconds)) return record.number(E.flowDurationMilliseconds) * 1000;
  return record.has(E.flowDurationMicroseconds) ? record.number(E.flowDurationMicroseconds) : 0;
}
