import { randomBytes, randomFillSync } from "node:crypto";
import { createCollector, LiveCollector } from "../collect/index.ts";
import { systemClock } from "../lib/clock.ts";
import { createNotifier } from "../lib/sd-notify.ts";
import { LinkSender } from "../link/sender.ts";
import { FLOW_RECORD_BYTES } from "../model/flow.ts";
import { createLog } from "../obs/log.ts";
import { Losses } from "../obs/losses.ts";
import { createFrameReader } from "./frame-reader.ts";
import { endOnSignals, openOrTell } from "./sensor-life.ts";
import type { SensorSettings } from "./sensor-settings.ts";

const STATUS_MS = 1000;
/** As a sensor of packets: without its parent it waits so long for another core. */
const ORPHAN_MS = 30_000;

/** The process that takes flow exports: a sensor of its own, which opens no socket but those that it listens on and the link. */
export async function runCollector(link: string, thread: number, settings: SensorSettings): Promise<0 | 1> {
  const clock = systemClock;
  const losses = new Losses();
  const log = createLog("collector");
  const epoch = randomBytes(8).toString("hex");
  const { collect } = settings;
  const notifier = createNotifier(process.env);
  const collector = createCollector({
    onBatch: (batch) => sender.sendFlows(batch),
    readFrame: createFrameReader(),
    losses,
    thread,
    random: randomFillSync,
    limits: {
      exporters: collect.exporterLimit,
      heldBytes: collect.heldKilobytes * 1000,
      heldSeconds: collect.heldSeconds,
      skewSeconds: collect.skewSeconds,
      templateSeconds: collect.templateHours * 3600,
    },
  });
  const { listen, exporters, bufferMegabytes } = collect;
  const live = new LiveCollector({ listen, exporters, bufferBytes: bufferMegabytes * 1e6, collector, losses, clock, epoch, thread });
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const sender = new LinkSender({
    path: link,
    clock,
    losses,
    hello: { epoch, thread, source: live.title, pid: process.pid, recordBytes: FLOW_RECORD_BYTES },
    onStop: end,
    onState: (state, reason) => {
      if (state === "refused") log.error("the core refuses this collector", { reason });
      else if (state === "lost") log.warn("the core is away; flow events are kept until it is back", {});
      else notifier.notify("READY=1");
    },
  });
  if (!(await openOrTell(() => live.open()))) {
    sender.close();
    return 1;
  }
  for (const short of live.shortBuffers()) log.warn("the kernel gave a smaller receive buffer; raise net.core.rmem_max", { socket: short });
  const timers = [
    clock.every(STATUS_MS, () => {
      sender.sendStatus(live.status());
      if (process.send && !process.connected && sender.awayMs > ORPHAN_MS) end();
    }),
    ...(notifier.watchdogMs ? [clock.every(notifier.watchdogMs, () => notifier.notify("WATCHDOG=1"))] : []),
  ];
  endOnSignals(end);
  await ended;
  for (const cancel of timers) cancel();
  notifier.notify("STOPPING=1");
  await live.close();
  await sender.end({ status: live.status(), files: [] });
  return 0;
}
