import type { SensorStatus } from "../model/sensor-status.ts";
import { StatusMinutes } from "./status-minutes.ts";

/** More threads than a sensor can have. */
const MOST_THREADS = 1024;

/** What can be wrong with a tap; the first part of the dedupe key. */
export type TapCause = "silence" | "drops" | "one-way" | "undecoded" | "exporter-silent" | "templates" | "sampling";

/** One sensor thread, over the restarts of its process. */
export interface SensorThread {
  /** Of its alerts: source and thread; without the source until it reported. */
  key: string;
  title: string;
  /** Empty until it reported. */
  epoch: string;
  minutes: StatusMinutes;
  /** What was said last of each cause; nothing before there was enough to judge. */
  said: Map<TapCause, boolean>;
  /** When it last saw packets, or was first to be there, by our clock. */
  movedAtMs: number;
  /** It saw packets since it is watched here. */
  hasMoved: boolean;
  /** Packets of its epoch. */
  seen: number;
}

interface Saved {
  thread: number;
  key: string;
  title: string;
  epoch: string;
  seen: number;
  silentMs: number;
}

/** The sensor threads that there are, or should be, and when each last saw a packet. Wall time. */
export class SensorThreads {
  private readonly threads = new Map<number, SensorThread>();
  private readonly loaded = new Map<number, Saved>();
  private nowMs = 0;

  all(): Iterable<SensorThread> {
    return this.threads.values();
  }

  turnTo(nowMs: number): void {
    this.nowMs = nowMs;
  }

  /** There should be `count` of them from now on: one that never reports is silent too. */
  expect(count: number, nowMs: number): void {
    this.nowMs = nowMs;
    for (let thread = 0; thread < Math.min(count, MOST_THREADS); thread += 1) this.of(thread, nowMs);
  }

  /** `renamed`: what was told of it so far was told under another name. */
  reported(status: SensorStatus, nowMs: number, renamed: (sensor: SensorThread) => void): SensorThread {
    this.nowMs = nowMs;
    const { source, thread, epoch } = status;
    const sensor = this.of(thread, nowMs);
    const key = `${source}#${thread}`;
    if (sensor.key !== key) {
      renamed(sensor);
      sensor.key = key;
      sensor.title = thread === 0 ? source : `${source}, thread ${thread}`;
    }
    if (sensor.epoch !== epoch) {
      sensor.epoch = epoch;
      sensor.minutes = new StatusMinutes();
      sensor.seen = 0;
    }
    const { seenPackets } = status.capture;
    if (seenPackets > sensor.seen) {
      sensor.movedAtMs = nowMs;
      sensor.hasMoved = true;
    }
    sensor.seen = seenPackets;
    return sensor;
  }

  /** How long each has been silent: the time that nobody was there to watch is not counted. */
  save(): unknown {
    const rows: Saved[] = [];
    for (const [thread, { key, title, epoch, seen, movedAtMs }] of this.threads)
      rows.push({ thread, key, title, epoch, seen, silentMs: Math.max(0, this.nowMs - movedAtMs) });
    return rows;
  }

  load(saved: unknown): void {
    if (!Array.isArray(saved)) return;
    for (const row of saved.slice(0, MOST_THREADS)) if (isSaved(row)) this.loaded.set(row.thread, row);
  }

  private of(thread: number, nowMs: number): SensorThread {
    const known = this.threads.get(thread);
    if (known !== undefined) return known;
    const before = this.loaded.get(thread);
    const made: SensorThread = {
      key: before?.key ?? `#${thread}`,
      title: before?.title ?? `sensor thread ${thread}`,
      epoch: before?.epoch ?? "",
      minutes: new StatusMinutes(),
      said: new Map(),
      movedAtMs: nowMs - (before?.silentMs ?? 0),
      hasMoved: false,
      seen: before?.seen ?? 0,
    };
    this.threads.set(thread, made);
    return made;
  }
}

function isSaved(row: unknown): row is Saved {
  const { thread, key, title, epoch, seen, silentMs } = (row ?? {}) as Partial<Saved>;
  const areTexts = typeof key === "string" && typeof title === "string" && typeof epoch === "string";
  return areTexts && Number.isInteger(thread) && Number.isFinite(seen) && Number.isFinite(silentMs) && silentMs! >= 0;
}
