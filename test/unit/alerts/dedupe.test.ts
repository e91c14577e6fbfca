import { describe, expect, it } from "vitest";
import type { AlertChange } from "../../../src/alerts/index.ts";
import type { Finding } from "../../../src/model/alert.ts";
import { finding, open } from "./finding.ts";

type Row = { tells: string; findings: Finding[]; alerts: number; threads: number; changes: AlertChange[] };

const rows: Row[] = [
  { tells: "one finding opens one alert", findings: [finding()], alerts: 1, threads: 1, changes: ["opened"] },
  {
    tells: "the same key joins",
    findings: [finding(), finding({ at: 10 }), finding({ at: 20 })],
    alerts: 1,
    threads: 1,
    changes: ["opened", "grew"],
  },
  {
    tells: "an hour of silence still joins",
    findings: [finding(), finding({ at: 3600 })],
    alerts: 1,
    threads: 1,
    changes: ["opened", "grew"],
  },
  {
    tells: "a second more begins an episode",
    findings: [finding(), finding({ at: 3601 })],
    alerts: 2,
    threads: 1,
    changes: ["opened", "opened"],
  },
  {
    tells: "the window slides with the traffic",
    findings: [0, 3000, 6000, 9000].map((at) => finding({ at })),
    alerts: 1,
    threads: 1,
    changes: ["opened", "grew"],
  },
  {
    tells: "a rise of severity breaks the window",
    findings: [finding(), finding({ at: 1, severity: "critical" })],
    alerts: 1,
    threads: 1,
    changes: ["opened", "raised"],
  },
  {
    tells: "the group keeps the highest",
    findings: [finding({ severity: "critical" }), finding({ at: 1 })],
    alerts: 1,
    threads: 1,
    changes: ["opened", "grew"],
  },
  {
    tells: "another zone",
    findings: [finding(), finding({ key: ["lab", "Acme", "US"] })],
    alerts: 2,
    threads: 2,
    changes: ["opened", "opened"],
  },
  {
    tells: "another party",
    findings: [finding(), finding({ key: ["imaging", "Other", "US"] })],
    alerts: 2,
    threads: 2,
    changes: ["opened", "opened"],
  },
  {
    tells: "another country",
    findings: [finding(), finding({ key: ["imaging", "Acme", "RS"] })],
    alerts: 2,
    threads: 2,
    changes: ["opened", "opened"],
  },
  {
    tells: "another detection",
    findings: [finding(), finding({ detection: "clear.dicom_external" })],
    alerts: 2,
    threads: 2,
    changes: ["opened", "opened"],
  },
  {
    tells: "parts do not run together",
    findings: [finding({ key: ["a", "bc"] }), finding({ key: ["ab", "c"] })],
    alerts: 2,
    threads: 2,
    changes: ["opened", "opened"],
  },
  { tells: "late packets join", findings: [finding({ at: 9000 }), finding({ at: 0 })], alerts: 1, threads: 1, changes: ["opened", "grew"] },
];

describe("dedupe", () => {
  it.each(rows)("$tells", async ({ findings, alerts: count, threads, changes }) => {
    const seen: AlertChange[] = [];
    const alerts = await open({ onChange: (_, change) => seen.push(change) });
    for (const one of findings) alerts.take(one);
    const { alerts: list } = alerts.list();
    await alerts.close();
    expect(list).toHaveLength(count);
    expect(new Set(list.map(({ threadId }) => threadId)).size).toBe(threads);
    expect(new Set(list.map(({ id }) => id)).size).toBe(count);
    expect(seen).toEqual(changes);
    expect(list.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(findings.length * 1000);
    expect(list.reduce((sum, { flowCount }) => sum + flowCount, 0)).toBe(findings.length);
  });

  it("gives the same alerts, byte for byte, on every run", async () => {
    const run = async () => {
      const alerts = await open();
      for (const { findings } of rows) for (const one of findings) alerts.take(one);
      return JSON.stringify(alerts.list());
    };
    expect(await run()).toBe(await run());
  });

  it("adds what a finding brings to what stands", async () => {
    const alerts = await open();
    alerts.take(finding({}, { inside: "10.0.0.1" }));
    alerts.take(finding({ at: 5, newFlows: 0, countries: ["US", "CA"] }, { inside: "10.0.0.2" }));
    alerts.take(finding({ at: 9, severity: "critical", name: "b.acme.eu" }, { inside: "10.0.0.2" }));
    const [alert] = alerts.list().alerts;
    expect(alert).toMatchObject({
      assetCount: 2,
      flowCount: 2,
      findingCount: 3,
      bytesOut: 3000,
      bytesIn: 30,
      countries: ["US", "CA"],
      severity: "critical",
      name: "b.acme.eu",
    });
    expect(alert.evidence.name).toBe("b.acme.eu");
    expect(alert.history.map(({ what }) => what)).toEqual(["opened", "severity high → critical"]);
    expect(alert.lastMicros - alert.firstMicros).toBe(10e6);
  });

  it("keeps 256 inside ends and no more", async () => {
    const alerts = await open();
    for (let n = 0; n < 300; n += 1) alerts.take(finding({ at: n }, { inside: `10.0.${n >> 8}.${n & 255}` }));
    expect(alerts.list().alerts[0].assetCount).toBe(256);
  });
});

describe("the cap", () => {
  const of = (n: number, more: Partial<Finding> = {}) => finding({ at: n, key: ["z", String(n), "US"], ...more });

  it("drops closed alerts first, then the least severe that nobody took, and counts", async () => {
    const dropped: string[] = [];
    const alerts = await open({ limit: 3, onChange: (alert, change) => change === "evicted" && dropped.push(alert.evidence.key[1]) });
    for (const one of [of(1, { severity: "critical" }), of(2, { severity: "low" }), of(3)]) alerts.take(one);
    const closed = alerts.list().alerts.find(({ evidence }) => evidence.key[1] === "3")!;
    expect(alerts.act(closed.id, { who: "ana", act: "close", reason: "test", note: "a test", revision: closed.revision }).result).toBe(
      "ok",
    );
    alerts.take(of(4));
    expect(dropped).toEqual(["3"]);
    alerts.take(of(5));
    expect(dropped).toEqual(["3", "2"]);
    alerts.take(of(6, { severity: "medium" }));
    expect(dropped).toEqual(["3", "2"]);
    expect(alerts.list().alerts.map(({ evidence }) => evidence.key[1])).toEqual(["1", "4", "5"]);
    const counts: [number, string][] = [];
    alerts
      .metrics()
      .find(({ name }) => name === "bordertap_alerts_evicted_alerts_total")!
      .read((value, kind) => counts.push([value, kind]));
    expect(counts).toEqual([
      [1, "closed"],
      [1, "open"],
      [1, "refused"],
    ]);
  });

  it("holds under a flood of keys", async () => {
    const alerts = await open({ limit: 100 });
    alerts.take(of(0, { severity: "critical" }));
    for (let n = 1; n < 20_000; n += 1) alerts.take(of(n));
    expect(alerts.list().total).toBe(100);
    expect(alerts.list().alerts[0].evidence.key[1]).toBe("0");
  });
});
