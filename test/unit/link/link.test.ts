import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { decodeFlows, encodeFrame, FRAME, FrameReader, flowsFrames, HEADER_BYTES, LONGEST_PAYLOAD } from "../../../src/link/frame.ts";
import type { Hello } from "../../../src/link/hello.ts";
import { LinkReceiver, type ReceiverEvents } from "../../../src/link/receiver.ts";
import { LinkSender } from "../../../src/link/sender.ts";
import { D, FLOW_RECORD_BYTES, FlowBatch, FlowView } from "../../../src/model/flow.ts";
import { Losses } from "../../../src/obs/losses.ts";

function batchOf(...ids: number[]): FlowBatch {
  const batch = new FlowBatch(Math.max(1, ids.length));
  for (const [index, id] of ids.entries()) {
    batch.doubles[index * (FLOW_RECORD_BYTES / 8) + D.id] = id;
    if (id % 2 === 0) batch.facts[index] = { protocols: ["dns"], names: [{ name: `n${id}.example`, source: "sni" }] };
  }
  batch.count = ids.length;
  return batch;
}
const encodeFlows = (batch: FlowBatch, sequence: number) => [...flowsFrames(batch, sequence)][0].frame;
/** A promise and what settles it (Node 20 has no Promise.withResolvers). */
function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
const idsOf = (batch: FlowBatch) => Array.from({ length: batch.count }, (_, index) => new FlowView().at(batch, index).id);

describe("frames", () => {
  it("are as many as the facts need, and every record comes once, with its own", () => {
    const batch = new FlowBatch(300);
    for (let index = 0; index < 300; index += 1) {
      batch.doubles[index * (FLOW_RECORD_BYTES / 8) + D.id] = index;
      batch.facts[index] = {
        protocols: ["http"],
        http: { hosts: Array.from({ length: 100 }, (_, n) => `${index}-${n}.${"x".repeat(240)}`) },
      };
    }
    batch.count = 300;
    const frames = [...flowsFrames(batch, 5)];
    expect(frames.length).toBeGreaterThan(2);
    for (const { frame } of frames) expect(frame.length).toBeLessThan(LONGEST_PAYLOAD / 2);
    const read = frames.flatMap(({ frame }) => [...new FrameReader().push(frame)]);
    expect(read.map(({ sequence }) => sequence)).toEqual(frames.map((_, n) => n + 5));
    const batches = read.map(({ payload }) => decodeFlows(payload));
    expect(batches.flatMap(idsOf)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    expect(batches.flatMap((one) => one.facts.map((facts) => facts?.http?.hosts?.[0].split("-")[0]))).toEqual(
      Array.from({ length: 300 }, (_, n) => String(n)),
    );
  });

  it("carry of endless facts only protocols and names, and say that the rest is missing", () => {
    const batch = new FlowBatch(1);
    batch.facts[0] = { protocols: ["http"], names: [{ name: "a.example", source: "host" }], http: { hosts: ["y".repeat(1_000_000)] } };
    batch.count = 1;
    const [read] = [...new FrameReader().push([...flowsFrames(batch, 1)][0].frame)];
    expect(decodeFlows(read.payload).facts[0]).toEqual({
      protocols: ["http"],
      names: [{ name: "a.example", source: "host" }],
      factsDropped: 1,
    });
  });

  it("carry records and facts through any cutting of the stream", () => {
    const stream = Buffer.concat([
      encodeFlows(batchOf(1, 2, 3, 4), 7),
      encodeFrame(FRAME.ack, 9, new Uint8Array(0)),
      encodeFlows(batchOf(), 8),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const reader = new FrameReader();
        const points = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const frames = points.slice(1).flatMap((end, index) =>
          [...reader.push(stream.subarray(points[index], end))].map(({ type, sequence, payload }) => ({
            type,
            sequence,
            payload: Buffer.from(payload),
          })),
        );
        expect(frames.map(({ type, sequence }) => [type, sequence])).toEqual([
          [FRAME.flows, 7],
          [FRAME.ack, 9],
          [FRAME.flows, 8],
        ]);
        const batch = decodeFlows(frames[0].payload);
        expect(idsOf(batch)).toEqual([1, 2, 3, 4]);
        expect(batch.facts[1]?.names?.[0].name).toBe("n2.example");
      }),
    );
  });

  it.each([
    ["other magic", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["another version", Buffer.concat([Buffer.from([0x42, 0x54, 99, 1]), Buffer.alloc(12)])],
    ["an impossible length", Buffer.concat([Buffer.from([0x42, 0x54, 1, 1, 255, 255, 255, 255]), Buffer.alloc(8)])],
  ])("refuses %s", (_, bytes) => {
    expect(() => [...new FrameReader().push(bytes)]).toThrow();
  });

  it("refuses a flows payload whose lengths contradict each other", () => {
    const payload = encodeFlows(batchOf(1, 2), 1).subarray(HEADER_BYTES);
    for (const length of [0, 7, 8, payload.length - 1]) expect(() => decodeFlows(payload.subarray(0, length))).toThrow();
  });
});

describe("sensor to core", () => {
  let folder: string;
  let path: string;
  const open: { close(): void }[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bordertap-link-"));
    path = join(folder, "link.sock");
  });
  afterEach(() => {
    for (const thing of open.splice(0)) thing.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const hello: Hello = { epoch: "cafe", thread: 0, source: "test", pid: 1, recordBytes: FLOW_RECORD_BYTES };
  const events = (more: Partial<ReceiverEvents>): ReceiverEvents => ({
    onHello() {},
    onFlows() {},
    onStatus() {},
    onEnd() {},
    onGone() {},
    onStranger() {},
    ...more,
  });
  async function listen(more: Partial<ReceiverEvents>): Promise<LinkReceiver> {
    const receiver = new LinkReceiver(path, events(more));
    await receiver.listen();
    receiver.serve();
    open.push(receiver);
    return receiver;
  }
  function dial(more: Partial<ConstructorParameters<typeof LinkSender>[0]> = {}): LinkSender {
    const sender = new LinkSender({ path, hello, clock: systemClock, losses: new Losses(), onStop() {}, ...more });
    open.push(sender);
    return sender;
  }

  it("sends again after a break what was not acknowledged, and ends when all is", async () => {
    const got: number[] = [];
    const firstSeen = later<void>();
    const first = await listen({
      onFlows: (from, sequence) => {
        got.push(sequence);
        if (sequence === 1) first.acknowledge(from, 1);
        if (sequence === 3) firstSeen.resolve();
      },
    });
    const sender = dial();
    for (const id of [1, 2, 3]) sender.sendFlows(batchOf(id));
    await firstSeen.promise;
    first.close();
    const again: number[][] = [];
    const second = await listen({
      onFlows: (from, sequence, payload) => {
        again.push([sequence, ...idsOf(decodeFlows(payload))]);
        second.acknowledge(from, sequence);
      },
    });
    await sender.end({ done: true });
    expect(got).toEqual([1, 2, 3]);
    expect(again.map(([sequence, id]) => sequence === id)).not.toContain(false);
    expect(again.at(-1)).toEqual([3, 3]);
    expect(again.length).toBeLessThanOrEqual(3);
  });

  it("lets a sensor wait that comes while the core is still being built", async () => {
    const order: string[] = [];
    const greeted = later<void>();
    const receiver = new LinkReceiver(path, {
      ...events({}),
      onHello: () => {
        order.push("hello");
        greeted.resolve();
      },
    });
    open.push(receiver);
    await receiver.listen();
    const socket = connect(path);
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write(encodeFrame(FRAME.hello, 0, Buffer.from(JSON.stringify(hello))));
    // A second connection that is refused and answered has made its way through the same event loop after the first.
    await expect(new LinkReceiver(path, events({})).listen()).rejects.toThrow(/already listens/);
    order.push("built");
    receiver.serve();
    await greeted.promise;
    expect(order).toEqual(["built", "hello"]);
    socket.destroy();
  });

  it("drops whole batches, counted by records, when the core stays away and the queue is full", () => {
    const losses = new Losses();
    const sender = dial({ losses, queueBytes: 1000 });
    expect([sender.sendFlows(batchOf(1, 3, 5)), sender.sendFlows(batchOf(7, 9))]).toEqual([true, false]);
    expect(losses.of("link_dropped")).toBe(2);
  });

  it("refuses a second core on the same socket, and takes over a socket that a dead one left", async () => {
    await listen({});
    await expect(new LinkReceiver(path, events({})).listen()).rejects.toThrow(/another bordertap already listens/);
  });

  it.each([
    ["a hello that is nothing", FRAME.hello, null, "hello frame"],
    ["a hello of a thread that is none", FRAME.hello, { epoch: "cafe", thread: -1, source: "x", pid: 1, recordBytes: 256 }, "thread"],
    ["a hello with a path for an epoch", FRAME.hello, { epoch: "../../etc", thread: 0, source: "x", pid: 1, recordBytes: 256 }, "epoch"],
    ["a status before it said who it is", FRAME.status, {}, "before hello"],
  ])("refuses %s once, and reads no more of it", async (_, type, value, reason) => {
    const said: string[] = [];
    await listen({ onStranger: (text) => said.push(text) });
    const socket = connect(path);
    const frame = encodeFrame(type, 0, Buffer.from(JSON.stringify(value)));
    socket.write(Buffer.concat([frame, frame]));
    socket.write(frame);
    socket.on("error", () => {});
    await new Promise((resolve) => socket.on("close", resolve).resume());
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(reason);
  });

  it("cuts off a stranger and says why", async () => {
    const stranger = later<string>();
    await listen({ onStranger: stranger.resolve });
    const socket = connect(path, () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    socket.on("error", () => {});
    expect(await stranger.promise).toContain("not a bordertap link");
    socket.destroy();
  });

  it("refuses a second sensor for a thread while the first is there, and takes it when the first has gone", async () => {
    const refused = later<string>();
    const taken = later<void>();
    await listen({ onHello: ({ epoch }) => epoch === "d00d" && taken.resolve() });
    const first = dial();
    await new Promise<void>((done) => {
      const poll = setInterval(() => {
        if (first.awayMs > 0) return;
        clearInterval(poll);
        done();
      }, 5);
    });
    dial({ hello: { ...hello, epoch: "beef" }, onState: (state, reason) => state === "refused" && refused.resolve(reason ?? "") });
    expect(await refused.promise).toContain("has a sensor already");
    first.close();
    await new Promise((done) => setImmediate(done));
    dial({ hello: { ...hello, epoch: "d00d" } });
    await taken.promise;
  });

  it("does not announce the end of a sensor that it never took in", async () => {
    const refused = later<string>();
    const gone: string[] = [];
    await listen({ onGone: ({ epoch }) => gone.push(epoch) });
    dial({ hello: { ...hello, recordBytes: 128 }, onState: (state, reason) => state === "refused" && refused.resolve(reason ?? "") });
    await refused.promise;
    await new Promise((done) => setImmediate(done));
    expect(gone).toEqual([]);
  });

  it("refuses a sensor whose records have another size", async () => {
    const refused = later<string>();
    await listen({});
    dial({ hello: { ...hello, recordBytes: 128 }, onState: (state, reason) => state === "refused" && refused.resolve(reason ?? "") });
    expect(await refused.promise).toContain("update both");
  });
});
