import { chmodSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { FileReport } from "../model/capture.ts";
import { FLOW_RECORD_BYTES } from "../model/flow.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { broken, encodeFrame, encodeJson, FRAME, FrameReader, readJson } from "./frame.ts";
import type { Hello } from "./hello.ts";
import { readEnd, readHello, readStatus } from "./shapes.ts";

export interface ReceiverEvents {
  onHello(hello: Hello): void;
  /** A flows frame's payload; acknowledge later with `acknowledge(hello, sequence)`. */
  onFlows(hello: Hello, sequence: number, payload: Buffer): void;
  onStatus(hello: Hello, status: SensorStatus): void;
  onEnd(hello: Hello, report: { status: SensorStatus; files: FileReport[] }): void;
  onGone(hello: Hello, wasEnded: boolean): void;
  /** A peer that does not speak the protocol; it was cut off. */
  onStranger(reason: string): void;
}

/**
 * The core's end: one listening Unix socket, one connection for each sensor thread. It listens before the core is built, as
 * the lock that keeps a second core away; who connects until then waits for `serve`.
 */
export class LinkReceiver {
  private readonly path: string;
  private readonly events: ReceiverEvents;
  private readonly server: Server;
  private readonly peers = new Map<string, Socket>();
  private waiting: Socket[] | undefined = [];

  constructor(path: string, events: ReceiverEvents) {
    this.path = path;
    this.events = events;
    this.server = createServer({ pauseOnConnect: true }, (socket) => {
      // What goes wrong with it shows when it is read.
      socket.on("error", () => {});
      if (this.waiting) this.waiting.push(socket);
      else this.accept(socket);
    });
  }

  async listen(): Promise<void> {
    // A socket file without a listener is left over from a core that was killed; one with a listener is another core.
    if (await answers(this.path))
      throw new AppError("link_failed", `another bordertap already listens on ${this.path}: stop it first, or set another state folder`);
    rmSync(this.path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", (error) =>
        reject(new AppError("link_failed", `cannot listen on ${this.path}: ${reasonOf(error)}`, { cause: error })),
      );
      this.server.listen(this.path, resolve);
    });
    chmodSync(this.path, 0o660);
  }

  /** The core is ready: takes in who waits, and from now on everybody at once. */
  serve(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const socket of waiting) this.accept(socket);
  }

  acknowledge(hello: Hello, sequence: number): void {
    this.peers.get(keyOf(hello))?.write(encodeFrame(FRAME.ack, sequence, new Uint8Array(0)));
  }

  /** Asks every sensor to finish. */
  stopSensors(): void {
    for (const socket of this.peers.values()) socket.write(encodeJson(FRAME.stop, 0, {}));
  }

  close(): void {
    for (const socket of [...this.peers.values(), ...(this.waiting ?? [])]) socket.destroy();
    this.server.close();
  }

  private accept(socket: Socket): void {
    const reader = new FrameReader();
    let hello: Hello | undefined;
    let isEnded = false;
    socket.on("data", (chunk) => {
      try {
        for (const { type, sequence, payload } of reader.push(chunk)) {
          if (type === FRAME.hello) {
            hello = this.welcome(readHello(readJson(payload.toString())), socket);
            this.events.onHello(hello);
          } else if (!hello) throw broken("a frame before hello");
          else if (type === FRAME.flows) this.events.onFlows(hello, sequence, payload);
          else if (type === FRAME.status) this.events.onStatus(hello, readStatus(readJson(payload.toString())));
          else if (type === FRAME.end) {
            isEnded = true;
            this.events.onEnd(hello, readEnd(readJson(payload.toString())));
          }
        }
      } catch (error) {
        // Only a peer that breaks the protocol is cut off; what goes wrong in judging its events is ours, and is not hidden here.
        if (!(error instanceof AppError) || error.code !== "link_failed") throw error;
        this.events.onStranger(reasonOf(error));
        // It hears why, and nothing more of it is read.
        socket.removeAllListeners("data").pause();
        socket.end(encodeFrame(FRAME.refused, 0, Buffer.from(reasonOf(error))), () => socket.destroy());
      }
    });
    socket.on("close", () => {
      if (!hello) return;
      if (this.peers.get(keyOf(hello)) === socket) this.peers.delete(keyOf(hello));
      this.events.onGone(hello, isEnded);
    });
    socket.resume();
  }

  /** Takes a sensor in, or throws `link_failed` with the reason why not. */
  private welcome(hello: Hello, socket: Socket): Hello {
    if (hello.recordBytes !== FLOW_RECORD_BYTES)
      throw broken(`sensor sends records of ${hello.recordBytes} bytes, this core reads ${FLOW_RECORD_BYTES}: update both`);
    const key = keyOf(hello);
    if ([...this.peers.keys()].some((other) => other.endsWith(`/${hello.thread}`) && other !== key))
      throw broken(`thread ${hello.thread} has a sensor already`);
    this.peers.get(key)?.destroy();
    this.peers.set(key, socket);
    return hello;
  }
}

function keyOf(hello: Hello): string {
  return `${hello.epoch}/${hello.thread}`;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
