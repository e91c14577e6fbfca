import type { Clock } from "../lib/clock.ts";
import type { CaptureCounters } from "../model/capture.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Losses } from "../obs/losses.ts";
import type { Collector } from "./collector.ts";
import { ExportMessage } from "./export-message.ts";
import { PrefixList } from "./prefix-list.ts";
import { UdpListener } from "./udp-listener.ts";

/** No flow event waits longer than this to be handed on. */
const LONGEST_WAIT_MS = 25;
const EXPIRY_MS = 10_000;

export interface LiveCollectorOptions {
  listen: readonly string[];
  /** Only these are read; empty: all. */
  exporters: readonly string[];
  bufferBytes: number;
  collector: Collector;
  losses: Losses;
  clock: Clock;
  epoch: string;
  thread: number;
}

/** Flow exports as they come: sockets, the list of who may speak, and the counts of a sensor. */
export class LiveCollector {
  readonly title: string;
  private readonly options: LiveCollectorOptions;
  private readonly listeners: UdpListener[];
  private readonly allowed: PrefixList | undefined;
  private readonly message = new ExportMessage();
  private readonly seen = { packets: 0, bytes: 0, read: 0, refused: 0, newestMicros: undefined as number | undefined };
  private timers: (() => void)[] = [];

  constructor(options: LiveCollectorOptions) {
    this.options = options;
    this.title = `flow exports on ${options.listen.join(", ")}`;
    this.listeners = options.listen.map((text) => new UdpListener(text, options.bufferBytes));
    this.allowed = options.exporters.length === 0 ? undefined : new PrefixList(options.exporters);
  }

  /** Throws AppError `collect_socket`. */
  async open(): Promise<void> {
    const { clock, collector } = this.options;
    for (const listener of this.listeners) await listener.open((bytes, from) => this.take(bytes, from));
    this.timers = [
      clock.every(LONGEST_WAIT_MS, () => collector.flush()),
      clock.every(EXPIRY_MS, () => collector.flush(clock.nowMs() * 1000)),
    ];
  }

  /** Receive buffers smaller than asked for, for the log: "10.0.0.5:2055 has 0.2 of 8 MB". */
  shortBuffers(): string[] {
    const { bufferBytes } = this.options;
    // The kernel doubles what it grants, for its own bookkeeping (socket(7)).
    return this.listeners
      .filter(({ grantedBytes }) => grantedBytes / 2 < bufferBytes)
      .map(({ title, grantedBytes }) => `${title} has ${(grantedBytes / 2e6).toFixed(1)} of ${(bufferBytes / 1e6).toFixed(1)} MB`);
  }

  /** Ends listening and hands on what is left. */
  async close(): Promise<void> {
    for (const cancel of this.timers) cancel();
    await Promise.all(this.listeners.map((listener) => listener.close()));
    this.options.collector.finish();
  }

  status(): SensorStatus {
    const { losses, epoch, thread, collector } = this.options;
    const capture = this.counters();
    const byTransport = collector.transports();
    const opened = Object.values(byTransport).reduce((sum, n) => sum + n, 0);
    const cpu = process.cpuUsage();
    const { packets, read, refused, newestMicros } = this.seen;
    return {
      epoch,
      thread,
      source: this.title,
      capture,
      decodedPackets: read,
      malformedPackets: packets - read - refused,
      nonIp: {},
      losses: losses.toJSON(),
      // Records mostly tell one direction: that says nothing of what the exporter saw.
      flows: { opened, active: 0, limit: 0, evicted: 0, byTransport, oneWayClosed: 0, closed: 0 },
      dissect: { recognised: 0, unrecognised: 0 },
      memoryBytes: process.memoryUsage.rss(),
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      newestMicros,
      collect: collector.status(),
    };
  }

  private take(bytes: Buffer, from: string): void {
    const { clock, collector, losses } = this.options;
    const { seen, message } = this;
    seen.packets += 1;
    seen.bytes += bytes.length;
    seen.newestMicros = clock.nowMs() * 1000;
    const observer = from.split("%")[0];
    if (this.allowed !== undefined && !this.allowed.has(observer)) {
      seen.refused += 1;
      collector.refuse();
      return;
    }
    message.use(bytes, 0, bytes.length);
    message.observer = observer;
    message.arrivalMicros = seen.newestMicros;
    if (collector.take(message)) seen.read += 1;
    else losses.add("export_malformed");
  }

  private counters(): CaptureCounters {
    const drops = this.listeners.map((listener) => listener.drops());
    const kernelDrops = drops.includes(undefined) ? undefined : drops.reduce<number>((sum, n) => sum + (n ?? 0), 0);
    const { packets, bytes, refused, newestMicros } = this.seen;
    const trouble = this.listeners.flatMap((listener) => listener.trouble ?? []).join("; ");
    return {
      seenPackets: packets + (kernelDrops ?? 0),
      seenBytes: bytes,
      filteredPackets: refused,
      kernelDrops,
      interfacePackets: undefined,
      newestMicros,
      ...(trouble === "" ? {} : { trouble }),
    };
  }
}
