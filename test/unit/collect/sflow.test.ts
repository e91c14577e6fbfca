import { describe, expect, it } from "vitest";
import { collecting } from "./collecting.ts";
import { counterSample, expandedSample, flowSample, frame, rawHeader, sflow, tagged, u16, u32, v4, v6 } from "./messages.ts";

describe("sFlow v5", () => {
  it("decodes a sampled header: one packet of the frame's length", () => {
    const { take, flows } = collecting();
    take(sflow([flowSample([rawHeader(frame("10.0.0.1", "192.0.2.9", 20), 1518)])]));
    expect(flows).toMatchObject([
      {
        source: "10.0.0.1",
        destination: "192.0.2.9",
        ports: [5000, 53],
        up: [1, 1518],
        vlan: 20,
        startMicros: 1_700_000_001e6,
        facts: { export: { kind: "sflow5", observer: "10.9.9.9", samplingRate: 512, ingress: 3, egress: 7, direction: "ingress" } },
      },
    ]);
  });

  it("reads expanded samples and passes over counters", () => {
    const { take, flows, collector } = collecting();
    take(sflow([counterSample(), expandedSample([rawHeader(frame())]), counterSample()]));
    expect(flows).toMatchObject([{ facts: { export: { ingress: 3, egress: 7, direction: "egress" } } }]);
    expect(collector.status()).toMatchObject({ packets: 1, malformed: 0 });
  });

  it.each<[string, number[], string, number]>([
    [
      "IPv4",
      tagged(3, [...u32(1500), ...u32(6), ...v4("10.0.0.1"), ...v4("192.0.2.9"), ...u32(50_000), ...u32(443), ...u32(0x18), ...u32(0)]),
      "10.0.0.1",
      4,
    ],
    [
      "IPv6",
      tagged(4, [
        ...u32(1500),
        ...u32(6),
        ...v6("2001:db8:0:0:0:0:0:1"),
        ...v6("2001:db8:0:0:0:0:0:2"),
        ...u32(50_000),
        ...u32(443),
        ...u32(0x18),
        ...u32(0),
      ]),
      "2001:db8::1",
      6,
    ],
  ])("takes the fields of sampled %s where there is no header", (_what, record, source) => {
    const { take, flows } = collecting();
    take(sflow([flowSample([record])]));
    expect(flows).toMatchObject([{ source, ports: [50_000, 443], transport: 6, tcpFlags: 0x18, up: [1, 1500] }]);
  });

  it("has no interface for discarded packets, for several, and for those without a number", () => {
    const { take, flows } = collecting();
    for (const output of [0x40000001, 0x80000002, 0x3fffffff, 0]) take(sflow([flowSample([rawHeader(frame())], { output })]));
    expect(flows.map(({ facts }) => facts.export?.egress)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("reads translations and the switch's VLAN", () => {
    const { take, flows } = collecting();
    const nat = tagged(1007, [...u32(1), ...v4("203.0.113.5"), ...u32(1), ...v4("192.0.2.80")]);
    take(
      sflow([
        flowSample([
          rawHeader(frame()),
          tagged(1001, [...u32(30), ...u32(0), ...u32(30), ...u32(0)]),
          nat,
          tagged(1020, [...u32(1024), ...u32(53)]),
        ]),
      ]),
    );
    expect(flows).toMatchObject([
      { vlan: 30, facts: { export: { natSource: { ip: "203.0.113.5", port: 1024 }, natDestination: { ip: "192.0.2.80", port: 53 } } } },
    ]);
  });

  const onSwitch = tagged(1001, [...u32(42), ...u32(0), ...u32(42), ...u32(0)]);
  it.each([
    ["the frame's own tag, whichever record is first", 20, 20],
    ["that of the switch where the frame has none", 0, 42],
  ])("has %s", (_what, tag, vlan) => {
    const header = rawHeader(frame("10.0.0.1", "192.0.2.9", tag));
    const { take, flows } = collecting();
    take(sflow([flowSample([header, onSwitch]), flowSample([onSwitch, header])]));
    expect(flows.map((flow) => flow.vlan)).toEqual([vlan, vlan]);
  });

  it("counts a sample of a frame without IP, and makes no flow of it", () => {
    const { take, flows, losses } = collecting();
    const arp = [...Array(12).fill(2), ...u16(0x0806), ...Array(28).fill(0)];
    take(sflow([flowSample([rawHeader(arp)])]));
    expect(flows).toEqual([]);
    expect(losses.of("export_unaddressed")).toBe(1);
  });

  it.each<[string, Buffer]>([
    ["more samples than there are", sflow([flowSample([rawHeader(frame())])], { count: 3 })],
    ["a sample beyond the end", Buffer.concat([sflow([], { count: 1 }), Buffer.from([...u32(1), ...u32(9999)])])],
    ["a record beyond its sample", sflow([tagged(1, [...Array(32).fill(0), ...u32(1), ...u32(500)])])],
  ])("counts %s as malformed", (_what, bytes) => {
    const { take, losses } = collecting();
    take(bytes);
    expect(losses.of("export_malformed")).toBe(1);
  });
});
