import { randomFillSync } from "node:crypto";
import { Decoder } from "../decode/index.ts";
import { createFlowTable } from "../flows/table.ts";
import type { PacketSource } from "../model/capture.ts";
import type { FlowBatch } from "../model/flow.ts";
import type { PacketBlock } from "../model/packet.ts";
import type { PayloadReader } from "../model/payload.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";

export interface SensorOptions {
  source: PacketSource;
  /** Reads the payload of flows under watch. */
  reader: PayloadReader;
  /** What the source and the reader could not take; the sensor's own losses join them in `status`. */
  losses: Losses;
  /** How many packets the reader recognised. */
  dissected?(): { recognised: number; unrecognised: number };
  /** Takes flow events; the batch is reused when it returns. */
  onBatch(batch: FlowBatch): void;
  /** Random per start of the sensor. */
  epoch: string;
  thread: number;
  options: {
    /** Most flows held at a time. */
    flowLimit: number;
    /** A flow that lives longer is reported again after each such interval of packet time. */
    activeSeconds: number;
    /** Live: flows are told of early, and time goes on when no packet comes. */
    isEarly: boolean;
    /** Ports of known services, for flows whose begin was not seen. */
    servicePorts?: { tcp: Iterable<number>; udp: Iterable<number> };
  };
  nowMs?(): number;
  random?(words: Int32Array): void;
}

export interface Sensor {
  /** Runs until the source ends or `stop` is called; then every flow is closed and handed over. */
  run(): Promise<void>;
  stop(): void;
  /** What it says of itself now. */
  status(): SensorStatus;
}

/** Longest wait for the source, and longest time a flow event waits for its batch to fill, ms of wall time. */
const IDLE_MS = 10;
const FLUSH_MS = 25;
/** Live and nothing to read for so long: silence is taken for the passing of packet time. */
const QUIET_MS = 1000;
/** Blocks between two looks at the event loop, so that the socket to the core is served under any load. */
const BLOCKS_A_TURN = 8;

/**
 * The first half of a packet's way: a block of packets comes from the source, is decoded into rows, the rows go through
 * the flow table, which offers payload under watch to the dissectors and reports flow events through `onBatch`.
 * Nothing is allocated per packet. seen = decoded + malformed + filtered + kernel drops, always.
 */
export function createSensor(given: SensorOptions): Sensor {
  const { source, reader, losses, epoch, thread, options } = given;
  const nowMs = given.nowMs ?? Date.now;
  const decoder = new Decoder();
  const table = createFlowTable(
    { limit: options.flowLimit, activeSeconds: options.activeSeconds, isEarly: options.isEarly, thread, ...(options.servicePorts ? { servicePorts: options.servicePorts } : {}) },
    reader,
    given.onBatch,
    given.random ?? randomFillSync,
  );
  let isStopping = false;
  let flushedMs = nowMs();
  let lastBlockMs = nowMs();

  function read(block: PacketBlock): void {
    for (let from = 0; from < block.count; ) {
      from = decoder.decode(block, from);
      table.add(decoder.batch, block);
    }
  }

  function flushWhenDue(now: number): void {
    if (now - flushedMs < FLUSH_MS) return;
    table.flush();
    flushedMs = now;
  }

  async function rest(): Promise<void> {
    const now = nowMs();
    flushWhenDue(now);
    const newest = source.counters().newestMicros;
    if (options.isEarly && newest !== undefined && now - lastBlockMs >= QUIET_MS) table.advance(newest + (now - lastBlockMs) * 1000);
    await source.ready(IDLE_MS);
  }

  return {
    async run() {
      for (let turn = 0; !isStopping; turn += 1) {
        const block = source.next();
        if (block === "end") break;
        if (block === "idle") {
          await rest();
          continue;
        }
        read(block);
        lastBlockMs = nowMs();
        if (options.isEarly) flushWhenDue(lastBlockMs);
        if (turn % BLOCKS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      table.closeAll();
    },
    stop() {
      isStopping = true;
    },
    status() {
      const all = new Losses();
      for (const part of [losses, decoder.losses, table.losses]) for (const [index, n] of part.counts.entries()) all.counts[index] += n;
      const { user, system } = process.cpuUsage();
      const capture = source.counters();
      if (capture.kernelDrops) all.add("kernel_drops", capture.kernelDrops);
      return {
        epoch,
        thread,
        source: source.title,
        capture,
        decodedPackets: decoder.decodedPackets,
        malformedPackets: decoder.malformedPackets,
        nonIp: decoder.nonIp(),
        losses: all.toJSON(),
        flows: table.status(),
        dissect: given.dissected?.() ?? { recognised: 0, unrecognised: 0 },
        memoryBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        newestMicros: capture.newestMicros,
      };
    },
  };
}
