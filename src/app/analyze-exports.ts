import { randomFillSync } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createSource } from "../capture/index.ts";
import { createCollector, createTransports, ExportMessage } from "../collect/index.ts";
import { createDecoder } from "../decode/index.ts";
import { reasonOf } from "../lib/errors.ts";
import type { CaptureCounters, FileReport } from "../model/capture.ts";
import type { FlowBatch } from "../model/flow.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { Losses } from "../obs/losses.ts";
import { createFrameReader } from "./frame-reader.ts";

/** The largest UDP payload. */
const LARGEST_PAYLOAD = 65_535;

/** What `analyze` reads: capture files to flow events, one way or another. */
export interface Reading {
  /** Reads everything there is. */
  run(): Promise<void>;
  status(): SensorStatus;
  files(): FileReport[];
  progress(): number | undefined;
  counters(): CaptureCounters;
  close(): void;
}

/**
 * Flow exports in files: captures of export traffic, and `.dat` files, each the UDP payload of one packet. What they hold of
 * an exporter (templates, samplers) goes on from file to file.
 */
export function readExports(paths: readonly string[], losses: Losses, onBatch: (batch: FlowBatch) => void): Reading {
  const decoder = createDecoder();
  // Files may have been captured at any time: how old a template is says nothing here.
  const limits = { templateSeconds: Number.POSITIVE_INFINITY };
  const collector = createCollector({ onBatch, readFrame: createFrameReader(), losses, thread: 0, random: randomFillSync, limits });
  const transports = createTransports(collector);
  const message = new ExportMessage();
  const reports: FileReport[] = [];
  const seen = { packets: 0, bytes: 0, readPayloads: 0, newestMicros: undefined as number | undefined };
  let done = 0;

  /** Nobody knows when it came or who sent it. */
  function readPayload(path: string): void {
    const report: FileReport = { name: basename(path), packets: 0, linktype: "udp-payload", complete: false };
    reports.push(report);
    let bytes: Buffer;
    try {
      bytes = readAtMost(path, LARGEST_PAYLOAD + 1);
    } catch (error) {
      report.warning = `cannot read ${path}: ${reasonOf(error)}`;
      report.fault = "capture_missing";
      return;
    }
    if (bytes.length > LARGEST_PAYLOAD) {
      report.warning = `${path} is no payload of one packet: it is longer than ${LARGEST_PAYLOAD} bytes`;
      report.fault = "capture_not_a_capture";
      return;
    }
    message.use(bytes, 0, bytes.length);
    message.observer = "";
    message.arrivalMicros = Number.NaN;
    report.packets = 1;
    report.complete = true;
    seen.packets += 1;
    seen.bytes += bytes.length;
    if (collector.take(message)) seen.readPayloads += 1;
    else losses.add("export_malformed");
  }

  async function readCapture(path: string): Promise<void> {
    const source = createSource({ source: "pcap-file", files: [path], keepGoing: true, losses });
    try {
      await source.open();
      for (let block = source.next(); block !== "end"; block = source.next()) {
        if (block === "idle") await source.ready(1000);
        else {
          for (let next = 0; next < block.count; ) {
            next = decoder.decode(block, next);
            transports.take(decoder.batch, block);
          }
          await nextTurn();
        }
      }
      const { seenPackets, seenBytes, newestMicros } = source.counters();
      seen.packets += seenPackets;
      seen.bytes += seenBytes;
      if (newestMicros !== undefined) seen.newestMicros = Math.max(seen.newestMicros ?? newestMicros, newestMicros);
      reports.push(...source.files());
    } finally {
      source.close();
    }
  }

  const counters = (): CaptureCounters => ({
    seenPackets: seen.packets,
    seenBytes: seen.bytes,
    filteredPackets: 0,
    kernelDrops: 0,
    interfacePackets: undefined,
    newestMicros: seen.newestMicros,
  });

  return {
    async run() {
      for (const path of paths) {
        if (path.endsWith(".dat")) readPayload(path);
        else await readCapture(path);
        done += 1;
      }
      decoder.finish();
      collector.finish();
    },
    counters,
    files: () => reports,
    progress: () => done / paths.length,
    close() {},
    status() {
      const all = new Losses();
      for (const stage of [decoder.losses, losses]) all.merge(stage.toJSON());
      const capture = counters();
      const malformedPackets = capture.seenPackets - decoder.decodedPackets() - seen.readPayloads;
      const byTransport = collector.transports();
      const opened = Object.values(byTransport).reduce((sum, n) => sum + n, 0);
      const cpu = process.cpuUsage();
      return {
        epoch: "analyze",
        thread: 0,
        source: "flow exports",
        capture,
        decodedPackets: capture.seenPackets - malformedPackets,
        malformedPackets,
        nonIp: decoder.nonIp(),
        losses: all.toJSON(),
        // Records are of one direction: that says nothing of what the exporter saw.
        flows: { opened, active: 0, limit: 0, evicted: 0, byTransport, oneWayClosed: 0, closed: 0 },
        dissect: { recognised: 0, unrecognised: 0 },
        memoryBytes: process.memoryUsage.rss(),
        cpuSeconds: (cpu.user + cpu.system) / 1e6,
        newestMicros: capture.newestMicros,
        collect: collector.status(),
      };
    },
  };
}

function readAtMost(path: string, most: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(most);
    let length = 0;
    for (let n = -1; n !== 0 && length < most; length += n) n = readSync(file, bytes, length, most - length, null);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
