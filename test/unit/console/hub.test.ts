import { beforeEach, describe, expect, it } from "vitest";
import { Hub } from "../../../src/console/hub.ts";
import { LiveState } from "../../../src/console/live.ts";
import type { LiveSocket, Session } from "../../../src/console/session.ts";
import { Tokens } from "../../../src/console/tokens.ts";
import { Topics } from "../../../src/console/topics.ts";
import type { AlertRow, ServerFrame } from "../../../src/console/wire.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import { Health } from "../../../src/obs/health.ts";
import { alert, judged, SITE, START_MS, status } from "./fixtures.ts";

/** A socket that remembers what it was sent; `bufferedAmount` is set by the test. */
class FakeSocket implements LiveSocket {
  bufferedAmount = 0;
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  terminated = false;

  send(text: string): void {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
    this.frames.push(JSON.parse(text) as ServerFrame);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  terminate(): void {
    this.terminated = true;
  }

  /** Frames of a type since the last call for it; ticks never get in the way. */
  take<T extends ServerFrame["type"]>(type: T): Extract<ServerFrame, { type: T }>[] {
    const found = this.frames.filter((frame) => frame.type === type) as Extract<ServerFrame, { type: T }>[];
    for (const frame of found) this.frames.splice(this.frames.indexOf(frame), 1);
    return found;
  }
}

let clock: ManualClock;
let live: LiveState;
let hub: Hub;

beforeEach(() => {
  clock = new ManualClock(START_MS);
  live = new LiveState({ mode: "live", nowMs: START_MS });
  const topics = new Topics({
    live,
    site: SITE,
    health: new Health(() => clock.nowMs()),
    version: "1",
    policyRevision: "r1",
    tokens: new Tokens(Buffer.alloc(32)),
  });
  hub = new Hub({ live, topics, clock, epoch: "epoch-1", build: "1" });
  hub.start();
});

function connect(): { socket: FakeSocket; session: Session; say(frame: object): void } {
  const socket = new FakeSocket();
  const session = hub.connect(socket);
  return { socket, session, say: (frame) => session.receive(JSON.stringify(frame)) };
}

function subscribed(params: object = {}) {
  const made = connect();
  made.say({ type: "sub", id: "a", topic: "alerts", params });
  return made;
}

describe("snap and delta", () => {
  it("says hello, then answers a subscription with the whole", () => {
    live.onAlert(alert({ id: "al_1" }));
    const { socket } = subscribed();
    expect(socket.take("hello")).toMatchObject([{ epoch: "epoch-1", build: "1", mode: "live" }]);
    expect(socket.take("snap")).toMatchObject([
      { id: "a", epoch: "epoch-1", total: 1, more: false, first: true, rows: [{ id: "al_1", upBytes: 41_000_000 }] },
    ]);
  });

  it("sends only the fields that changed, after the coalescing time", () => {
    const first = alert({ id: "al_1" });
    live.onAlert(first);
    const { socket } = subscribed();
    const [snap] = socket.take("snap");
    clock.advance(1000);
    live.onAlert({ ...first, bytesOut: 50_000_000, revision: 2 });
    live.onAlert({ ...first, bytesOut: 60_000_000, revision: 3 });
    expect(socket.take("delta")).toEqual([]);
    clock.advance(500);
    const deltas = socket.take("delta");
    expect(deltas).toMatchObject([
      { prev: snap.seq, seq: snap.seq + 1, put: [{ id: "al_1", upBytes: 60_000_000, rev: 3 }], drop: [], total: 1 },
    ]);
    expect(Object.keys(deltas[0].put[0]).sort()).toEqual(["id", "rev", "upBytes"]);
  });

  it("drops a row that left the list", () => {
    const first = alert({ id: "al_1" });
    live.onAlert(first);
    const { socket } = subscribed();
    clock.advance(1000);
    live.onAlert({ ...first, state: "closed" });
    clock.advance(500);
    expect(socket.take("delta")).toMatchObject([{ put: [], drop: ["al_1"], total: 0 }]);
  });

  it("shows a new critical alert and a rise of severity at once", () => {
    const { socket } = subscribed();
    clock.advance(1000);
    live.onAlert(alert({ id: "al_1", severity: "critical" }));
    expect(socket.take("delta")).toMatchObject([{ put: [{ id: "al_1", severity: "critical" }] }]);
    live.onAlert(alert({ id: "al_2", severity: "medium" }));
    expect(socket.take("delta")).toEqual([]);
    clock.advance(500);
    expect(socket.take("delta")).toHaveLength(1);
    live.onAlert(alert({ id: "al_2", severity: "high", revision: 2 }));
    expect(socket.take("delta")).toMatchObject([{ put: [{ id: "al_2", severity: "high" }] }]);
  });

  it("shows a burst of critical alerts within 150 ms without looking at each", () => {
    const { socket } = subscribed();
    clock.advance(1000);
    for (let n = 0; n < 50; n += 1) live.onAlert(alert({ severity: "critical" }));
    clock.advance(150);
    const deltas = socket.take("delta");
    expect(deltas).toHaveLength(2);
    expect(deltas.flatMap((delta) => delta.put)).toHaveLength(50);
  });

  it("shares one picture among sockets that ask for the same", () => {
    const one = subscribed({ sort: "newest", limit: 10 });
    const two = subscribed({ limit: 10, sort: "newest" });
    clock.advance(1000);
    live.onAlert(alert({ severity: "critical" }));
    expect(one.socket.take("delta")[0].seq).toBe(two.socket.take("delta")[0].seq);
  });

  it("keeps every frame below 64 KiB by sending a large picture in parts", () => {
    for (let n = 0; n < 200; n += 1) live.onAlert(alert({ name: `${"n".repeat(200)}.example`, party: "p".repeat(200) }));
    const { socket } = subscribed();
    const snaps = socket.take("snap");
    expect(snaps.length).toBeGreaterThan(1);
    expect(snaps.map((snap) => snap.more)).toEqual([...snaps.slice(1).map(() => true), false]);
    expect(snaps.map((snap) => snap.first)).toEqual([true, ...snaps.slice(1).map(() => false)]);
    expect(new Set(snaps.flatMap((snap) => snap.rows.map((row) => row.id))).size).toBe(200);
  });

  it("ticks each second even when nothing happens", () => {
    const { socket } = connect();
    clock.advance(3000);
    expect(socket.take("tick").map((tick) => tick.nowMs - START_MS)).toEqual([1000, 2000, 3000]);
  });

  it("shows status, overview and map on their beat", () => {
    const { socket, say } = connect();
    for (const topic of ["status", "overview", "map"]) say({ type: "sub", id: topic, topic });
    expect(socket.take("snap").map((snap) => snap.total)).toEqual([1, 1, 0]);
    live.onStatus(status({ seen: 500 }), clock.nowMs());
    live.onFlow(judged({ country: "US", verdict: "outside-list", word: "violation", atMs: START_MS }));
    clock.advance(1000);
    expect(
      socket
        .take("delta")
        .map((delta) => delta.id)
        .sort(),
    ).toEqual(["map", "overview", "status"]);
  });
});

describe("coming back", () => {
  it("resumes from where the page was", () => {
    const before = subscribed();
    clock.advance(1000);
    live.onAlert(alert({ id: "al_1", severity: "critical" }));
    const [{ seq }] = before.socket.take("delta");
    hub.disconnect(before.session);
    clock.advance(5000);
    live.onAlert(alert({ id: "al_2", severity: "critical" }));
    const after = connect();
    after.say({ type: "sub", id: "a", topic: "alerts", params: {}, from: { epoch: "epoch-1", seq } });
    expect(after.socket.take("resync")).toEqual([]);
    expect(after.socket.take("snap")).toEqual([]);
    expect(after.socket.take("delta")).toMatchObject([{ prev: seq, put: [{ id: "al_2" }] }]);
  });

  it.each([
    ["another epoch", "epoch-0", 1, 5_000, "epoch"],
    ["a number the ring no longer has", "epoch-1", 1, 200_000, "expired"],
    ["a number from the future", "epoch-1", 999, 5_000, "expired"],
  ])("starts over after %s", (_, epoch, seq, awayMs, reason) => {
    const before = subscribed();
    clock.advance(1000);
    live.onAlert(alert({ severity: "critical" }));
    hub.disconnect(before.session);
    clock.advance(awayMs);
    const after = connect();
    after.say({ type: "sub", id: "a", topic: "alerts", params: {}, from: { epoch, seq } });
    expect(after.socket.take("resync")).toMatchObject([{ id: "a", reason }]);
    expect(after.socket.take("snap")).toHaveLength(1);
    expect(hub.resyncs[reason as "epoch"]).toBe(1);
  });

  it("pauses, and catches up in one step", () => {
    const { socket, say } = subscribed();
    say({ type: "pause" });
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1000);
      live.onAlert(alert({ severity: "critical" }));
    }
    expect(socket.take("delta")).toEqual([]);
    expect(socket.take("tick").length).toBeGreaterThan(0);
    say({ type: "resume" });
    const deltas = socket.take("delta");
    expect(deltas).toHaveLength(1);
    expect(deltas[0].put).toHaveLength(5);
  });
});

describe("slow sockets", () => {
  it("holds and merges while too much is unsent", () => {
    const first = alert({ id: "al_1", severity: "critical" });
    const { socket } = subscribed();
    const [snap] = socket.take("snap");
    clock.advance(1000);
    socket.bufferedAmount = 300_000;
    live.onAlert(first);
    for (let n = 2; n < 6; n += 1) {
      clock.advance(1000);
      live.onAlert({ ...first, revision: n, bytesOut: n });
    }
    live.onAlert(alert({ id: "al_2", severity: "critical" }));
    clock.advance(1000);
    live.onAlert({ ...alert({ id: "al_2" }), state: "closed" });
    clock.advance(1000);
    expect(socket.take("delta")).toEqual([]);
    socket.bufferedAmount = 0;
    clock.advance(1000);
    const deltas = socket.take("delta");
    expect(deltas).toMatchObject([{ prev: snap.seq, drop: ["al_2"], total: 1 }]);
    expect(deltas[0].put).toMatchObject([{ id: "al_1", upBytes: 5, rev: 5 } as Partial<AlertRow>]);
  });

  it("starts over when the ring has moved on meanwhile", () => {
    const first = alert({ id: "al_1" });
    live.onAlert(first);
    const { socket } = subscribed();
    socket.take("snap");
    // Unsent bytes shrink all the time: slow, but alive.
    socket.bufferedAmount = 10_000_000;
    for (let n = 2; n < 80; n += 1) {
      socket.bufferedAmount -= 1000;
      live.onAlert({ ...first, revision: n });
      clock.advance(1000);
    }
    socket.bufferedAmount = 0;
    clock.advance(1000);
    expect(socket.take("resync")).toMatchObject([{ reason: "overflow" }]);
    expect(socket.take("snap")).toMatchObject([{ rows: [{ rev: 79 }] }]);
  });

  it("closes one that takes nothing for 30 s, and counts it", () => {
    const { socket, session } = subscribed();
    clock.advance(1000);
    socket.bufferedAmount = 300_000;
    clock.advance(29_000);
    expect(socket.closed).toBeUndefined();
    clock.advance(2000);
    expect(socket.take("bye")).toMatchObject([{ code: 4008 }]);
    expect(socket.closed?.code).toBe(4008);
    expect(socket.terminated).toBe(true);
    expect(session.over).toBe(true);
    expect(hub.closed.tooSlow).toBe(1);
    expect(hub.sockets).toBe(0);
  });
});

describe("hostile sockets", () => {
  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["an unknown type", '{"type":"drop tables"}'],
    ["an unknown topic", '{"type":"sub","id":"a","topic":"secrets"}'],
    ["a topic of the prototype", '{"type":"sub","id":"a","topic":"__proto__"}'],
    ["an id that is too long", `{"type":"sub","id":"${"a".repeat(33)}","topic":"status"}`],
    ["params that nest", '{"type":"sub","id":"a","topic":"alerts","params":{"q":{"a":1}}}'],
    ["a seq that is no whole number", '{"type":"sub","id":"a","topic":"alerts","from":{"epoch":"e","seq":1.5}}'],
  ])("closes on %s", (_, text) => {
    const { socket, session } = connect();
    session.receive(text);
    expect(socket.closed?.code).toBe(4400);
    expect(hub.closed.badFrame).toBe(1);
  });

  it("closes on a binary frame", () => {
    const { socket, session } = connect();
    session.receive(undefined);
    expect(socket.closed?.code).toBe(4400);
  });

  it("closes on more than 20 frames a second", () => {
    const { socket, say } = connect();
    for (let n = 0; n < 20; n += 1) say({ type: "pause" });
    expect(socket.closed).toBeUndefined();
    say({ type: "pause" });
    expect(socket.closed?.code).toBe(4429);
  });

  it("refuses a ninth subscription and wrong parameters without closing", () => {
    const { socket, say } = connect();
    for (let n = 0; n < 9; n += 1) say({ type: "sub", id: `s${n}`, topic: "status" });
    expect(socket.take("error")).toMatchObject([{ id: "s8" }]);
    say({ type: "unsub", id: "s0" });
    for (const params of [{ q: "severity:awful" }, { sort: "up" }, { limit: 201 }, { offset: -1 }, { page: 1 }]) {
      say({ type: "sub", id: "x", topic: "alerts", params });
      expect(socket.take("error")).toHaveLength(1);
    }
    expect(socket.closed).toBeUndefined();
  });

  it("bounds the number of different views", () => {
    let refused = 0;
    for (let s = 0; s < 40; s += 1) {
      const { socket, say } = connect();
      for (let n = 0; n < 8; n += 1) say({ type: "sub", id: `s${n}`, topic: "alerts", params: { q: `zone:z${s}-${n}` } });
      refused += socket.take("error").length;
    }
    expect(refused).toBe(40 * 8 - 128);
  });

  it("takes at most 64 sockets", () => {
    for (let n = 0; n < 64; n += 1) connect();
    expect(hub.canTakeMore).toBe(false);
    expect(hub.refusedSockets).toBe(1);
  });
});

it("says goodbye when it stops", () => {
  const { socket } = connect();
  hub.stop();
  expect(socket.take("bye")).toMatchObject([{ code: 1001 }]);
  expect(socket.closed?.code).toBe(1001);
});
