import { connect, type Socket } from "node:net";
import type { Clock } from "../lib/clock.ts";
import { FLOW_RECORD_BYTES, type FlowBatch } from "../model/flow.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import type { Losses } from "../obs/losses.ts";
import { encodeJson, FRAME, FrameReader, flowsFrames } from "./frame.ts";
import type { Hello } from "./hello.ts";

export interface SenderOptions {
  path: string;
  hello: Hello;
  clock: Clock;
  losses: Losses;
  /** Frames not yet acknowledged are kept up to this many bytes; beyond it new batches are dropped and counted. */
  queueBytes?: number;
  /** The core asks the sensor to finish. */
  onStop(): void;
  /** Connected, disconnected, refused: for the log. */
  onState?(state: "connected" | "lost" | "refused", reason?: string): void;
}

const RETRY_MS = 250;

/** The sensor's end: keeps every batch until the core says that it is safe, and sends again what was not, after a break. */
export class LinkSender {
  private readonly options: SenderOptions;
  private readonly queueBytes: number;
  private socket: Socket | undefined;
  private isReady = false;
  private isClosed = false;
  private sequence = 0;
  private unacknowledged: { sequence: number; frame: Buffer }[] = [];
  private heldBytes = 0;
  private drained: (() => void)[] = [];
  private disconnectedSinceMs: number;

  constructor(options: SenderOptions) {
    this.options = options;
    this.queueBytes = options.queueBytes ?? 64 * 1024 * 1024;
    this.disconnectedSinceMs = options.clock.nowMs();
    this.dial();
  }

  /** Takes a batch over; false when some of it had to be dropped (counted by records). */
  sendFlows(batch: FlowBatch): boolean {
    if (this.heldBytes + batch.count * FLOW_RECORD_BYTES > this.queueBytes) return this.drop(batch.count);
    let isTaken = true;
    for (const { frame, records } of flowsFrames(batch, this.sequence + 1)) {
      // One that is dropped leaves a hole in the numbers, which only ever have to rise.
      this.sequence += 1;
      if (this.heldBytes + frame.length > this.queueBytes) isTaken = this.drop(records);
      else this.hold(this.sequence, frame);
    }
    return isTaken;
  }

  private drop(records: number): false {
    this.options.losses.add("link_dropped", records);
    return false;
  }

  private hold(sequence: number, frame: Buffer): void {
    this.unacknowledged.push({ sequence, frame });
    this.heldBytes += frame.length;
    if (this.isReady) this.socket?.write(frame);
  }

  /** Milliseconds since the core was last there; 0 while connected. */
  get awayMs(): number {
    return this.isReady ? 0 : this.options.clock.nowMs() - this.disconnectedSinceMs;
  }

  sendStatus(status: SensorStatus): void {
    // Only the newest status matters; it is not queued while the core is away or slow.
    if (this.isReady && this.socket && this.socket.writableLength < 1024 * 1024) this.socket.write(encodeJson(FRAME.status, 0, status));
  }

  /** Says that there will be no more, and resolves when everything is acknowledged or `maxMs` have passed. */
  async end(report: unknown, maxMs = 10_000): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.options.clock.after(maxMs, resolve);
      this.drained.push(() => {
        cancel();
        resolve();
      });
      this.settle();
    });
    const { socket } = this;
    if (socket && this.isReady)
      await new Promise<void>((resolve) => socket.write(encodeJson(FRAME.end, this.sequence, report), () => resolve()));
    this.close();
  }

  close(): void {
    this.isClosed = true;
    this.socket?.end();
  }

  private dial(): void {
    if (this.isClosed) return;
    const socket = connect(this.options.path);
    this.socket = socket;
    const reader = new FrameReader();
    socket.on("connect", () => {
      socket.write(encodeJson(FRAME.hello, 0, this.options.hello));
      for (const { frame } of this.unacknowledged) socket.write(frame);
      this.isReady = true;
      this.options.onState?.("connected");
    });
    socket.on("data", (chunk) => {
      try {
        for (const { type, sequence, payload } of reader.push(chunk)) {
          if (type === FRAME.ack) this.acknowledge(sequence);
          else if (type === FRAME.stop) this.options.onStop();
          else if (type === FRAME.refused) {
            this.isClosed = true;
            this.options.onState?.("refused", payload.toString());
            this.options.onStop();
          }
        }
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.isReady) {
        this.disconnectedSinceMs = this.options.clock.nowMs();
        this.options.onState?.("lost");
      }
      this.isReady = false;
      if (!this.isClosed) this.options.clock.after(RETRY_MS, () => this.dial());
    });
  }

  private acknowledge(sequence: number): void {
    let done = 0;
    while (done < this.unacknowledged.length && this.unacknowledged[done].sequence <= sequence) {
      this.heldBytes -= this.unacknowledged[done].frame.length;
      done += 1;
    }
    if (done > 0) this.unacknowledged = this.unacknowledged.slice(done);
    this.settle();
  }

  private settle(): void {
    if (this.unacknowledged.length > 0) return;
    for (const resolve of this.drained.splice(0)) resolve();
  }
}
