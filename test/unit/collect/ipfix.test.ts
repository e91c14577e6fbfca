import { describe, expect, it } from "vitest";
import { collecting } from "./collecting.ts";
import { type Field, frame, ipfix, ipfixOptions, ipfixTemplate, PLAIN, plainRecord, SENT, set, u16, u32, u64, v4, v6 } from "./messages.ts";

const NTP_ERA = 2_208_988_800;

describe("IPFIX", () => {
  it("passes over enterprise fields and variable lengths, short and long", () => {
    const { take, flows } = collecting();
    const fields: Field[] = [[82, 65535], ...PLAIN.slice(0, 2), [7, 65535, 9], ...PLAIN.slice(2)];
    const record = plainRecord();
    const body = [3, 1, 2, 3, ...record.slice(0, 8), 255, ...u16(300), ...Array(300).fill(7), ...record.slice(8)];
    take(ipfix([ipfixTemplate(256, fields), set(256, [...body, ...body])]));
    expect(flows).toHaveLength(2);
    expect(flows[1]).toMatchObject({
      ports: [50_000, 443],
      up: [4, 1500],
      facts: { export: { kind: "ipfix", domainId: 7, templateId: 256 } },
    });
  });

  it("reads reduced-size counters (RFC 7011 §6.2)", () => {
    const { take, flows } = collecting();
    take(
      ipfix([
        ipfixTemplate(256, [
          [8, 4],
          [12, 4],
          [1, 3],
          [2, 1],
        ]),
        set(256, [...v4("10.0.0.1"), ...v4("192.0.2.9"), 1, 0, 0, 5]),
      ]),
    );
    expect(flows).toMatchObject([{ up: [5, 65_536], transport: 255 }]);
  });

  it("reads the reverse direction of a biflow (RFC 5103)", () => {
    const { take, flows } = collecting();
    take(ipfix([ipfixTemplate(256, [...PLAIN, [1, 4, 29305], [2, 4, 29305]]), set(256, [...plainRecord(), ...u32(99), ...u32(2)])]));
    expect(flows).toMatchObject([{ up: [4, 1500], down: [2, 99], facts: { export: { isBiflow: true } } }]);
  });

  it.each<[string, Field[], number[], number, number]>([
    [
      "milliseconds",
      [
        [152, 8],
        [153, 8],
      ],
      [...u64(SENT * 1000 - 2500), ...u64(SENT * 1000 - 500)],
      SENT - 2.5,
      SENT - 0.5,
    ],
    [
      "seconds",
      [
        [150, 4],
        [151, 4],
      ],
      [...u32(SENT - 5), ...u32(SENT - 4)],
      SENT - 5,
      SENT - 4,
    ],
    [
      "NTP microseconds",
      [
        [154, 8],
        [155, 8],
      ],
      [...u32(SENT - 5 + NTP_ERA), ...u32(2 ** 31), ...u32(SENT + NTP_ERA), ...u32(0)],
      SENT - 4.5,
      SENT,
    ],
    [
      "microseconds before the export",
      [
        [158, 4],
        [159, 4],
      ],
      [...u32(3e6), ...u32(1e6)],
      SENT - 3,
      SENT - 1,
    ],
    [
      "uptime and the moment of its zero",
      [
        [22, 4],
        [21, 4],
        [160, 8],
      ],
      [...u32(1000), ...u32(2000), ...u64((SENT - 100) * 1000)],
      SENT - 99,
      SENT - 98,
    ],
    [
      "uptime alone: it ended when it was exported",
      [
        [22, 4],
        [21, 4],
      ],
      [...u32(1000), ...u32(4000)],
      SENT - 3,
      SENT,
    ],
    [
      "a start and a duration",
      [
        [150, 4],
        [161, 4],
      ],
      [...u32(SENT - 5), ...u32(2000)],
      SENT - 5,
      SENT - 3,
    ],
    ["one observation", [[323, 8]], u64(SENT * 1000 - 1), SENT - 0.001, SENT - 0.001],
    ["nothing: when it was exported", [], [], SENT, SENT],
  ])("takes times from %s", (_what, fields, bytes, start, end) => {
    const { take, flows } = collecting();
    take(ipfix([ipfixTemplate(256, [...PLAIN, ...fields]), set(256, [...plainRecord(), ...bytes])]));
    expect(flows.map(({ startMicros, endMicros }) => [Math.round(startMicros / 1000), Math.round(endMicros / 1000)])).toEqual([
      [Math.round(start * 1000), Math.round(end * 1000)],
    ]);
  });

  it("learns the moment of uptime zero from options", () => {
    const { take, flows } = collecting();
    take(
      ipfix([
        ipfixOptions(300, 1, [
          [149, 4],
          [160, 8],
        ]),
        set(300, [...u32(7), ...u64((SENT - 50) * 1000)]),
      ]),
    );
    take(ipfix([ipfixTemplate(256, [...PLAIN, [22, 4], [21, 4]]), set(256, [...plainRecord(), ...u32(1000), ...u32(2000)])]));
    expect(flows).toMatchObject([{ startMicros: (SENT - 49) * 1e6, endMicros: (SENT - 48) * 1e6 }]);
  });

  it.each<[string, Field[], number[], number | undefined]>([
    [
      "an interval and a space",
      [
        [305, 4],
        [306, 4],
      ],
      [...u32(1), ...u32(999)],
      1000,
    ],
    ["an interval alone", [[305, 4]], u32(100), undefined],
    [
      "a size of a population",
      [
        [309, 4],
        [310, 4],
      ],
      [...u32(2), ...u32(128)],
      64,
    ],
    ["a probability", [[311, 8]], [0x3f, 0x84, 0x7a, 0xe1, 0x47, 0xae, 0x14, 0x7b], 100],
    ["a rate that cannot be", [[34, 4]], u32(0), undefined],
  ])("knows the sampling by %s", (_what, fields, bytes, rate) => {
    const { take, flows } = collecting();
    take(ipfix([ipfixOptions(300, 1, [[302, 4], ...fields]), set(300, [...u32(1), ...bytes])]));
    take(ipfix([ipfixTemplate(256, [...PLAIN, [302, 8]]), set(256, [...plainRecord(), ...u64(1)])]));
    expect(flows.map(({ facts }) => facts.export?.samplingRate)).toEqual([rate]);
  });

  it("forgets withdrawn templates: one, and all of a kind (RFC 7011 §8.1)", () => {
    const { take, collector } = collecting();
    take(ipfix([ipfixTemplate(256, PLAIN), ipfixTemplate(257, PLAIN), ipfixTemplate(258, PLAIN), ipfixOptions(300, 1, [[149, 4]])]));
    take(ipfix([set(2, [...u16(256), ...u16(0)])]));
    expect(collector.status().templates).toBe(3);
    take(ipfix([set(2, [...u16(2), ...u16(0)])]));
    expect(collector.status().templates).toBe(1);
  });

  it("does not use a template that was not announced for too long", () => {
    const { take, flows, collector } = collecting({ templateSeconds: 60 });
    const at = (seconds: number) => ({ arrivalMicros: (SENT + seconds) * 1e6 });
    take(ipfix([ipfixTemplate(256, PLAIN)]), at(0));
    take(ipfix([set(256, plainRecord())]), at(59));
    take(ipfix([set(256, plainRecord())]), at(61));
    expect(flows).toHaveLength(1);
    expect(collector.status().held).toBe(1);
  });

  it.each<[string, number, number, number[]]>([
    ["an Ethernet frame (IE 315)", 315, 36 + 14, frame()],
    ["an Ethernet frame as v9 calls it (IE 104)", 104, 36 + 14, frame()],
    ["an IP packet (IE 313)", 313, 36, frame().slice(14)],
  ])("decodes %s as a packet", (_what, element, bytes, section) => {
    const { take, flows } = collecting();
    take(ipfix([ipfixTemplate(256, [[element, 65535]]), set(256, [section.length, ...section])]));
    expect(flows).toMatchObject([{ source: "10.0.0.1", destination: "192.0.2.9", transport: 17, ports: [5000, 53], up: [1, bytes] }]);
  });

  it("takes the innermost of repeated headers, and keeps the outer addresses as a tunnel", () => {
    const { take, flows } = collecting();
    const outer: Field[] = [
      [27, 16],
      [28, 16],
      [7, 2],
      [11, 2],
      [4, 1],
      [1, 4],
      [2, 4],
    ];
    const inner: Field[] = [
      [8, 4],
      [12, 4],
      [7, 2],
      [11, 2],
      [4, 1],
    ];
    const body = [...v6("2001:db8:0:0:0:0:0:1"), ...v6("2001:db8:0:0:0:0:0:2"), 0, 0, 0, 0, 4, ...u32(900), ...u32(3)];
    take(
      ipfix([
        ipfixTemplate(256, [...outer, ...inner]),
        set(256, [...body, ...v4("10.0.0.1"), ...v4("192.0.2.9"), ...u16(5000), ...u16(53), 17]),
      ]),
    );
    expect(flows).toMatchObject([
      {
        source: "10.0.0.1",
        ports: [5000, 53],
        transport: 17,
        up: [3, 900],
        facts: { tunnel: [{ type: "ipip", source: { ip: "2001:db8::1" }, destination: { ip: "2001:db8::2" } }] },
      },
    ]);
  });

  it("says that the way back was reported too", () => {
    const { take, flows } = collecting();
    const back = plainRecord(40, "192.0.2.9", "10.0.0.1", [443, 50_000]);
    take(
      ipfix([
        ipfixTemplate(256, PLAIN),
        set(256, plainRecord()),
        set(256, back),
        set(256, plainRecord()),
        set(256, plainRecord(1, "10.0.0.2")),
      ]),
    );
    expect(flows.map(({ facts }) => facts.export?.isAnswered)).toEqual([undefined, true, true, undefined]);
  });

  it.each<[string, [number, number, number, boolean][], (true | undefined)[]]>([
    // Protocol, packets, TCP flags, whether the way back; expected: whether it goes on with what was counted.
    [
      "TCP with ACK both ways",
      [
        [6, 5, 0x1b, false],
        [6, 4, 0x1b, true],
      ],
      [undefined, true],
    ],
    [
      "a long connection reported time and again",
      [
        [6, 5, 0x10, false],
        [6, 4, 0x10, true],
        [6, 9, 0x10, false],
      ],
      [undefined, true, true],
    ],
    [
      "UDP, of which one way alone shows nothing",
      [
        [17, 1, 0, false],
        [17, 1, 0, true],
      ],
      [undefined, undefined],
    ],
    [
      "a third record of it",
      [
        [17, 1, 0, false],
        [17, 1, 0, true],
        [17, 1, 0, false],
      ],
      [undefined, undefined, true],
    ],
    [
      "a TCP handshake that failed",
      [
        [6, 1, 0x02, false],
        [6, 1, 0x14, true],
      ],
      [undefined, undefined],
    ],
    [
      "the same way twice",
      [
        [6, 5, 0x1b, false],
        [6, 5, 0x1b, false],
      ],
      [undefined, undefined],
    ],
  ])("says which record goes on with an exchange that was counted: %s", (_, records, expected) => {
    const { take, flows } = collecting();
    const data = records.map(([protocol, packets, flags, isBack]) => {
      const record = isBack
        ? plainRecord(900, "192.0.2.9", "10.0.0.1", [443, 50_000], protocol)
        : plainRecord(900, "10.0.0.1", "192.0.2.9", [50_000, 443], protocol);
      return [...record.slice(0, -4), ...u32(packets), flags];
    });
    take(ipfix([ipfixTemplate(256, [...PLAIN, [6, 1]]), ...data.map((record) => set(256, record))]));
    expect(flows.map(({ facts }) => facts.export?.isContinued)).toEqual(expected);
  });

  it("counts records by sequence, and claims nothing where a set could not be counted", () => {
    const { take, losses } = collecting();
    take(ipfix([ipfixTemplate(256, PLAIN), set(256, [...plainRecord(), ...plainRecord()])], { sequence: 10 }));
    take(ipfix([set(256, plainRecord())], { sequence: 15 }));
    expect(losses.of("export_lost")).toBe(3);
    take(ipfix([set(999, plainRecord())], { sequence: 16 }));
    take(ipfix([set(256, plainRecord())], { sequence: 40 }));
    expect(losses.of("export_lost")).toBe(3);
  });
});
