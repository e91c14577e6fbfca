import { describe, expect, it } from "vitest";
import { SequenceWatch } from "../../../src/collect/sequence-watch.ts";
import { collecting } from "./collecting.ts";
import {
  type Field,
  PLAIN,
  plainRecord,
  SENT,
  set,
  UPTIME_MS,
  u16,
  u32,
  v4,
  v5,
  v5Record,
  v6,
  v9,
  v9Options,
  v9Template,
} from "./messages.ts";

describe("NetFlow v5 and v7", () => {
  it.each([5, 7])("reads a record of version %i", (version) => {
    const { take, flows } = collecting();
    expect(take(v5([v5Record({ version })], { version }))).toBe(true);
    expect(flows).toMatchObject([
      {
        source: "10.0.0.1",
        destination: "192.0.2.9",
        ports: [40_000, 443],
        transport: 6,
        up: [12, 3456],
        down: [0, 0],
        startMicros: (SENT - 9) * 1e6,
        endMicros: (SENT - 1) * 1e6,
        tcpFlags: 0x1b,
        facts: { export: { kind: `netflow${version}`, observer: "10.9.9.1", ingress: 3, egress: 7 } },
      },
    ]);
  });

  it("takes the sampling rate from the header's low 14 bits", () => {
    const { take, flows } = collecting();
    take(v5([v5Record()], { sampling: (1 << 14) | 100 }));
    expect(flows[0].facts.export?.samplingRate).toBe(100);
  });

  it("takes ICMP type and code from the destination port, and the type's counterpart for a port", () => {
    const { take, flows } = collecting();
    take(v5([v5Record({ protocol: 1, from: 0, to: 0x0800 }), v5Record({ protocol: 1, from: 0, to: 0x0301 })]));
    expect(flows.map(({ ports, icmp }) => [ports, icmp - 1])).toEqual([
      [[8, 0], 0x0800],
      [[3, 1], 0x0301],
    ]);
  });

  it("makes no flow of a message whose count does not fit, and counts it", () => {
    const { take, flows, losses, collector } = collecting();
    take(v5([v5Record()], { count: 30 }));
    expect(flows).toEqual([]);
    expect(losses.of("export_malformed")).toBe(1);
    expect(collector.status()).toMatchObject({ packets: 1, malformed: 1 });
  });

  it("counts records that the sequence says were lost, and no more after a restart", () => {
    const { take, losses, collector } = collecting();
    take(v5([v5Record()], { sequence: 100 }));
    take(v5([v5Record()], { sequence: 111 }));
    take(v5([v5Record()], { sequence: 5 }));
    take(v5([v5Record()], { sequence: 6 }));
    expect(losses.of("export_lost")).toBe(10);
    expect(collector.status().exporters).toMatchObject([{ lost: 10, sequenceResets: 1, packets: 4, records: 4 }]);
  });
});

describe("sequence numbers", () => {
  it("of messages that cannot be counted change nothing of what is known to be lost", () => {
    const watch = new SequenceWatch();
    expect(watch.saw(100, 10)).toBe(0);
    expect(watch.saw(120, 10)).toBe(10);
    expect(watch.saw(115, Number.NaN)).toBe(0);
    expect(watch.lost).toBe(10);
    expect(watch.saw(133, 1)).toBe(3);
    expect(watch.saw(112, 4)).toBe(0);
    expect(watch).toMatchObject({ lost: 9, resets: 0 });
  });
});

describe("NetFlow v9", () => {
  const TIMED: readonly Field[] = [...PLAIN, [22, 4], [21, 4], [6, 1]];
  const timed = [...plainRecord(), ...u32(UPTIME_MS - 3000), ...u32(UPTIME_MS - 2000), 0x12];

  it("reads records by their template, and passes over the padding", () => {
    const { take, flows } = collecting();
    take(v9([v9Template(300, TIMED), set(300, [...timed, ...timed, 0, 0])]));
    expect(flows).toHaveLength(2);
    expect(flows[1]).toMatchObject({
      source: "10.0.0.1",
      destination: "192.0.2.9",
      ports: [50_000, 443],
      up: [4, 1500],
      startMicros: (SENT - 3) * 1e6,
      endMicros: (SENT - 2) * 1e6,
      tcpFlags: 0x12,
      facts: { export: { kind: "netflow9", domainId: 5, templateId: 300 } },
    });
  });

  it("holds data until its template comes, and gives it then with the times of its own message", () => {
    const { take, flows, collector } = collecting();
    take(v9([set(300, timed)], { sequence: 1 }));
    expect(flows).toEqual([]);
    take(v9([v9Template(300, TIMED)], { sequence: 2 }));
    expect(flows).toMatchObject([{ endMicros: (SENT - 2) * 1e6 }]);
    collector.finish();
    expect(collector.status()).toMatchObject({ held: 1, dropped: 0, records: 1, templates: 1 });
  });

  it("counts data whose template never comes", () => {
    const { take, collector, losses } = collecting();
    take(v9([set(300, timed)]));
    collector.finish();
    expect(losses.of("template_missing")).toBe(1);
    expect(collector.status()).toMatchObject({ held: 1, dropped: 1, records: 0 });
  });

  it("uses no template of before a restart for data of after it (RFC 3954 §9)", () => {
    const { take, flows, collector } = collecting();
    const OTHER: readonly Field[] = [
      [7, 2],
      [11, 2],
      [4, 1],
      [8, 4],
      [12, 4],
      [2, 4],
      [1, 4],
    ];
    const before = { uptimeMs: UPTIME_MS, sequence: 500 };
    take(v9([v9Template(300, PLAIN), v9Options(301, [[1, 4]], [[34, 4]]), set(301, [0, 0, 0, 1, 0, 0, 0, 100])], before));
    const after = { uptimeMs: 5000, sequence: 0 };
    const record = [...u16(50_001), ...u16(443), 6, 10, 0, 0, 7, 192, 0, 2, 7, ...u32(3), ...u32(300)];
    take(v9([set(300, record)], after));
    expect(flows).toEqual([]);
    take(v9([v9Template(300, OTHER)], { uptimeMs: 6000, sequence: 1 }));
    expect(flows).toMatchObject([{ source: "10.0.0.7", destination: "192.0.2.7", ports: [50_001, 443] }]);
    expect(flows[0].facts.export?.samplingRate).toBeUndefined();
    expect(collector.status()).toMatchObject({ held: 1, dropped: 0 });
  });

  it.each<[string, [number, number], [number, number, number?]]>([
    ["whose older messages come behind newer ones, minutes late", [UPTIME_MS, 500], [UPTIME_MS - 600_000, 400, SENT - 600]],
    ["whose uptime began at zero again after 49.7 days", [2 ** 32 - 500, 500], [1000, 501]],
    ["whose messages came in another order", [UPTIME_MS, 500], [UPTIME_MS - 900, 499]],
    ["whose uptime is nonsense while it goes on counting", [UPTIME_MS, 500], [0, 501]],
  ])("keeps the templates of an exporter %s", (_what, [uptimeMs, sequence], [thenMs, thenSequence, seconds = SENT]) => {
    const { take, flows } = collecting();
    take(v9([v9Template(300, PLAIN)], { uptimeMs, sequence }));
    take(v9([set(300, plainRecord())], { uptimeMs: thenMs, sequence: thenSequence, seconds }));
    expect(flows).toHaveLength(1);
  });

  it.each([
    ["another source id", { source: 6 }, {}],
    ["another exporter", {}, { observer: "10.9.9.2" }],
  ])("keeps the templates of %s apart", (_what, message, from) => {
    const { take, flows } = collecting();
    take(v9([v9Template(300, TIMED)]));
    take(v9([set(300, timed)], message), from);
    expect(flows).toEqual([]);
  });

  it("samples: by the record, by the sampler that it names, by the only one there is", () => {
    const { take, flows } = collecting();
    take(v9([v9Template(300, PLAIN), v9Template(301, [...PLAIN, [48, 1]]), v9Template(302, [...PLAIN, [34, 4]]), set(300, plainRecord())]));
    take(
      v9([
        v9Options(
          400,
          [[1, 4]],
          [
            [48, 1],
            [50, 4],
          ],
        ),
        set(400, [...u32(1), 3, ...u32(1000)]),
      ]),
    );
    take(v9([set(300, plainRecord())]));
    take(v9([set(400, [...u32(1), 4, ...u32(64)])]));
    take(
      v9([
        set(300, plainRecord()),
        set(301, [...plainRecord(), 4]),
        set(301, [...plainRecord(), 9]),
        set(302, [...plainRecord(), ...u32(10)]),
      ]),
    );
    expect(flows.map(({ facts }) => facts.export?.samplingRate)).toEqual([undefined, 1000, undefined, 64, undefined, 10]);
  });

  it("reads translations: registered ones and those of old firewalls", () => {
    const { take, flows } = collecting();
    const nat = [...v4("203.0.113.5"), ...v4("192.0.2.80"), ...u16(1024), ...u16(8443)];
    take(v9([v9Template(300, [...PLAIN, [225, 4], [226, 4], [227, 2], [228, 2]]), set(300, [...plainRecord(), ...nat])]));
    take(v9([v9Template(301, [...PLAIN, [40001, 4], [40002, 4], [40003, 2], [40004, 2]]), set(301, [...plainRecord(), ...nat])]));
    const translated = { natSource: { ip: "203.0.113.5", port: 1024 }, natDestination: { ip: "192.0.2.80", port: 8443 } };
    expect(flows.map(({ facts }) => facts.export)).toMatchObject([translated, translated]);
  });

  it("takes an exporter's initiator and responder counters as two directions, and says what is not counted", () => {
    const { take, flows } = collecting();
    take(
      v9([
        v9Template(300, [
          [8, 4],
          [12, 4],
          [4, 1],
          [231, 4],
          [232, 4],
        ]),
        set(300, [...v4("10.0.0.1"), ...v4("192.0.2.9"), 6, ...u32(700), ...u32(9000)]),
      ]),
    );
    expect(flows).toMatchObject([{ up: [0, 700], down: [0, 9000], facts: { export: { isBiflow: true, uncounted: ["packets"] } } }]);
  });

  it("counts records without addresses instead of making flows of them", () => {
    const { take, flows, losses } = collecting();
    take(
      v9([
        v9Template(300, [
          [10, 4],
          [1, 4],
        ]),
        set(300, [...u32(1), ...u32(2), ...u32(3), ...u32(4)]),
      ]),
    );
    expect(flows).toEqual([]);
    expect(losses.of("export_unaddressed")).toBe(2);
  });

  it("reads IPv6, link addresses and VLANs", () => {
    const { take, flows } = collecting();
    const ends = [...v6("2001:db8:0:0:0:0:0:1"), ...v6("2001:db8:0:0:0:0:0:2")];
    take(
      v9([
        v9Template(300, [
          [27, 16],
          [28, 16],
          [4, 1],
          [58, 2],
          [2, 8],
          [1, 8],
        ]),
        set(300, [...ends, 17, ...u16(20), 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0]),
      ]),
    );
    expect(flows).toMatchObject([{ source: "2001:db8::1", destination: "2001:db8::2", vlan: 20, up: [9, 2 ** 32] }]);
  });
});
