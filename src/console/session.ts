import { readFrame } from "./frames.ts";
import type { Delta, View } from "./view.ts";
import type { ClientFrame, Row, ServerFrame } from "./wire.ts";

/** The part of a WebSocket that a session needs. */
export interface LiveSocket {
  send(text: string): void;
  readonly bufferedAmount: number;
  close(code: number, reason: string): void;
  terminate(): void;
}

export const CLOSE = { badFrame: 4400, tooFast: 4429, tooSlow: 4008, goingAway: 1001 } as const;

const MOST_SUBSCRIPTIONS = 8;
const MOST_FRAMES_PER_SECOND = 20;
/** Beyond this much unsent, frames are held and merged. */
const MOST_BUFFERED_BYTES = 256 * 1024;
const LONGEST_WITHOUT_PROGRESS_MS = 30_000;
/** Frames stay below 64 KiB; JSON of ASCII and a few wider characters: counted in bytes with room to spare. */
const LONGEST_FRAME_BYTES = 64 * 1024;
const ENVELOPE_BYTES = 512;

/** What a session asks of the hub. */
export interface SessionHost {
  readonly epoch: string;
  nowMs(): number;
  open(topic: ClientFrame & { type: "sub" }): View | string;
  release(view: View): void;
  counted(what: "resyncs", reason: "epoch" | "expired" | "overflow"): void;
  counted(what: "closed", reason: keyof typeof CLOSE): void;
}

interface Subscription {
  view: View;
  /** Up to where this socket knows the view. */
  seq: number;
}

/** One socket: its subscriptions, and how far it has got with each. Hostile frames close it; nothing here throws. */
export class Session {
  private readonly socket: LiveSocket;
  private readonly host: SessionHost;
  private readonly subscriptions = new Map<string, Subscription>();
  private isPaused = false;
  private isOver = false;
  private secondMs = 0;
  private framesThisSecond = 0;
  private bufferedBefore = 0;
  private progressMs: number;

  constructor(socket: LiveSocket, host: SessionHost) {
    this.socket = socket;
    this.host = host;
    this.progressMs = host.nowMs();
  }

  receive(data: string | undefined): void {
    if (this.isOver) return;
    const now = this.host.nowMs();
    if (now - this.secondMs >= 1000) {
      this.secondMs = now;
      this.framesThisSecond = 0;
    }
    this.framesThisSecond += 1;
    if (this.framesThisSecond > MOST_FRAMES_PER_SECOND) {
      this.end("tooFast", `more than ${MOST_FRAMES_PER_SECOND} frames a second`);
      return;
    }
    const frame = data === undefined ? "binary frames are not part of this protocol" : readFrame(data);
    if (typeof frame === "string") {
      this.end("badFrame", frame);
      return;
    }
    switch (frame.type) {
      case "sub":
        this.subscribe(frame);
        return;
      case "unsub":
        this.unsubscribe(frame.id);
        return;
      case "pause":
        this.isPaused = true;
        return;
      case "resume":
        this.isPaused = false;
        this.deliver();
    }
  }

  /** Sends whatever the socket does not know yet, if it can take it. */
  deliver(only?: View): void {
    if (this.isOver || this.isPaused) return;
    for (const [id, subscription] of this.subscriptions) {
      if (only === undefined || subscription.view === only) this.bringUpToDate(id, subscription);
    }
  }

  /** Once a second: the sign of life, and the end of a socket that takes nothing. */
  tick(frame: string): void {
    if (this.isOver) return;
    const now = this.host.nowMs();
    const buffered = this.socket.bufferedAmount;
    if (buffered === 0 || buffered < this.bufferedBefore) this.progressMs = now;
    this.bufferedBefore = buffered;
    if (now - this.progressMs >= LONGEST_WITHOUT_PROGRESS_MS) {
      this.end("tooSlow", "no progress for 30 s");
      return;
    }
    if (buffered + frame.length <= MOST_BUFFERED_BYTES) this.socket.send(frame);
    this.deliver();
  }

  send(frame: ServerFrame): void {
    if (!this.isOver) this.socket.send(JSON.stringify(frame));
  }

  /** Ends the session; `bye` says when to come back. */
  end(why: keyof typeof CLOSE, reason: string): void {
    if (this.isOver) return;
    if (why === "tooSlow" || why === "goingAway") this.send({ type: "bye", code: CLOSE[why], retryMs: why === "tooSlow" ? 5000 : 1000 });
    this.host.counted("closed", why);
    this.socket.close(CLOSE[why], reason);
    if (why === "tooSlow") this.socket.terminate();
    this.closed();
  }

  /** The socket is gone. */
  closed(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const { view } of this.subscriptions.values()) this.host.release(view);
    this.subscriptions.clear();
  }

  get over(): boolean {
    return this.isOver;
  }

  private subscribe(frame: ClientFrame & { type: "sub" }): void {
    if (this.subscriptions.has(frame.id)) this.unsubscribe(frame.id);
    if (this.subscriptions.size >= MOST_SUBSCRIPTIONS) {
      this.send({ type: "error", id: frame.id, reason: `at most ${MOST_SUBSCRIPTIONS} subscriptions on a socket` });
      return;
    }
    const view = this.host.open(frame);
    if (typeof view === "string") {
      this.send({ type: "error", id: frame.id, reason: view });
      return;
    }
    const subscription: Subscription = { view, seq: -1 };
    this.subscriptions.set(frame.id, subscription);
    if (frame.from) {
      if (frame.from.epoch !== this.host.epoch) this.resync(frame.id, "epoch");
      else if (view.since(frame.from.seq, this.host.nowMs()) === undefined) this.resync(frame.id, "expired");
      else subscription.seq = frame.from.seq;
    }
    this.bringUpToDate(frame.id, subscription);
  }

  private unsubscribe(id: string): void {
    const subscription = this.subscriptions.get(id);
    if (!subscription) return;
    this.subscriptions.delete(id);
    this.host.release(subscription.view);
  }

  private bringUpToDate(id: string, subscription: Subscription): void {
    const { view } = subscription;
    if (subscription.seq === view.seq || this.socket.bufferedAmount > MOST_BUFFERED_BYTES) return;
    if (subscription.seq < 0) {
      this.sendSnap(id, subscription);
      return;
    }
    const delta = view.since(subscription.seq, this.host.nowMs());
    if (delta === "none") return;
    if (delta === undefined) {
      this.resync(id, "overflow");
      this.sendSnap(id, subscription);
      return;
    }
    const text = deltaText(id, delta);
    const bytes = Buffer.byteLength(text);
    if (bytes > LONGEST_FRAME_BYTES) {
      this.sendSnap(id, subscription);
      return;
    }
    if (this.socket.bufferedAmount + bytes > MOST_BUFFERED_BYTES) return;
    this.socket.send(text);
    subscription.seq = view.seq;
  }

  /** All rows, in as many frames as they need; `more` says that another follows. */
  private sendSnap(id: string, subscription: Subscription): void {
    const { view } = subscription;
    const parts: Row[][] = [[]];
    let bytes = ENVELOPE_BYTES;
    for (const row of view.snapshot()) {
      const rowBytes = Buffer.byteLength(JSON.stringify(row)) + 1;
      if (bytes + rowBytes > LONGEST_FRAME_BYTES && parts[parts.length - 1].length > 0) {
        parts.push([]);
        bytes = ENVELOPE_BYTES;
      }
      parts[parts.length - 1].push(row);
      bytes += rowBytes;
    }
    for (const [index, rows] of parts.entries()) {
      this.send({
        type: "snap",
        id,
        epoch: this.host.epoch,
        seq: view.seq,
        asOf: view.asOf,
        rows,
        total: view.total,
        more: index < parts.length - 1,
        first: index === 0,
      });
    }
    subscription.seq = view.seq;
  }

  private resync(id: string, reason: "epoch" | "expired" | "overflow"): void {
    this.host.counted("resyncs", reason);
    this.send({ type: "resync", id, reason });
  }
}

function deltaText(id: string, delta: Delta): string {
  return `{"type":"delta","id":${JSON.stringify(id)},${delta.tail}`;
}
