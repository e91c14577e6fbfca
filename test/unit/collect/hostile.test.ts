import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collecting } from "./collecting.ts";
import {
  flowSample,
  frame,
  ipfix,
  ipfixOptions,
  ipfixTemplate,
  PLAIN,
  plainRecord,
  rawHeader,
  set,
  sflow,
  u16,
  v5,
  v5Record,
  v9,
  v9Options,
  v9Template,
} from "./messages.ts";

const SEEDS = [
  v5([v5Record(), v5Record()]),
  v5([v5Record({ version: 7 })], { version: 7 }),
  v9([v9Template(300, PLAIN), v9Options(301, [[1, 4]], [[48, 1]]), set(300, plainRecord()), set(301, [1, 2, 3, 4, 5])]),
  ipfix([
    ipfixTemplate(300, [...PLAIN, [82, 65535]]),
    set(300, [...plainRecord(), 3, 1, 2, 3]),
    ipfixOptions(302, 1, [
      [302, 4],
      [34, 4],
    ]),
  ]),
  ipfix([ipfixTemplate(303, [[315, 65535]]), set(303, [frame().length, ...frame()])]),
  sflow([flowSample([rawHeader(frame())])]),
];

describe("hostile messages", () => {
  it.each(SEEDS.map((seed, n) => [n, seed] as const))("are read before they are changed (%i)", (_n, seed) => {
    const { take, flows, losses } = collecting();
    expect(take(seed)).toBe(true);
    expect(flows.length).toBeGreaterThan(0);
    expect(losses.toJSON()).toEqual({});
  });

  it("never throw, whatever bytes are changed, cut or put in; and what was emitted is counted", () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    const input = fc.array(
      fc.record({ seed: fc.nat(SEEDS.length - 1), changes: fc.array(change, { maxLength: 12 }), cut: fc.nat(), isCut: fc.boolean() }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(input, (messages) => {
        const { take, flows, collector } = collecting();
        for (const { seed, changes, cut, isCut } of messages) {
          const bytes = Buffer.from(SEEDS[seed]);
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          take(isCut ? bytes.subarray(0, cut % bytes.length) : bytes);
        }
        collector.finish();
        const status = collector.status();
        expect(status.records).toBe(flows.length);
        expect(status.dropped).toBeLessThanOrEqual(status.held + messages.length * 64);
        for (const { up, startMicros, endMicros } of flows) {
          expect(up.every(Number.isFinite)).toBe(true);
          expect(startMicros).toBeLessThanOrEqual(endMicros);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("never throw on random bytes behind each version's header", () => {
    const head = fc.constantFrom([0, 5], [0, 7], [0, 9], [0, 10], [0, 0, 0, 5, 0, 0, 0, 1]);
    fc.assert(
      fc.property(head, fc.uint8Array({ minLength: 30, maxLength: 400 }), (version, rest) => {
        collecting().take(Buffer.from([...version, ...rest]));
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, Buffer]>([
    [
      "a template of records without bytes",
      ipfix([
        ipfixTemplate(300, [
          [8, 0],
          [12, 0],
        ]),
        set(300, Array(40).fill(0)),
      ]),
    ],
    ["a template with more fields than the set has", ipfix([set(2, [...u16(300), ...u16(60_000)])])],
    ["a v9 template that says so", v9([set(0, [...u16(300), ...u16(60_000)])])],
    ["a set longer than the message", ipfix([set(300, plainRecord(), 9999)])],
    ["a set shorter than its header", ipfix([set(300, plainRecord(), 3)])],
    ["a reserved set", ipfix([set(17, plainRecord())])],
    ["a message longer than what came", ipfix([ipfixTemplate(300, PLAIN)], { length: 4000 })],
  ])("count %s as malformed, and make no flow", (_what, bytes) => {
    const { take, flows, losses } = collecting();
    take(bytes);
    expect(flows).toEqual([]);
    expect(losses.of("export_malformed")).toBeGreaterThan(0);
  });

  it("take zeros behind the last set for padding", () => {
    const { take, losses, flows } = collecting();
    take(Buffer.concat([v9([v9Template(300, PLAIN), set(300, plainRecord())]), Buffer.alloc(600)]));
    expect(flows).toHaveLength(1);
    expect(losses.toJSON()).toEqual({});
  });

  it("do not fill memory with templates: the oldest go, and are counted", () => {
    const { take, collector, losses } = collecting({ templateBytes: 64_000 });
    for (let n = 0; n < 2000; n += 1) take(v9([v9Template(256 + n, PLAIN)], { sequence: n }));
    expect(collector.status().templates).toBeLessThan(100);
    expect(losses.of("export_limit")).toBe(2000 - collector.status().templates);
  });

  const spoke = (second: number, observer: string) => ({ observer, arrivalMicros: 1_700_000_000e6 + second * 1e6 });
  /** Announces so many templates, each in a message of its own. */
  const announce = (take: ReturnType<typeof collecting>["take"], count: number, from: { observer: string; arrivalMicros: number }) => {
    for (let n = 0; n < count; n += 1) take(v9([v9Template(256 + n, PLAIN)], { sequence: n }), from);
  };

  it("do not push out the templates of those who have few by announcing many", () => {
    const { take, flows, losses } = collecting({ templateBytes: 64_000 });
    announce(take, 2000, spoke(0, "198.51.100.1"));
    announce(take, 5, spoke(1, "10.9.9.1"));
    announce(take, 2000, spoke(2, "198.51.100.1"));
    for (let n = 0; n < 5; n += 1) take(v9([set(256 + n, plainRecord())]), spoke(3, "10.9.9.1"));
    expect(flows).toHaveLength(5);
    expect(losses.of("template_missing")).toBe(0);
    expect(losses.of("export_limit")).toBeGreaterThan(3900);
  });

  it("leave no room taken by the templates of exporters that had to go", () => {
    const { take, collector, flows, losses } = collecting({ exporters: 2, templateBytes: 64_000 });
    for (let n = 0; n < 20; n += 1) announce(take, 25, spoke(n * 4000, `198.51.100.${n}`));
    expect(losses.of("export_limit")).toBe(0);
    expect(collector.status()).toMatchObject({ exporterCount: 2, templates: 50 });
    take(v9([set(256, plainRecord())], { sequence: 25 }), spoke(19 * 4000 + 1, "198.51.100.19"));
    expect(flows).toHaveLength(1);
  });

  it("leave no room taken by templates that are too old to be used", () => {
    const { take, collector } = collecting({ templateSeconds: 600 });
    announce(take, 10, spoke(0, "10.9.9.1"));
    announce(take, 3, spoke(500, "10.9.9.2"));
    collector.flush(spoke(700, "").arrivalMicros);
    expect(collector.status().templates).toBe(3);
  });

  it("do not fill memory with data that waits", () => {
    const { take, collector, losses } = collecting({ heldBytes: 20_000 });
    for (let n = 0; n < 100; n += 1) take(v9([set(300, Array(1000).fill(1))], { sequence: n }));
    const { held, dropped } = collector.status();
    expect(held).toBeLessThan(20);
    expect(held + dropped).toBe(100);
    expect(losses.of("template_missing")).toBe(dropped);
  });

  it("do not take the room of those who wait little by waiting much: each has its share, and whoever has more gives way", () => {
    const { take, collector, flows, losses } = collecting({ heldBytes: 20_000 });
    const filler = (n: number, source: number) => v9([set(300, Array(1000).fill(1))], { sequence: n, source });
    // One sender, by as many source ids as it likes.
    for (let n = 0; n < 100; n += 1) take(filler(n, n), { observer: "198.51.100.1" });
    const before = collector.status();
    for (let n = 0; n < 12; n += 1) take(v9([set(300, plainRecord())], { sequence: n }), { observer: "10.9.9.1" });
    expect(collector.status().held - before.held).toBe(12);
    // What had to make room is counted as given up.
    expect(collector.status().dropped - before.dropped).toBeGreaterThan(0);
    expect(losses.of("template_missing")).toBe(collector.status().dropped);
    take(v9([v9Template(300, PLAIN)], { sequence: 13 }), { observer: "10.9.9.1" });
    expect(flows).toHaveLength(12);
    collector.finish();
    expect(collector.status()).toMatchObject({ held: before.held + 12, dropped: 100 });
  });

  it("do not push out another's data either when both have their share", () => {
    const { take, collector, flows } = collecting({ heldBytes: 20_000 });
    for (let n = 0; n < 100; n += 1)
      for (const observer of ["198.51.100.1", "10.9.9.1"])
        take(v9([set(300, [...plainRecord(), ...Array(900).fill(0)])], { sequence: n, source: n % 7 }), { observer });
    for (let source = 0; source < 7; source += 1) take(v9([v9Template(300, PLAIN)], { sequence: 101, source }), { observer: "10.9.9.1" });
    const waited = new Set(flows.map(({ facts }) => facts.export?.observer));
    expect(waited).toEqual(new Set(["10.9.9.1"]));
    const { held, dropped } = collector.status();
    expect(held).toBeGreaterThan(14);
    expect(held + dropped).toBeGreaterThanOrEqual(200);
  });

  it("do not push out the templates of those who have few by announcing many under many source ids", () => {
    const { take, flows, losses } = collecting({ templateBytes: 64_000 });
    take(v9([v9Template(300, PLAIN), v9Template(301, PLAIN), v9Template(302, PLAIN)]), { observer: "10.9.9.1" });
    for (let n = 0; n < 300; n += 1) take(v9([v9Template(300, PLAIN)], { source: n }), { observer: "198.51.100.1" });
    for (const id of [300, 301, 302]) take(v9([set(id, plainRecord())], { sequence: id }), { observer: "10.9.9.1" });
    expect(flows).toHaveLength(3);
    expect(losses.of("template_missing")).toBe(0);
  });

  it.each<[string, (n: number) => Buffer]>([
    ["source ids", (n) => v9([v9Template(300, PLAIN)], { source: n })],
    ["sFlow agents", (n) => sflow([flowSample([rawHeader(frame())])], { agent: `198.51.${n >> 8}.${n & 255}` })],
  ])("do not keep others out by inventing %s", (_what, message) => {
    const { take, flows, collector } = collecting({ exporters: 16 });
    for (let n = 0; n < 100; n += 1) take(message(n), { observer: "198.51.100.1" });
    flows.length = 0;
    for (const observer of ["10.9.9.1", "10.9.9.2"]) {
      take(v9([v9Template(300, PLAIN)], { sequence: 1 }), { observer });
      take(v9([set(300, plainRecord())], { sequence: 2 }), { observer });
    }
    for (let n = 0; n < 100; n += 1) take(message(n + 100), { observer: "198.51.100.1" });
    for (const observer of ["10.9.9.1", "10.9.9.2"]) take(v9([set(300, plainRecord())], { sequence: 3 }), { observer });
    expect(flows.filter(({ facts }) => facts.export?.observer.startsWith("10."))).toHaveLength(4);
    expect(collector.status().exporterCount).toBe(16);
  });

  it("do not push exporters out by inventing others", () => {
    const { take, flows, losses } = collecting({ exporters: 2 });
    take(v9([v9Template(300, PLAIN)]), { observer: "10.9.9.1" });
    for (let n = 0; n < 50; n += 1) take(v9([v9Template(300, PLAIN)]), { observer: `198.51.100.${n}` });
    take(v9([set(300, plainRecord())], { sequence: 1 }), { observer: "10.9.9.1" });
    expect(flows).toHaveLength(1);
    expect(losses.of("export_limit")).toBe(49);
  });

  it("do not push out what works of a sender with several domains by inventing others", () => {
    const { take, flows } = collecting({ exporters: 16 });
    const domains = [0, 1, 2, 3, 4, 5];
    for (const source of domains) take(v9([v9Template(300, PLAIN)], { source }), { observer: "10.9.9.1" });
    for (let n = 0; n < 50; n += 1) take(v9([v9Template(300, PLAIN)]), { observer: `198.51.100.${n}` });
    for (const source of domains) take(v9([set(300, plainRecord())], { source, sequence: 1 }), { observer: "10.9.9.1" });
    expect(flows).toHaveLength(domains.length);
  });

  it("cost little: a datagram full of records of one byte", () => {
    const { take, losses } = collecting();
    take(ipfix([ipfixTemplate(300, [[4, 1]]), set(300, Array(60_000).fill(6))]));
    expect(losses.of("export_unaddressed")).toBe(60_000);
  });
});
