import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";
import type { Hello } from "../link/hello.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Losses } from "../obs/losses.ts";

/** What was last known of a sensor thread, kept on disk so that also a core that died can say what was missed. */
interface LastSeen {
  epoch: string;
  source: string;
  interfacePackets?: number;
  activeFlows: number;
  wasEnded: boolean;
}

export interface Outage {
  /** Packets the interface counted meanwhile; undefined where that cannot be known. */
  missedPackets: number | undefined;
  /** Flows that the dead sensor had in its table. */
  unreportedFlows: number;
}

const SAVE_MS = 2000;

/** Compares what a new sensor finds with what the one before it left: the packets between them were seen by nobody. */
export class SensorLedger {
  private readonly path: string;
  private readonly losses: Losses;
  private readonly last = new Map<number, LastSeen>();
  private readonly stopTimer: () => void;
  private isChanged = false;

  constructor(path: string, clock: Clock, losses: Losses) {
    this.path = path;
    this.losses = losses;
    try {
      for (const [thread, seen] of Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, LastSeen>)) this.last.set(Number(thread), seen);
    } catch {
      // None yet, or torn: then nothing can be compared, and nothing is claimed.
    }
    this.stopTimer = clock.every(SAVE_MS, () => this.save());
  }

  /** A sensor said hello. Returns what was missed when it follows one that died. */
  started(hello: Hello): Outage | undefined {
    const before = this.last.get(hello.thread);
    if (before?.epoch === hello.epoch) return undefined;
    this.note(hello, { activeFlows: 0, wasEnded: false, ...(hello.interfacePackets === undefined ? {} : { interfacePackets: hello.interfacePackets }) });
    // A sensor that ended in order was meant to be away, and had reported all its flows.
    if (!before || before.wasEnded) return undefined;
    const isComparable = before.source === hello.source && before.interfacePackets !== undefined && hello.interfacePackets !== undefined;
    const difference = isComparable ? hello.interfacePackets! - before.interfacePackets! : undefined;
    // Counters of an interface begin anew with the machine, or when it was made anew.
    const missedPackets = difference === undefined || difference < 0 ? undefined : difference;
    if (missedPackets) this.losses.add("sensor_outage", missedPackets);
    if (before.activeFlows > 0) this.losses.add("flows_unreported", before.activeFlows);
    return { missedPackets, unreportedFlows: before.activeFlows };
  }

  reported(hello: Hello, status: SensorStatus): void {
    const { interfacePackets } = status.capture;
    this.note(hello, { activeFlows: status.flows.active, wasEnded: false, ...(interfacePackets === undefined ? {} : { interfacePackets }) });
  }

  ended(hello: Hello): void {
    this.note(hello, { activeFlows: 0, wasEnded: true });
    this.save();
  }

  close(): void {
    this.stopTimer();
    this.save();
  }

  private note(hello: Hello, seen: Omit<LastSeen, "epoch" | "source">): void {
    this.last.set(hello.thread, { epoch: hello.epoch, source: hello.source, ...seen });
    this.isChanged = true;
  }

  private save(): void {
    if (!this.isChanged) return;
    try {
      writeFileSync(`${this.path}.part`, JSON.stringify(Object.fromEntries(this.last)));
      renameSync(`${this.path}.part`, this.path);
      this.isChanged = false;
    } catch {
      // A full disk is told by those who must keep what they hold; this is only a memory aid, and tried again.
    }
  }
}
