import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";
import type { Hello } from "../link/hello.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Losses } from "../obs/losses.ts";

/** What was last known of a sensor thread. */
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

/** The file: also a core that was killed can say what was missed, and go on counting where it stopped. */
interface Kept {
  threads: Record<string, LastSeen>;
  missedPackets: number;
  unreportedFlows: number;
  /** Packet time up to which flow events were judged. */
  judgedMicros: number | undefined;
}

const SAVE_MS = 2000;

/** Compares what a new sensor finds with what the one before it left: the packets between them were seen by nobody. */
export class SensorLedger {
  private readonly path: string;
  private readonly losses: Losses;
  private readonly last = new Map<number, LastSeen>();
  private readonly stopTimer: () => void;
  private isChanged = false;
  private missedPackets = 0;
  private unreportedFlows = 0;
  /** Packet time up to which this run and those before it have judged. */
  judgedMicros: number | undefined;

  constructor(path: string, clock: Clock, losses: Losses) {
    this.path = path;
    this.losses = losses;
    try {
      const kept = JSON.parse(readFileSync(path, "utf8")) as Kept;
      for (const [thread, seen] of Object.entries(kept.threads)) this.last.set(Number(thread), seen);
      this.judgedMicros = kept.judgedMicros;
      this.miss(kept.missedPackets, kept.unreportedFlows);
    } catch {
      // None yet, or torn: then nothing can be compared, and nothing is claimed.
    }
    this.stopTimer = clock.every(SAVE_MS, () => this.save());
  }

  /** A sensor said hello. Returns what was missed when it follows one that died. */
  started(hello: Hello): Outage | undefined {
    const before = this.last.get(hello.thread);
    if (before?.epoch === hello.epoch) return undefined;
    this.note(hello, {
      activeFlows: 0,
      wasEnded: false,
      ...(hello.interfacePackets === undefined ? {} : { interfacePackets: hello.interfacePackets }),
    });
    // A sensor that ended in order was meant to be away, and had reported all its flows.
    if (!before || before.wasEnded) return undefined;
    const isComparable = before.source === hello.source && before.interfacePackets !== undefined && hello.interfacePackets !== undefined;
    const difference = isComparable ? hello.interfacePackets! - before.interfacePackets! : undefined;
    // Counters of an interface begin anew with the machine, or when it was made anew.
    const missedPackets = difference === undefined || difference < 0 ? undefined : difference;
    this.miss(missedPackets ?? 0, before.activeFlows);
    // At once: a core that died now would otherwise count the same outage again.
    this.save();
    return { missedPackets, unreportedFlows: before.activeFlows };
  }

  reported(hello: Hello, status: SensorStatus): void {
    const { interfacePackets } = status.capture;
    this.note(hello, {
      activeFlows: status.flows.active,
      wasEnded: false,
      ...(interfacePackets === undefined ? {} : { interfacePackets }),
    });
  }

  ended(hello: Hello): void {
    this.note(hello, { activeFlows: 0, wasEnded: true });
    this.save();
  }

  close(): void {
    this.stopTimer();
    this.save();
  }

  private miss(packets: number, flows: number): void {
    this.missedPackets += packets;
    this.unreportedFlows += flows;
    this.losses.add("sensor_outage", packets);
    this.losses.add("flows_unreported", flows);
  }

  private note(hello: Hello, seen: Omit<LastSeen, "epoch" | "source">): void {
    this.last.set(hello.thread, { epoch: hello.epoch, source: hello.source, ...seen });
    this.isChanged = true;
  }

  private save(): void {
    if (!this.isChanged) return;
    try {
      const { missedPackets, unreportedFlows, judgedMicros } = this;
      const kept: Kept = { threads: Object.fromEntries(this.last), missedPackets, unreportedFlows, judgedMicros };
      writeFileSync(`${this.path}.part`, JSON.stringify(kept));
      renameSync(`${this.path}.part`, this.path);
      this.isChanged = false;
    } catch {
      // A full disk is told by those who must keep what they hold; this is only a memory aid, and tried again.
    }
  }
}
