import { randomBytes, randomFillSync } from "node:crypto";
import { constants, setPriority } from "node:os";
import { createSource } from "../capture/index.ts";
import { DemoSource } from "../demo/source.ts";
import { createClasses } from "../dissect/classing/classes.ts";
import { IdentifierHashes } from "../dissect/identifier-hashes.ts";
import { servicePorts } from "../dissect/index.ts";
import { createDissection } from "../dissect/reader.ts";
import { systemClock } from "../lib/clock.ts";
import { createNotifier } from "../lib/sd-notify.ts";
import { LinkSender } from "../link/sender.ts";
import type { PacketSource } from "../model/capture.ts";
import { FLOW_RECORD_BYTES } from "../model/flow.ts";
import { createLog } from "../obs/log.ts";
import { Losses } from "../obs/losses.ts";
import { createSensor } from "../pipeline/sensor.ts";
import { runCollector } from "./run-collector.ts";
import { endOnSignals, openOrTell } from "./sensor-life.ts";
import { type SensorSettings, sensorSettings } from "./sensor-settings.ts";
import { openSiteKey } from "./site-key.ts";

export interface SensorRunOptions {
  link: string;
  config?: string;
  interface?: string;
  thread: number;
  /** Take flow exports (configuration: collect) rather than packets. */
  isCollector?: boolean;
  /** SensorSettings as JSON, from the core that started this process; without it the configuration file is read. */
  settings?: string;
}

const STATUS_MS = 1000;
/** A sensor whose parent died waits so long for another core before it ends itself. */
const ORPHAN_MS = 30_000;
/** PACKET_FANOUT groups are numbered by machine: one number for bordertap on an interface is enough. */
const FANOUT_GROUP = 0xb0de;

/** The sensor process: one source, one flow table, one link. */
export async function runSensor(options: SensorRunOptions): Promise<0 | 1> {
  raisePriority();
  const settings = await settingsOf(options);
  const { capture, flows, dissect, isDemo } = settings;
  // The threads that read packets are numbered from 0, the collector comes after them.
  if (options.isCollector || options.thread >= capture.threads) return runCollector(options.link, capture.threads, settings);
  const clock = systemClock;
  const losses = new Losses();
  const log = createLog("sensor");
  let source!: PacketSource;
  let identifiers: IdentifierHashes | undefined;
  const isOpen = await openOrTell(async () => {
    if (dissect.hashIdentifiers) identifiers = new IdentifierHashes(openSiteKey(settings.stateFolder));
    source = isDemo
      ? new DemoSource(clock)
      : createSource({
          source: capture.source,
          interface: capture.interface,
          filter: capture.filter,
          ringMegabytes: capture.ringMegabytes,
          ...(capture.threads > 1 ? { fanout: { group: FANOUT_GROUP, threads: capture.threads } } : {}),
          losses,
          log,
        });
    await source.open();
  });
  if (!isOpen) return 1;
  const epoch = randomBytes(8).toString("hex");
  // Threads of one interface are told apart wherever sensors are listed.
  const title = capture.threads > 1 ? `${source.title} thread ${options.thread}` : source.title;
  const status = () => ({ ...sensor.status(), source: title });
  const notifier = createNotifier(process.env);
  const { interfacePackets } = source.counters();
  const reader = createDissection({
    prefixBytes: dissect.prefixKilobytes * 1000,
    prefixTotalBytes: dissect.prefixTotalMegabytes * 1e6,
    readingTotalBytes: dissect.readingTotalMegabytes * 1e6,
    classes: createClasses(dissect.classingKilobytes, randomFillSync),
    identifiers,
    losses,
  });
  const sender = new LinkSender({
    path: options.link,
    clock,
    losses,
    hello: {
      epoch,
      thread: options.thread,
      source: title,
      pid: process.pid,
      recordBytes: FLOW_RECORD_BYTES,
      ...(interfacePackets === undefined ? {} : { interfacePackets }),
    },
    onStop: () => sensor.stop(),
    onState: (state, reason) => {
      if (state === "refused") log.error("the core refuses this sensor", { reason });
      else if (state === "lost") log.warn("the core is away; flow events are kept until it is back", {});
      else notifier.notify("READY=1");
    },
  });
  const sensor = createSensor({
    source,
    reader,
    dissected: () => ({ ...reader.counters(), losses }),
    random: randomFillSync,
    epoch,
    thread: options.thread,
    duplicates: capture.duplicates,
    onBatch: (batch) => sender.sendFlows(batch),
    options: { limit: flows.limit, activeSeconds: flows.activeSeconds, isEarly: true, servicePorts: servicePorts() },
  });
  const timers = [
    clock.every(STATUS_MS, () => {
      sender.sendStatus(status());
      if (process.send && !process.connected && sender.awayMs > ORPHAN_MS) sensor.stop();
    }),
    ...(notifier.watchdogMs ? [clock.every(notifier.watchdogMs, () => notifier.notify("WATCHDOG=1"))] : []),
  ];
  endOnSignals(() => sensor.stop());
  await sensor.run();
  for (const cancel of timers) cancel();
  notifier.notify("STOPPING=1");
  await sender.end({ status: status(), files: source.files() });
  source.close();
  return 0;
}

async function settingsOf(options: SensorRunOptions): Promise<SensorSettings> {
  if (options.settings !== undefined) return JSON.parse(options.settings) as SensorSettings;
  const { loadConfig } = await import("../config/load.ts");
  const settings = sensorSettings(loadConfig(options.config).config, { interface: options.interface, isDemo: false });
  // As a unit of its own it has a folder of its own, whatever the core's is: nobody else can read the key there.
  const [ownFolder] = process.env.STATE_DIRECTORY?.split(":") ?? [];
  return ownFolder === undefined ? settings : { ...settings, stateFolder: ownFolder };
}

/** What the sensor does not read in time is lost, while all others can wait. Where the right to it is missing, it goes without. */
function raisePriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // As an ordinary user: the ring must do.
  }
}
