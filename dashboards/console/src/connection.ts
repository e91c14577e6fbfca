import type { ClientFrame, Row, ServerFrame, Topic } from "../../../src/console/wire.ts";

const PROTOCOL = "bordertap.v1";
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

export interface Picture {
  rows: Row[];
  total: number;
  asOf: number | null;
}

interface Subscription {
  topic: Topic;
  params: Record<string, string | number>;
  rows: Map<string, Row>;
  /** Rows of a snap that comes in several frames. */
  gathering: Row[];
  total: number;
  epoch: string;
  seq: number;
  show(picture: Picture): void;
  refused(reason: string): void;
}

export interface ConnectionEvents {
  /** Anything came from the server. */
  heard(frame: ServerFrame): void;
  lost(): void;
}

/**
 * The live socket: subscribes, applies snaps and deltas, and comes back after a loss from where it was. A hole in the
 * numbering asks for the whole again, so what is shown never mixes two states.
 */
export class Connection {
  private socket: WebSocket | undefined;
  private readonly subscriptions = new Map<string, Subscription>();
  private retryMs = FIRST_RETRY_MS;
  private retryTimer: number | undefined;
  private readonly events: ConnectionEvents;
  private readonly url: string;
  private isPaused = false;

  constructor(url: string, events: ConnectionEvents) {
    this.url = url;
    this.events = events;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.retryTimer !== undefined) this.open();
    });
  }

  open(): void {
    window.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    const socket = new WebSocket(this.url, PROTOCOL);
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      if (this.isPaused) this.send({ type: "pause" });
      for (const [id, subscription] of this.subscriptions) this.subscribe(id, subscription);
    };
    socket.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as ServerFrame);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.events.lost();
      const jitter = 0.75 + Math.random() / 2;
      this.retryTimer = window.setTimeout(() => this.open(), this.retryMs * jitter);
      this.retryMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2);
    };
  }

  /** Shows a topic until the returned function is called. */
  watch(
    id: string,
    topic: Topic,
    params: Record<string, string | number>,
    show: (picture: Picture) => void,
    refused: (reason: string) => void = () => {},
  ): () => void {
    const subscription: Subscription = { topic, params, rows: new Map(), gathering: [], total: 0, epoch: "", seq: -1, show, refused };
    this.subscriptions.set(id, subscription);
    this.subscribe(id, subscription);
    return () => {
      if (this.subscriptions.get(id) !== subscription) return;
      this.subscriptions.delete(id);
      this.send({ type: "unsub", id });
    };
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused;
    this.send({ type: isPaused ? "pause" : "resume" });
  }

  private subscribe(id: string, subscription: Subscription): void {
    const { topic, params, epoch, seq } = subscription;
    this.send({ type: "sub", id, topic, params, ...(seq < 0 ? {} : { from: { epoch, seq } }) });
  }

  private send(frame: ClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private receive(frame: ServerFrame): void {
    this.events.heard(frame);
    if (frame.type === "bye") this.retryMs = Math.max(this.retryMs, frame.retryMs);
    if (frame.type !== "snap" && frame.type !== "delta" && frame.type !== "error") return;
    const subscription = this.subscriptions.get(frame.id);
    if (!subscription) return;
    if (frame.type === "error") {
      subscription.refused(frame.reason);
      return;
    }
    if (frame.type === "snap") {
      subscription.gathering = frame.first ? frame.rows : subscription.gathering.concat(frame.rows);
      if (frame.more) return;
      subscription.rows = new Map(subscription.gathering.map((row) => [row.id, row]));
      subscription.gathering = [];
      subscription.epoch = frame.epoch;
    } else {
      if (frame.prev !== subscription.seq) {
        subscription.seq = -1;
        this.subscribe(frame.id, subscription);
        return;
      }
      for (const id of frame.drop) subscription.rows.delete(id);
      for (const fields of frame.put) subscription.rows.set(fields.id, { ...subscription.rows.get(fields.id), ...fields });
    }
    subscription.seq = frame.seq;
    subscription.total = frame.total;
    subscription.show({ rows: [...subscription.rows.values()], total: frame.total, asOf: frame.asOf });
  }
}
