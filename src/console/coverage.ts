import { formatShare } from "../lib/units.ts";
import type { LossReason } from "../model/loss.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { addTo, type Counts, countsOf, lossesOf, lossOf, type Sensor, sensorRow, subtract, totalOf } from "./sensor.ts";
import { WatchedMinutes } from "./watched-minutes.ts";
import type { ConsoleMode, CoverageRow, CoverageState } from "./wire.ts";

export const SILENT_AFTER_MS = 60_000;
/** Sensors report each second. */
const STATUS_LATE_AFTER_MS = 5_000;
const FIRST_STATUS_LATE_AFTER_MS = 10_000;
const NOTE_EACH_MS = 900;
const DROPS_DEGRADE = 0.001;
const MALFORMED_DEGRADE = 0.01;
const ONE_WAY_DEGRADE = 0.2;
/** Below these shares nothing is said of what the mirror port adds or leaves out; nor before so many packets and bytes were looked at. */
const COPIES_DEGRADE = 0.05;
const UNSEEN_DEGRADE = 0.01;
const PACKETS_THAT_COUNT = 10_000;
const STREAM_BYTES_THAT_COUNT = 1e6;
const RESIDUE_DEGRADE = 0.0005;
/** Fewer closed flows than this say nothing of one-way links. */
const CLOSED_FLOWS_THAT_COUNT = 100;

export const COVERAGE_WINDOW_MINUTES = 15;
const SLOTS = 16;
const MOST_SENSORS = 64;

/**
 * What the tap saw and what it did not, from the sensors' own counters. Wall time: silence is a fact of now, not of packets.
 * "Watched" means that a sensor reported and packets came; a quiet tap counts as watched for a minute, then as blind.
 */
export class Coverage {
  private readonly sensors = new Map<string, Sensor>();
  private readonly mode: ConsoleMode;
  private readonly startedMs: number;
  /** By wall minute: packets seen and packets lost (malformed, dropped, sensor away). */
  private readonly seenIn = new Float64Array(SLOTS);
  private readonly lostIn = new Float64Array(SLOTS);
  private minute = -1;
  private readonly watch: WatchedMinutes;
  /** Another reason why not all that is seen is judged; asked with each look. */
  unjudged: () => string | undefined = () => undefined;
  /** Statuses refused because the table of sensors was full. */
  refusedSensors = 0;

  constructor(mode: ConsoleMode, nowMs: number) {
    this.mode = mode;
    this.startedMs = nowMs;
    this.watch = new WatchedMinutes(nowMs);
  }

  onStatus(status: SensorStatus, nowMs: number): void {
    this.take(status, nowMs);
    // The minutes are written down whether or not anybody looks at the console.
    if (nowMs - this.watch.notedMs >= NOTE_EACH_MS) this.row(nowMs);
  }

  private take(status: SensorStatus, nowMs: number): void {
    const name = status.thread === 0 ? status.source : `${status.source} #${status.thread}`;
    let sensor = this.sensors.get(name);
    this.turn(nowMs);
    if (!sensor) {
      if (this.sensors.size >= MOST_SENSORS) {
        this.refusedSensors += 1;
        return;
      }
      sensor = {
        name,
        last: status,
        lastStatusMs: nowMs,
        lastPacketMs: status.capture.seenPackets > 0 ? nowMs : undefined,
        packetsPerSecond: null,
        restarts: 0,
        before: { seen: 0, decoded: 0, malformed: 0, filtered: 0, dropped: 0 },
        lossesBefore: {},
        canCountDrops: status.capture.kernelDrops !== undefined,
      };
      this.sensors.set(name, sensor);
      this.count(countsOf(status), lossOf(status, "sensor_outage"));
      return;
    }
    const before = sensor.last;
    if (before.epoch !== status.epoch) {
      sensor.restarts += 1;
      sensor.packetsPerSecond = null;
      addTo(sensor.before, countsOf(before));
      for (const [reason, n] of Object.entries(before.losses)) {
        sensor.lossesBefore[reason as LossReason] = (sensor.lossesBefore[reason as LossReason] ?? 0) + n;
      }
      if (status.capture.seenPackets > 0) sensor.lastPacketMs = nowMs;
      this.count(countsOf(status), lossOf(status, "sensor_outage"));
    } else {
      const seen = status.capture.seenPackets - before.capture.seenPackets;
      const ms = nowMs - sensor.lastStatusMs;
      if (ms > 0) sensor.packetsPerSecond = (seen * 1000) / ms;
      if (seen > 0) sensor.lastPacketMs = nowMs;
      this.count(subtract(countsOf(status), countsOf(before)), lossOf(status, "sensor_outage") - lossOf(before, "sensor_outage"));
    }
    sensor.last = status;
    sensor.lastStatusMs = nowMs;
    sensor.canCountDrops = status.capture.kernelDrops !== undefined;
  }

  /** Newest packet time of all sensors, microseconds. */
  get newestMicros(): number | undefined {
    let newest: number | undefined;
    for (const { last } of this.sensors.values()) {
      if (last.newestMicros !== undefined && (newest === undefined || last.newestMicros > newest)) newest = last.newestMicros;
    }
    return newest;
  }

  /** Once a second or so: also writes the minute's state into the strip. */
  row(nowMs: number): CoverageRow {
    this.turn(nowMs);
    const sensors = [...this.sensors.values()].map((sensor) => sensorRow(sensor, nowMs));
    const sum: Counts = { seen: 0, decoded: 0, malformed: 0, filtered: 0, dropped: 0 };
    const losses: Record<string, number> = {};
    let closed = 0;
    let oneWay = 0;
    for (const sensor of this.sensors.values()) {
      addTo(sum, totalOf(sensor));
      for (const [reason, n] of lossesOf(sensor)) losses[reason] = (losses[reason] ?? 0) + n;
      closed += sensor.last.flows.closed;
      oneWay += sensor.last.flows.oneWayClosed;
    }
    const canCountDrops = [...this.sensors.values()].every((sensor) => sensor.canCountDrops) && this.sensors.size > 0;
    const ages = sensors.flatMap((sensor) => (sensor.lastPacketAgeMs === null ? [] : [sensor.lastPacketAgeMs]));
    const seenNow = this.seenIn.reduce((a, b) => a + b, 0);
    const lostNow = this.lostIn.reduce((a, b) => a + b, 0);
    const row: CoverageRow = {
      state: "full",
      reasons: [],
      ratio: seenNow > 0 ? Math.max(0, 1 - lostNow / seenNow) : null,
      watchedMs: 0,
      windowMs: COVERAGE_WINDOW_MINUTES * 60_000,
      ...sum,
      dropped: canCountDrops ? sum.dropped : null,
      residue: canCountDrops ? sum.seen - sum.decoded - sum.malformed - sum.filtered - sum.dropped : null,
      oneWayRatio: closed > 0 ? oneWay / closed : null,
      lastPacketAgeMs: ages.length > 0 ? Math.min(...ages) : null,
      lagMs: this.lag(nowMs),
      losses,
      strip: "",
      sensors,
    };
    row.state = this.judge(row, closed);
    // A start takes a moment: until the first report is overdue, nothing is written down.
    const isStarting = this.sensors.size === 0 && nowMs - this.startedMs <= FIRST_STATUS_LATE_AFTER_MS;
    this.watch.note(nowMs, isStarting ? "unknown" : row.state);
    row.strip = this.watch.strip();
    row.watchedMs = this.watch.watchedMs(COVERAGE_WINDOW_MINUTES);
    return row;
  }

  /** Sensors with their totals, for metrics. */
  forEachSensor(visit: (name: string, totals: Counts, status: SensorStatus, lastPacketMs: number | undefined) => void): void {
    for (const sensor of this.sensors.values()) visit(sensor.name, totalOf(sensor), sensor.last, sensor.lastPacketMs);
  }

  /** Loss counts of one sensor over its restarts. */
  forEachLoss(visit: (name: string, reason: string, n: number) => void): void {
    for (const sensor of this.sensors.values()) for (const [reason, n] of lossesOf(sensor)) visit(sensor.name, reason, n);
  }

  lag(nowMs: number): number | null {
    const newest = this.newestMicros;
    return this.mode !== "live" || newest === undefined ? null : Math.max(0, nowMs - newest / 1000);
  }

  private judge(row: CoverageRow, closedFlows: number): CoverageState {
    if (this.mode === "replay") {
      row.reasons.push("recorded flows are being judged again: no tap is being watched");
      return "unknown";
    }
    if (row.sensors.length === 0) {
      row.reasons.push("no sensor has reported yet");
      return "none";
    }
    const away = row.sensors.filter((sensor) => sensor.statusAgeMs > STATUS_LATE_AFTER_MS);
    for (const sensor of away) row.reasons.push(`sensor ${sensor.sensor} has not reported for ${seconds(sensor.statusAgeMs)}`);
    if (away.length === row.sensors.length) return "none";
    if (row.lastPacketAgeMs === null) {
      row.reasons.push("no packet has been seen yet");
      return "none";
    }
    if (row.lastPacketAgeMs > SILENT_AFTER_MS) {
      row.reasons.push(`the tap is silent: no packet for ${seconds(row.lastPacketAgeMs)}`);
      return "none";
    }
    for (const sensor of row.sensors) {
      if (sensor.statusAgeMs <= STATUS_LATE_AFTER_MS && (sensor.lastPacketAgeMs ?? 0) > SILENT_AFTER_MS) {
        row.reasons.push(`${sensor.sensor} is silent: no packet for ${seconds(sensor.lastPacketAgeMs ?? 0)}`);
      }
    }
    if (row.residue !== null && Math.abs(row.residue) > row.seen * RESIDUE_DEGRADE) {
      row.reasons.unshift(`the sum does not hold: ${Math.round(row.residue)} packets are not accounted for`);
    }
    if (row.dropped === null) row.reasons.push("this capture method cannot count what the kernel dropped");
    if (row.ratio !== null && 1 - row.ratio > DROPS_DEGRADE) row.reasons.push(this.whyLost(row));
    if (row.oneWayRatio !== null && row.oneWayRatio > ONE_WAY_DEGRADE && closedFlows >= CLOSED_FLOWS_THAT_COUNT) {
      row.reasons.push(`${Math.round(row.oneWayRatio * 100)} % of flows show one direction only: the tap may miss a cable`);
    }
    for (const { name, last } of this.sensors.values()) row.reasons.push(...mirrorFaults(name, last));
    const unjudged = this.unjudged();
    if (unjudged !== undefined) row.reasons.push(unjudged);
    return row.reasons.length > 0 ? "degraded" : "full";
  }

  private whyLost(row: CoverageRow): string {
    const share = `${((1 - (row.ratio ?? 1)) * 100).toPrecision(2)} % of packets in ${COVERAGE_WINDOW_MINUTES} min`;
    const isMostlyMalformed = row.malformed > row.seen * MALFORMED_DEGRADE && row.malformed > (row.dropped ?? 0);
    return isMostlyMalformed ? `${share} could not be decoded` : `${share} were lost before they could be read`;
  }

  private turn(nowMs: number): void {
    const minute = Math.floor(nowMs / 60_000);
    if (minute > this.minute) {
      const passed = this.minute < 0 ? SLOTS : Math.min(SLOTS, minute - this.minute);
      for (let back = 0; back < passed; back += 1) {
        this.seenIn[(minute - back) & (SLOTS - 1)] = 0;
        this.lostIn[(minute - back) & (SLOTS - 1)] = 0;
      }
      this.minute = minute;
    }
  }

  private count(counts: Counts, outage: number): void {
    const at = this.minute & (SLOTS - 1);
    this.seenIn[at] += counts.seen + outage;
    this.lostIn[at] += counts.malformed + counts.dropped + outage;
  }
}

/** What the mirror port does wrong, in words. */
function mirrorFaults(sensor: string, { duplicates, streams, losses }: SensorStatus): string[] {
  const out: string[] = [];
  if (duplicates !== undefined && losses.span_duplicate === undefined && duplicates.looked >= PACKETS_THAT_COUNT) {
    const share = duplicates.found / duplicates.looked;
    if (share > COPIES_DEGRADE) out.push(`${sensor} gets ${formatShare(share)} of packets twice: set capture.duplicates to suppress`);
  }
  if (streams !== undefined && streams.seenBytes >= STREAM_BYTES_THAT_COUNT) {
    const share = streams.missingBytes / (streams.seenBytes + streams.missingBytes);
    if (share > UNSEEN_DEGRADE) out.push(`${formatShare(share)} of TCP data never reached ${sensor}: the mirror port may be overloaded`);
  }
  return out;
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
