import { describe, expect, it } from "vitest";
import { readableSummary, summaryOf, Totals } from "../../../src/outputs/index.ts";
import { status } from "../../golden/detections/status.ts";
import { finding, open } from "../alerts/finding.ts";
import { judgedFlow, OFFICE, party, place, T0, zone } from "../detect/judged.ts";

const ACME = party("Acme", { title: "Acme S.A." });
const file = { name: "day.pcap", packets: 100, linktype: "EN10MB", complete: false, warning: "ends inside a record" };

describe("summary", () => {
  it("adds up sensors, in the contract's spelling, without what is unknown", () => {
    const one = {
      ...status(100, { malformed: 3, drops: undefined }),
      nonIp: { lldp: 1, arp: 2 },
      losses: { ipv4_short: 3 },
      newestMicros: T0,
    };
    one.flows = { ...one.flows, opened: 5, byTransport: { udp: 2, tcp: 3 } };
    const two = { ...status(50, { drops: undefined }), nonIp: { arp: 1 }, newestMicros: T0 + 1e6 };
    const summary = summaryOf({
      statuses: [one, two],
      files: [file],
      version: "0.1.0",
      losses: { output_dropped: 1 },
      firstMicros: T0 - 1e6,
    });
    expect(summary).toEqual({
      packets: { seen: 150, decoded: 147, malformed: 3, filtered: 0 },
      bytes: { seen: 15_000 },
      flows: { total: 5, by_transport: { tcp: 3, udp: 2 } },
      non_ip: { arp: 3, lldp: 1 },
      losses: { ipv4_short: 3, output_dropped: 1 },
      files: [{ name: "day.pcap", packets: 100, linktype: "EN10MB", complete: false }],
      first: "2026-11-21T13:41:01.000000Z",
      last: "2026-11-21T13:41:03.000000Z",
      version: "0.1.0",
    });
    const { packets } = summaryOf({ statuses: [status(100, { drops: 4 })], files: [], version: "1" });
    expect(packets.seen).toBe(packets.decoded + packets.malformed + packets.filtered + packets.kernel_drops!);
  });

  it("of nothing is whole as well", () => {
    expect(summaryOf({ statuses: [], files: [], version: "1" })).toEqual({
      packets: { seen: 0, decoded: 0, malformed: 0, filtered: 0 },
      bytes: { seen: 0 },
      flows: { total: 0, by_transport: {} },
      non_ip: {},
      losses: {},
      files: [],
      version: "1",
    });
  });
});

describe("totals", () => {
  it("sums what is new by zone, country and judgement, and by party; flows when they end", () => {
    const totals = new Totals();
    totals.add(judgedFlow({ kind: "counted", out: 100, in: 10, party: ACME }));
    totals.add(judgedFlow({ out: 150, newOut: 50, in: 12, newIn: 2, party: ACME }));
    totals.add(judgedFlow({ id: 2, out: 7, in: 1, zone: OFFICE, place: place(["LU"]), verdict: "inside-list" }));
    totals.add(judgedFlow({ id: 3, direction: "internal", out: 5, in: 5, word: "ignored" }));
    totals.add(judgedFlow({ id: 4, out: 1, in: 0, place: place([]) }));
    expect(totals.byCountry()).toEqual([
      { zone: "imaging", country: "US", judgement: "violation", bytesOut: 150, bytesIn: 12, flows: 1, events: 2 },
      { zone: "office", country: "LU", judgement: "approved", bytesOut: 7, bytesIn: 1, flows: 1, events: 1 },
      { zone: "imaging", country: "inside", judgement: "ignored", bytesOut: 5, bytesIn: 5, flows: 1, events: 1 },
      { zone: "imaging", country: "??", judgement: "undecided", bytesOut: 1, bytesIn: 0, flows: 1, events: 1 },
    ]);
    expect(totals.byParty()).toMatchObject([
      { party: "Acme S.A.", bytesOut: 150 },
      { bytesOut: 8, flows: 2 },
    ]);
    expect([totals.firstMicros, totals.lastMicros]).toEqual([T0, T0 + 1e6]);
  });

  it("keeps a bounded number of rows; the rest is summed as other", () => {
    const totals = new Totals();
    for (let n = 0; n < 10_000; n += 1) totals.add(judgedFlow({ id: n, out: 1, in: 0, party: ACME, zone: zone(`z${n}`, ["imaging"]) }));
    const rows = totals.byCountry();
    expect(rows.length).toBeLessThan(8192);
    expect(rows.length + totals.other().bytesOut).toBe(10_000);
  });
});

describe("readable summary", () => {
  it("says coverage, places, parties and alerts", async () => {
    const totals = new Totals();
    totals.add(judgedFlow({ out: 41_000_000, party: ACME }));
    const alerts = await open();
    alerts.take(finding({ newBytesOut: 41_000_000 }));
    const summary = summaryOf({
      statuses: [
        {
          ...status(1000, { malformed: 10, closed: 100, oneWay: 25 }),
          losses: { ipv4_short: 10 },
          malformedBytes: 2000,
          nonIp: { arp: 2 },
          nonIpBytes: { arp: 120 },
          duplicates: { looked: 500, found: 100 },
          streams: { seenBytes: 990, missingBytes: 10 },
          names: { encrypted: 1200, named: 1190 },
        },
      ],
      files: [file],
      version: "1",
      firstMicros: T0,
      lastMicros: T0 + 9e6,
    });
    const text = readableSummary({ summary, totals, alerts: alerts.list().alerts, files: [file], hasSite: true });
    for (const part of [
      "From 2026-11-21T13:41:02.000000Z to 2026-11-21T13:41:11.000000Z",
      "Coverage: 1,000 seen = 990 decoded + 10 malformed + 0 filtered + 0 dropped (99 % decoded)",
      "Not decoded: 1 % of the packets, 2 % of the bytes",
      "One direction only: 25 % of the flows",
      "Never seen: 1 % of the bytes that TCP streams acknowledged (a sample of the flows)",
      "Seen twice: 20 % of the packets looked at; counted twice",
      "Names: 1,190 of 1,200 TLS and QUIC flows to the outside say for whom they are",
      "Without IP: arp 2 (120 B)",
      "ipv4_short  10  frame ends inside the IPv4 header",
      "day.pcap: ends inside a record",
      "imaging  US  violation  41.0 MB out  500 B in  1 flows",
      "Acme S.A.  41.0 MB out",
      "Alerts: 1 (1 high)",
      "  HIGH residency.violation  imaging → Acme (US, outside eu-eea, 85)\n",
      "    41.0 MB, 1 asset, 13:41:02–13:41:03Z  al_",
      "  residency.violation: Ask the owner of the inside device",
    ])
      expect(text).toContain(part);
    expect(text.endsWith("\n")).toBe(true);
  });

  it("of nothing says that there was nothing", () => {
    const summary = summaryOf({ statuses: [], files: [], version: "1" });
    expect(readableSummary({ summary, totals: new Totals(), alerts: [], hasSite: false })).toContain("Alerts: none");
  });

  it("shows the worst twenty, in lines that fit a terminal", async () => {
    const alerts = await open();
    const longest = `${"a".repeat(60)}.${"b".repeat(60)}.example.org`;
    for (let n = 0; n < 30; n += 1) {
      const severity = n % 3 === 0 ? ("critical" as const) : ("low" as const);
      const name = n === 0 ? longest : `n${n}.eu`;
      alerts.take(finding({ at: n, key: ["imaging", `d${n}`, "US"], severity, because: "long ".repeat(60) }, { name }));
    }
    alerts.take(finding({ at: 40 * 3600, key: ["imaging", "d31", "US"], severity: "critical" }));
    alerts.take({ detection: "tap.degraded", severity: "critical", key: ["silence", "eth0"], atMicros: T0, sinceMicros: T0, name: "eth0" });
    const summary = summaryOf({ statuses: [], files: [], version: "1", firstMicros: T0, lastMicros: T0 + 41 * 3600e6 });
    const text = readableSummary({ summary, totals: new Totals(), alerts: alerts.list().alerts, hasSite: true });
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines.filter((line) => /^ {2}(CRITICAL|LOW) /.test(line))).toHaveLength(20);
    expect(lines).toContain("Alerts: 32 (12 critical, 20 low)");
    expect(lines).toContain("  and 12 more, none of them worse");
    expect(lines).toContain("  CRITICAL tap.degraded  eth0");
    expect(text).toContain("2026-11-23 05:41:02–05:41:03Z");
    expect(text).toContain("aaaa…bbb");
  });
});
