import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nullReader } from "../../../src/flows/null-reader.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { CaptureCounters, PacketSource } from "../../../src/model/capture.ts";
import { type FlowKind, FlowView } from "../../../src/model/flow.ts";
import type { PacketBlock } from "../../../src/model/packet.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { createSensor, type SensorParts } from "../../../src/pipeline/sensor.ts";
import { blockOf, ethernet, ipv4, type Packet, udp } from "../decode/frames.ts";
import { at } from "../flows/flow-runs.ts";

/** Gives the blocks one after the other; "idle" stands for a pause of the wire. */
function scriptedSource(script: (PacketBlock | "idle")[], onReady: () => void = () => {}): PacketSource {
  const counters: CaptureCounters = {
    seenPackets: 0,
    seenBytes: 0,
    filteredPackets: 0,
    kernelDrops: 0,
    interfacePackets: undefined,
    newestMicros: undefined,
  };
  return {
    title: "script",
    open: async () => {},
    next() {
      const block = script.shift() ?? "end";
      if (typeof block !== "string") {
        counters.seenPackets += block.count;
        counters.newestMicros = block.timeMicros[block.count - 1];
      }
      return block;
    },
    ready: async () => onReady(),
    counters: () => ({ ...counters }),
    files: () => [],
    progress: () => undefined,
    close() {},
  };
}

const datagram = (seconds: number, port: number, isUp = true): Packet => ({
  frame: ethernet(0x0800, ipv4(isUp ? udp(port, 53) : udp(53, port), isUp ? {} : { from: "192.0.2.9", to: "10.0.0.1" })),
  micros: at(seconds),
});

function sensorOf(source: PacketSource, more: Partial<SensorParts> = {}) {
  const kinds: FlowKind[] = [];
  const view = new FlowView();
  const sensor = createSensor({
    source,
    reader: nullReader,
    onBatch: (batch) => {
      for (let n = 0; n < batch.count; n += 1) kinds.push(view.at(batch, n).kind);
    },
    options: { limit: 1000 },
    epoch: "e",
    thread: 3,
    random: (words) => words.fill(0x2545f491),
    ...more,
  });
  return { sensor, kinds };
}

describe("the sensor", () => {
  it("takes a source to its end and closes everything", async () => {
    const source = scriptedSource([blockOf([datagram(0, 5000), datagram(1, 5001)]), "idle", blockOf([datagram(2, 5000)])]);
    const { sensor, kinds } = sensorOf(source);
    await sensor.run();
    expect(kinds).toEqual(["closed", "closed"]);
    expect(sensor.status()).toMatchObject({
      epoch: "e",
      thread: 3,
      source: "script",
      decodedPackets: 3,
      malformedPackets: 0,
      flows: { opened: 2, active: 0, byTransport: { udp: 2 } },
    });
  });

  it("tells what its dissectors count, and tells them when a flow is over before it is reported for the last time", async () => {
    const calls: string[] = [];
    const source = scriptedSource([blockOf([datagram(0, 5000)])]);
    const { sensor } = sensorOf(source, {
      reader: {
        ...nullReader,
        begin: () => 3,
        ended: () => calls.push("over"),
        factsOf: () => void calls.push("facts"),
        forget: () => calls.push("forget"),
      },
      dissected: () => ({ recognised: 1, unrecognised: 2, readingBytes: 3, gaveWay: 4, losses: new Losses() }),
    });
    await sensor.run();
    expect(calls).toEqual(["over", "facts", "forget"]);
    expect(sensor.status().dissect).toEqual({ recognised: 1, unrecognised: 2, readingBytes: 3, gaveWay: 4 });
    expect(sensorOf(scriptedSource([])).sensor.status().dissect).toEqual({ recognised: 0, unrecognised: 0 });
  });

  it("stops when told, and when `until` says so; what fails in a stage fails the run", async () => {
    const source = scriptedSource([blockOf([datagram(0, 5000)]), blockOf([datagram(1, 5001)])]);
    const { sensor, kinds } = sensorOf(source);
    await sensor.run(() => kinds.length === 0 && sensor.status().decodedPackets === 1);
    expect(sensor.status().decodedPackets).toBe(1);
    const failing = scriptedSource([blockOf([datagram(0, 5000)])]);
    const broken = sensorOf(failing, {
      onBatch() {
        throw new Error("broken");
      },
    });
    await expect(broken.sensor.run()).rejects.toThrow("broken");
  });

  it("live, lets flows end though the wire is silent, and hands events on within 50 ms", async () => {
    const clock = new ManualClock(1e6);
    let waits = 0;
    const source = scriptedSource([blockOf([datagram(0, 5000), datagram(0.1, 5000, false)]), ...new Array<"idle">(10).fill("idle")], () => {
      waits += 1;
      clock.advance(waits === 1 ? 50 : 60_000);
    });
    const { sensor, kinds } = sensorOf(source, { clock, options: { limit: 10, isEarly: true } });
    const atWaits: [number, number][] = [];
    await sensor.run(() => {
      atWaits.push([waits, kinds.length]);
      return false;
    });
    expect(atWaits.find(([, n]) => n === 1)?.[0]).toBe(1);
    expect(kinds).toEqual(["opened", "closed"]);
    expect(atWaits.at(-1)?.[1]).toBe(2);
  });

  it("leaves out what a mirror gave twice when told so, and counts it as decoded", async () => {
    const script = () => scriptedSource([blockOf([datagram(0, 5000), datagram(0, 5000), datagram(0, 5001)])]);
    const kept = sensorOf(script()).sensor;
    await kept.run();
    expect(kept.status()).toMatchObject({ decodedPackets: 3, duplicates: { looked: 3, found: 1 }, losses: {} });
    const packets: number[] = [];
    const view = new FlowView();
    const { sensor } = sensorOf(script(), {
      duplicates: "suppress",
      onBatch: (batch) => {
        for (let n = 0; n < batch.count; n += 1) packets.push(view.at(batch, n).packetsUp);
      },
    });
    await sensor.run();
    expect(packets).toEqual([1, 1]);
    expect(sensor.status()).toMatchObject({
      decodedPackets: 3,
      malformedPackets: 0,
      duplicates: { looked: 3, found: 1 },
      losses: { span_duplicate: 1 },
      flows: { opened: 2 },
    });
  });

  it("knows how many encrypted flows to the outside have a name", async () => {
    const named = { protocols: ["tls"], tls: {}, names: [{ name: "a.example", source: "sni" as const }] };
    const nameless = { protocols: ["quic"], quic: {} };
    const answers = [named, nameless, nameless, { protocols: ["dns"] }];
    const reader = { ...nullReader, begin: () => 3, read: () => 0, factsOf: (slot: number) => answers[slot - 1] };
    const inward: Packet = { frame: ethernet(0x0800, ipv4(udp(5009, 443), { to: "10.0.0.2" })), micros: at(0) };
    const blocks = [blockOf([datagram(0, 5000), datagram(0, 5001), inward, datagram(0, 5002)])];
    const { sensor } = sensorOf(scriptedSource(blocks), { reader });
    await sensor.run();
    expect(sensor.status().names).toEqual({ encrypted: 2, named: 1 });
  });

  it("accounts for every packet at any time, whatever the frames", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.oneof(
              fc.uint8Array({ maxLength: 80 }),
              fc.nat(60).map((cut) => datagram(0, 5000).frame.subarray(0, cut)),
            ),
            { minLength: 1, maxLength: 20 },
          ),
          { maxLength: 6 },
        ),
        async (blocks) => {
          const { sensor } = sensorOf(scriptedSource(blocks.map((frames) => blockOf(frames))));
          const holds = () => {
            const { capture, decodedPackets, malformedPackets } = sensor.status();
            return capture.seenPackets === decodedPackets + malformedPackets + capture.filteredPackets + (capture.kernelDrops ?? 0);
          };
          while (sensor.step()) expect(holds()).toBe(true);
          expect(holds()).toBe(true);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });
});
