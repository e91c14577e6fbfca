import { setImmediate as nextTurn } from "node:timers/promises";
import { createDecoder } from "../decode/index.ts";
import { createDuplicates } from "../flows/duplicates.ts";
import type { FlowTableOptions } from "../flows/options.ts";
import { createFlowTable } from "../flows/table.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import type { PacketSource } from "../model/capture.ts";
import type { FlowBatch } from "../model/flow.ts";
import type { PacketBlock } from "../model/packet.ts";
import type { PayloadReader } from "../model/payload.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";

/** Live, no flow event waits longer than this to be handed on. */
const LONGEST_WAIT_MS = 25;

/** Live, silence on the wire for so long is time that passes. */
const QUIET_MS = 500;

export interface SensorParts {
  source: PacketSource;
  /** Dissectors: sees the payload of the flows it wants to see, and has the facts of a flow. */
  reader: PayloadReader;
  /** Takes flow events; the batch is only valid during the call. */
  onBatch(batch: FlowBatch): void;
  /** `isEarly` says that this is live: flows are announced before they end, and silence on the wire is time too. */
  options: Partial<FlowTableOptions>;
  /** Packets that a mirror gives twice: left out of their flows, or counted like any other (the default). */
  duplicates?: "keep" | "suppress";
  /** Random per start of the sensor. */
  epoch: string;
  thread: number;
  /** Fills words with random bits: the key of the flow table's hash. */
  random(words: Int32Array): void;
  /** What the dissectors count. */
  dissected?(): SensorStatus["dissect"] & { losses: Losses };
  clock?: Clock;
}

export interface Sensor {
  /** Works until the source ends, `stop` is called or `until` says so; then closes all flows. Opening and closing the source is the caller's. */
  run(until?: () => boolean): Promise<void>;
  /** Takes one block through all stages. False when there was none: nothing now, or nothing ever again. */
  step(): boolean;
  stop(): void;
  status(): SensorStatus;
}

/**
 * A packet's way from the wire to a flow event: capture → decode → flows, which offer payload to the dissectors and
 * report what became of each flow. One thread, no queue, no copy: a block of packets is pulled when the one before is
 * done, so a slow stage makes the kernel's ring fill and the losses are counted there.
 *
 * Always true, at any time between two steps: seen = decoded + malformed + filtered + kernel drops.
 */
export function createSensor(parts: SensorParts): Sensor {
  const { source, reader, onBatch, epoch, thread, random, clock = systemClock } = parts;
  const isLive = parts.options.isEarly ?? false;
  const decoder = createDecoder();
  const flows = createFlowTable({ ...parts.options, thread }, decoder.batch, reader, onBatch, random);
  const duplicates = createDuplicates(decoder.batch, parts.duplicates === "suppress", random);
  let isStopped = false;
  let isOver = false;
  let flushedMs = clock.nowMs();
  let packetsMs = flushedMs;

  function step(): boolean {
    const block = source.next();
    if (block === "end") isOver = true;
    if (typeof block === "string") return false;
    take(block);
    packetsMs = clock.nowMs();
    return true;
  }

  function take(block: PacketBlock): void {
    for (let next = 0; next < block.count; ) {
      next = decoder.decode(block, next);
      duplicates.look(block);
      flows.add(block);
    }
  }

  /** Nothing comes: flows fall silent all the same. Live, packet time is the kernel's clock, which goes on as ours does. */
  async function wait(): Promise<void> {
    await source.ready(LONGEST_WAIT_MS);
    const silentMs = clock.nowMs() - packetsMs;
    if (!isLive || silentMs < QUIET_MS) return;
    const { newestMicros } = source.counters();
    if (newestMicros !== undefined) flows.advance(newestMicros + silentMs * 1000);
  }

  function flushIfDue(): void {
    const nowMs = clock.nowMs();
    if (!isLive || nowMs - flushedMs < LONGEST_WAIT_MS) return;
    flows.flush();
    flushedMs = nowMs;
  }

  async function run(until: () => boolean = () => false): Promise<void> {
    while (!isStopped && !until()) {
      // Between two blocks, sockets and timers get their turn.
      if (step()) await nextTurn();
      else if (isOver) break;
      else await wait();
      flushIfDue();
    }
    decoder.finish();
    flows.closeAll();
  }

  function status(): SensorStatus {
    const capture = source.counters();
    const dissected = parts.dissected?.();
    const losses = new Losses();
    for (const stage of [decoder.losses, duplicates.losses, flows.losses, dissected?.losses]) if (stage) losses.merge(stage.toJSON());
    const cpu = process.cpuUsage();
    return {
      epoch,
      thread,
      source: source.title,
      capture,
      decodedPackets: decoder.decodedPackets(),
      malformedPackets: decoder.malformedPackets(),
      malformedBytes: decoder.malformedBytes(),
      duplicates: duplicates.status(),
      streams: flows.streams(),
      names: flows.names(),
      nonIp: decoder.nonIp(),
      nonIpBytes: decoder.nonIpBytes(),
      losses: losses.toJSON(),
      flows: flows.status(),
      dissect: dissectStatus(dissected),
      memoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      newestMicros: capture.newestMicros,
    };
  }

  return {
    run,
    step,
    stop() {
      isStopped = true;
    },
    status,
  };
}

function dissectStatus(dissected: SensorStatus["dissect"] | undefined): SensorStatus["dissect"] {
  const { recognised = 0, unrecognised = 0, readingBytes, gaveWay } = dissected ?? {};
  return {
    recognised,
    unrecognised,
    ...(readingBytes === undefined ? {} : { readingBytes }),
    ...(gaveWay === undefined ? {} : { gaveWay }),
  };
}
