import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openHistory } from "../../../src/history/query.ts";
import { replay } from "../../../src/history/replay.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { parseAddress } from "../../../src/lib/ip.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { D, FLOW_RECORD_BYTES, FlowBatch, I } from "../../../src/model/flow.ts";
import { HOUR, judged, judgedOf, newFolder, newWriter, SECOND } from "./make.ts";

interface Seen {
  hex: string;
  facts: FlowFacts | undefined;
  epoch: string;
}

async function replayed(folder: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  await replay({
    folder,
    clock: systemClock,
    onBatch(batch, epochs) {
      for (let n = 0; n < batch.count; n += 1) {
        const bytes = batch.bytes.subarray(n * FLOW_RECORD_BYTES, (n + 1) * FLOW_RECORD_BYTES);
        seen.push({ hex: Buffer.from(bytes).toString("hex"), facts: structuredClone(batch.facts[n]), epoch: epochs[n] });
      }
    },
  });
  return seen;
}

const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: HOUR * 4, max: (HOUR + 7200 * SECOND) * 4 }).map((quarters) => quarters / 4) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 1e30, Number.NaN, 0.3, 253402300800000000, -0) },
);
const counter = fc.oneof(fc.nat(), fc.constantFrom(0, -0, 1.5, -7, 2 ** 53, 2 ** 53 + 2, Number.NaN, Number.POSITIVE_INFINITY));
const likelyInts: Record<number, fc.Arbitrary<number>> = {
  [I.kind]: fc.integer({ min: 0, max: 5 }),
  [I.transport]: fc.constantFrom(6, 17, 1, 300, -1),
  [I.ipVersion]: fc.constantFrom(4, 6),
  [I.vlanCount]: fc.integer({ min: 0, max: 3 }),
  [I.initiatorMac + 1]: fc.constantFrom(0, 0x1abcd, 0xabcd, 0x2abcd),
  [I.icmp]: fc.constantFrom(0, (8 << 8) + 1, 70000),
  [I.icmp + 1]: fc.constantFrom(0, 1),
};

/** Mostly records as sensors make them, and anything at all. */
const record = fc.tuple(
  fc.array(time, { minLength: 4, maxLength: 4 }),
  fc.array(counter, { minLength: 10, maxLength: 10 }),
  fc.tuple(...Array.from({ length: 32 }, (_, n) => likelyInts[n + 32] ?? fc.oneof(fc.integer({ min: 0, max: 65535 }), fc.integer()))),
  fc.boolean(),
);

describe("what history gives back", () => {
  it("is every record bit for bit, whatever is in it, with its facts and epoch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 200, size: "max" }), async (records) => {
        const folder = newFolder();
        const writer = newWriter(folder);
        const expected: string[] = [];
        for (const [times, counters, ints, hasFacts] of records) {
          const batch = new FlowBatch(1);
          batch.count = 1;
          batch.doubles.set([counters[0], times[0], times[1], ...counters.slice(1, 9), times[2], counters[9], times[3]]);
          batch.ints.set(ints, 32);
          if (hasFacts)
            batch.facts[0] = {
              protocols: ["tls"],
              resolved: [{ name: "ä\\x00'\"", addresses: [0, 0, 0xffff, -1073741311], aliases: [], ttlSeconds: 1, atMicros: HOUR }],
            };
          expected.push(`${Buffer.from(batch.bytes).toString("hex")} ${JSON.stringify(batch.facts[0])} e1`);
          writer.take(judgedOf(batch));
        }
        await writer.flush();
        await writer.close();
        const seen = (await replayed(folder)).map(({ hex, facts, epoch }) => `${hex} ${JSON.stringify(facts)} ${epoch}`);
        expect(seen.sort()).toEqual(expected.sort());
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it("keeps ordinary records in columns alone, quarter microseconds and IPv6 included", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    for (const [n, to] of ["192.0.2.9", "2001:db8::1", "::ffff:1.2.3.4", "::", "fe80::1:0:0:1"].entries()) {
      const one = judged({ id: n, at: HOUR + n * SECOND + 0.25, to });
      writer.take(one);
    }
    await writer.flush();
    await writer.close();
    const history = await openHistory(folder);
    const { rows } = await history.query({ limit: 10, sql: "SELECT destination_ip, event_time_nanos FROM flow_events ORDER BY flow_id" });
    expect(rows).toEqual([
      ["192.0.2.9", 250],
      ["2001:db8::1", 250],
      ["1.2.3.4", 250],
      ["::", 250],
      ["fe80::1:0:0:1", 250],
    ]);
    const seen = await replayed(folder);
    expect(seen).toHaveLength(5);
    const words = new Int32Array(Uint8Array.from(Buffer.from(seen[1].hex, "hex")).buffer);
    expect([...words.slice(I.responderAddress, I.responderAddress + 4)]).toEqual(parseAddress("2001:db8::1"));
    const exact = await history.query({ limit: 10, sql: "SELECT count(*) FROM flow_events" });
    expect(exact.rows).toEqual([[5]]);
  });
});

describe("replay", () => {
  it("goes by event time, then epoch, flow and recording, the same each time, over hours and within a window", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    writer.sensorStarted("e2", 0);
    for (const [id, at] of [
      [3, 3600],
      [1, 10],
      [9, 10],
      [2, 3599.999999],
      [4, 7300],
      [1, 5],
    ])
      writer.take(judged({ id, at: HOUR + at * SECOND }));
    await writer.flush();
    await writer.close();
    const ids = async (more: object = {}) => {
      const seen: number[] = [];
      const summary = await replay({
        folder,
        clock: systemClock,
        ...more,
        onBatch: (batch) => void seen.push(...Array.from({ length: batch.count }, (_, n) => batch.doubles[n * 32 + D.id])),
      });
      expect(summary.events).toBe(seen.length);
      return seen;
    };
    expect(await ids()).toEqual([1, 1, 9, 2, 3, 4]);
    expect(await ids()).toEqual([1, 1, 9, 2, 3, 4]);
    expect(await ids({ fromMicros: HOUR + 10 * SECOND, toMicros: HOUR + 3600 * SECOND })).toEqual([1, 9, 2]);
    expect(await ids({ fromMicros: HOUR + 3600 * SECOND, toMicros: HOUR + 3601 * SECOND })).toEqual([3]);
  });

  it("paces by event time and stops when told", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    for (let n = 0; n < 4; n += 1) writer.take(judged({ id: n, at: HOUR + n * 10 * SECOND }));
    await writer.close();
    const waits: number[] = [];
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      every: () => () => undefined,
      after(ms: number, done: () => void) {
        waits.push(ms);
        nowMs += ms;
        queueMicrotask(done);
        return () => undefined;
      },
    };
    const stop = new AbortController();
    const summary = await replay({
      folder,
      clock,
      speed: 10,
      signal: stop.signal,
      onBatch: (batch) => void (batch.doubles[D.id] === 2 && stop.abort()),
    });
    expect(waits).toEqual([1000, 1000, 1000]);
    expect(summary).toMatchObject({ wasCancelled: true, firstMicros: HOUR });
  });

  it("passes on what the receiver throws", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    writer.take(judged({ at: HOUR }));
    await writer.close();
    const wrong = new Error("stop here");
    await expect(
      replay({
        folder,
        clock: systemClock,
        onBatch: () => {
          throw wrong;
        },
      }),
    ).rejects.toBe(wrong);
  });
});
