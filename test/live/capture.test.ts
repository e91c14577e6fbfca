import { createSocket } from "node:dgram";
import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { AfPacketSource } from "../../src/capture/af-packet.ts";
import type { CaptureOptions } from "../../src/capture/source.ts";
import { Losses } from "../../src/obs/losses.ts";
import { udpFrame, Wire } from "./capture-wire.ts";

const canRun = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/sbin/ip");
if (!canRun) console.warn("LEFT OUT: live capture (needs root on Linux, and iproute2)");

interface Seen {
  text: string;
  wire: number;
  captured: number;
  tag: number;
  link: number;
}

describe.skipIf(!canRun)("live capture", () => {
  let wire: Wire;
  let nowMs = 0;
  const opened: AfPacketSource[] = [];

  beforeAll(() => {
    wire = new Wire();
  });
  afterEach(() => {
    for (const source of opened.splice(0)) source.close();
  });
  afterAll(() => wire?.remove());

  async function open(options: Partial<CaptureOptions> = {}): Promise<AfPacketSource> {
    const source = new AfPacketSource({
      source: "af-packet",
      interface: wire.receiver,
      losses: new Losses(),
      ringMegabytes: 8,
      nowMs: () => nowMs,
      ...options,
    });
    opened.push(source);
    await source.open();
    return source;
  }

  /** Takes packets until `isEnough`, or nothing came for a while. */
  async function take(source: AfPacketSource, isEnough: (seen: Seen[]) => boolean, waits = 20): Promise<Seen[]> {
    const seen: Seen[] = [];
    for (let idle = 0; idle < waits && !isEnough(seen); ) {
      const block = source.next();
      if (block === "end") break;
      if (block === "idle") {
        idle += 1;
        await source.ready(25);
        continue;
      }
      for (let n = 0; n < block.count; n += 1) {
        const start = block.offset[n];
        seen.push({
          text: block.bytes.toString("latin1", start + 42, start + block.captured[n]),
          wire: block.wire[n],
          captured: block.captured[n],
          tag: block.strippedTag[n] >>> 0,
          link: block.linkType[n],
        });
      }
    }
    return seen;
  }

  /** Sends in portions that the kernel's queue between the two ends can hold, each when `witness` has seen the one before. */
  async function sendAll(total: number, witness: AfPacketSource, frame: (n: number) => Buffer): Promise<Seen[]> {
    const seen: Seen[] = [];
    for (let n = 0; n < total; ) {
      const portion = Math.min(total, n + 300);
      for (; n < portion; n += 1) wire.send(frame(n));
      seen.push(...(await take(witness, (all) => seen.length + all.length >= n)));
    }
    return seen;
  }

  it("sees every packet once, with its time", async () => {
    const source = await open();
    const startMicros = Date.now() * 1000;
    const total = 12_000;
    const seen = await sendAll(total, source, (n) => udpFrame({ text: `packet ${n}` }));
    seen.push(...(await take(source, () => false, 2)));
    expect(seen.map((s) => s.text)).toEqual(Array.from({ length: total }, (_, n) => `packet ${n}`));
    const counters = source.counters();
    expect(counters).toMatchObject({ seenPackets: total, kernelDrops: 0, filteredPackets: 0 });
    expect(counters.seenBytes).toBe(seen.reduce((sum, s) => sum + s.wire, 0));
    expect(counters.interfacePackets).toBeGreaterThanOrEqual(total);
    expect(Math.abs(counters.newestMicros! - startMicros)).toBeLessThan(60e6);
    expect(new Set(seen.map((s) => s.link))).toEqual(new Set([1]));
  });

  it.each([
    { name: "802.1Q", tag: "81000007", expected: 0x81000007 },
    { name: "802.1ad", tag: "88a86fff", expected: 0x88a86fff },
  ])("tells of the $name tag that the kernel takes out", async ({ tag, expected }) => {
    const source = await open();
    const frame = udpFrame({ text: "tagged", tag: Buffer.from(tag, "hex") });
    wire.send(frame);
    wire.send(udpFrame({ text: "plain" }));
    const seen = await take(source, (all) => all.length >= 2);
    expect(seen.map((s) => [s.text, s.tag, s.wire])).toEqual([
      ["tagged", expected, frame.length - 4],
      ["plain", 0, 47],
    ]);
    expect(source.counters().seenBytes).toBe(frame.length + 47);
  });

  it.each([
    { filter: "udp port 53", passes: ["dns", "vlan dns"] },
    { filter: "vlan 7", passes: ["vlan dns"] },
    { filter: "host 10.0.0.9 and not vlan", passes: ["other"] },
  ])("a filter: $filter", async ({ filter, passes }) => {
    const source = await open({ filter });
    wire.send(udpFrame({ text: "dns" }));
    wire.send(udpFrame({ text: "other", from: 9, toPort: 99 }));
    wire.send(udpFrame({ text: "vlan dns", tag: Buffer.from("81000007", "hex") }));
    expect((await take(source, () => false, 4)).map((s) => s.text)).toEqual(passes);
  });

  it("keeps no more bytes than asked for", async () => {
    const source = await open({ snapBytes: 46 });
    wire.send(udpFrame({ text: "hello world" }));
    expect(await take(source, (all) => all.length > 0)).toMatchObject([{ text: "hell", captured: 46, wire: 53 }]);
  });

  it.each([
    { what: "a wrong filter", options: { filter: "tcp porrt 1" }, code: "capture_filter", says: /"tcp porrt 1" is wrong: .*syntax error/ },
    {
      what: "an unknown interface",
      options: { interface: "eth99" },
      code: "capture_interface",
      says: /no network interface "eth99"; there are: .*bt-in/,
    },
    { what: "a name no interface can have", options: { interface: "x".repeat(40) }, code: "capture_interface", says: /there are: / },
  ])("$what is named", async ({ options, code, says }) => {
    await expect(open(options)).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
  });

  it("counts what the kernel drops when nobody takes the packets", async () => {
    const losses = new Losses();
    const source = await open({ ringMegabytes: 1, losses });
    const total = 3000;
    await sendAll(total, await open(), () => udpFrame({ text: "x".repeat(1400) }));
    const seen = await take(source, () => false, 4);
    const { seenPackets, kernelDrops } = source.counters();
    expect(seen.length).toBeGreaterThan(0);
    expect(kernelDrops).toBeGreaterThan(100);
    expect({ seenPackets, sum: seen.length + kernelDrops! }).toEqual({ seenPackets: total, sum: total });
    expect(losses.of("kernel_drops")).toBe(kernelDrops);
    wire.send(udpFrame({ text: "after" }));
    expect((await take(source, (all) => all.length > 0)).map((s) => s.text)).toEqual(["after"]);
  });

  it("goes on when the interface went down and came up", async () => {
    const source = await open();
    wire.set("down");
    nowMs += 2000;
    await take(source, () => source.counters().trouble !== undefined);
    expect(source.counters().trouble).toBe("the interface bt-in is down");
    wire.set("up");
    nowMs += 2000;
    await take(source, () => source.counters().trouble === undefined);
    wire.send(udpFrame({ text: "back" }));
    expect((await take(source, (all) => all.length > 0)).map((s) => s.text)).toEqual(["back"]);
    expect(source.counters().trouble).toBeUndefined();
  });

  it("goes on when the interface was taken away and made again, and keeps its counts", async () => {
    const source = await open();
    wire.send(udpFrame({ text: "before" }));
    await take(source, (all) => all.length > 0);
    wire.cut();
    nowMs += 2000;
    await take(source, () => source.counters().trouble !== undefined);
    expect(source.counters().trouble).toBe("the interface bt-in is gone");
    nowMs += 2000;
    expect(await take(source, () => false, 2)).toEqual([]);
    wire.plug();
    nowMs += 2000;
    await take(source, () => source.counters().trouble === undefined);
    wire.send(udpFrame({ text: "back" }));
    expect((await take(source, (all) => all.length > 0)).map((s) => s.text)).toEqual(["back"]);
    expect(source.counters()).toMatchObject({ seenPackets: 2 });
  });

  it("two sources of a fan-out group split the flows, both directions of one to the same source", async () => {
    const fanout = { group: 4711, threads: 2 };
    const sources = [await open({ fanout }), await open({ fanout })];
    for (let flow = 0; flow < 200; flow += 1) {
      const text = `flow ${flow}`;
      wire.send(udpFrame({ text, fromPort: 1000 + flow }));
      wire.send(udpFrame({ text, from: 2, to: 1, fromPort: 53, toPort: 1000 + flow }));
    }
    const [one, two] = [await take(sources[0], () => false, 4), await take(sources[1], () => false, 4)];
    expect(one.length + two.length).toBe(400);
    expect(Math.min(one.length, two.length)).toBeGreaterThan(50);
    const flows = new Set(one.map((s) => s.text));
    expect(two.filter((s) => flows.has(s.text))).toEqual([]);
  });

  it("sees each packet of the loopback once", async () => {
    wire.loopback();
    const source = await open({ interface: "lo" });
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    for (const text of ["one", "two"]) await new Promise((resolve) => socket.send(text, socket.address().port, "127.0.0.1", resolve));
    expect((await take(source, () => false, 4)).map((s) => s.text)).toEqual(["one", "two"]);
    socket.close();
  });

  it("can be opened and closed over and over, also while it waits", async () => {
    for (let n = 0; n < 30; n += 1) {
      const source = await open({ ringMegabytes: 4 });
      const waiting = source.ready(30);
      if (n % 2 === 0) await waiting;
      source.close();
      expect(source.next()).toBe("end");
      await waiting;
    }
  });
});
