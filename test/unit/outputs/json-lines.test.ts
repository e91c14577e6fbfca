import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/lib/clock.ts";
import { Health } from "../../../src/obs/health.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { alertDocument, JsonLinesAlerts, JsonLinesFile, JsonLinesFlows } from "../../../src/outputs/index.ts";
import { finding, open } from "../alerts/finding.ts";
import { judgedFlow } from "../detect/judged.ts";

let folder: string;
let path: string;
const clock = new ManualClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-lines-"));
  path = join(folder, "out", "flows.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (file = path) =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe("JSON lines", () => {
  it("appends finished flows, with what a SIEM wants of them", async () => {
    const sink = new JsonLinesFlows(await JsonLinesFile.open({ path, clock }));
    sink.take(judgedFlow({ kind: "counted" }));
    sink.take(judgedFlow({ id: 2 }));
    await sink.close();
    const again = new JsonLinesFlows(await JsonLinesFile.open({ path, clock }), ["opened", "closed"]);
    again.take(judgedFlow({ kind: "opened" }));
    await again.flush();
    expect(lines()).toMatchObject([
      {
        event: { kind: "event", category: ["network"], action: "flow-closed" },
        network: { direction: "outbound" },
        bordertap: { zone: "imaging", judgement: "violation" },
      },
      { event: { action: "flow-opened" } },
    ]);
    expect(again.counters()).toMatchObject({ written: 1, dropped: 0 });
    await again.close();
  });

  it("writes by itself within a second", async () => {
    const file = await JsonLinesFile.open({ path, clock });
    file.append('{"a":1}');
    clock.advance(1000);
    await file.flush();
    expect(lines()).toEqual([{ a: 1 }]);
    await file.close();
  });

  it("starts another file at the limit and keeps five", async () => {
    const file = await JsonLinesFile.open({ path, clock, maxMegabytes: 0.001 });
    for (let n = 0; n < 9; n += 1) {
      file.append(JSON.stringify({ n, text: "x".repeat(600) }));
      await file.flush();
    }
    await file.close();
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["flows.jsonl", ...[1, 2, 3, 4, 5].map((n) => `flows.jsonl.${n}`)]);
    expect(lines()[0].n).toBe(8);
    expect(lines(`${path}.5`)[0].n).toBe(3);
  });

  it("opens the file anew after somebody moved it away", async () => {
    const file = await JsonLinesFile.open({ path, clock });
    file.append('{"n":1}');
    await file.flush();
    renameSync(path, `${path}.old`);
    file.reopen();
    await file.flush();
    file.append('{"n":2}');
    await file.close();
    expect([lines(`${path}.old`), lines()]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
  });

  it("counts what a failing disk cost, says so, and goes on when it can", async () => {
    const losses = new Losses();
    const health = new Health(() => 0);
    const file = await JsonLinesFile.open({ path, clock, losses, health });
    rmSync(join(folder, "out"), { recursive: true });
    mkdirSync(path, { recursive: true });
    file.reopen();
    file.append('{"n":1}');
    await file.flush();
    expect(losses.of("output_dropped")).toBe(1);
    expect(health.state).toBe("degraded");
    rmSync(path, { recursive: true });
    file.append('{"n":2}');
    await file.flush();
    expect(lines()).toEqual([{ n: 2 }]);
    expect(health.state).toBe("ok");
    await file.close();
  });

  it("holds a bounded amount and drops the rest", async () => {
    const losses = new Losses();
    const file = await JsonLinesFile.open({ path, clock, losses });
    const line = JSON.stringify("x".repeat(1 << 20));
    for (let n = 0; n < 20; n += 1) file.append(line);
    await file.flush();
    expect(losses.of("output_dropped")).toBeGreaterThan(0);
    expect(file.counters().written + file.counters().dropped).toBe(20);
    await file.close();
  });

  it("says at the start what it cannot write", async () => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o500);
    await expect(JsonLinesFile.open({ path, clock })).rejects.toMatchObject({
      code: "output_failed",
      message: expect.stringContaining(path),
    });
  });
});

describe("alert document", () => {
  it("is an ECS alert with the words of the catalogue", async () => {
    const alerts = await open();
    alerts.take(finding({}, { name: "pacs.acme.eu", facts: { protocols: ["dicom"] } }));
    const sink = new JsonLinesAlerts(await JsonLinesFile.open({ path, clock }));
    sink.take(alerts.list().alerts[0]);
    await sink.close();
    const [found] = lines();
    expect(found).toMatchObject({
      event: { kind: "alert", category: ["network"], type: ["start"], severity: 73, module: "bordertap" },
      rule: { name: "residency.violation", reference: "list:eu-eea" },
      source: { ip: "10.1.2.3", bytes: 1000 },
      destination: { ip: "203.0.113.9", port: 443, domain: "pacs.acme.eu", geo: { country_iso_code: "US" } },
      network: { transport: "tcp", protocol: "dicom" },
      bordertap: { alert: { state: "open", flow_count: 1 }, zone: "imaging", policy_revision: "r411", confidence: 85 },
    });
    expect(found.message).toBe(alerts.list().alerts[0].sentence);
    expect(found.event.id).toBe(alerts.list().alerts[0].id);
  });

  it.each<[string, object, object]>([
    [
      "a name that nobody resolved",
      { outsideAddress: "unseen.example", proxiedTo: "unseen.example:443" },
      { domain: "unseen.example", port: 443 },
    ],
    [
      "a name with an address",
      { outsideAddress: "45.1.1.1", proxiedTo: "a.example:8443", name: "a.example" },
      { ip: "45.1.1.1", domain: "a.example", port: 8443 },
    ],
    ["an address", { outsideAddress: "2001:db8::1", proxiedTo: "[2001:db8::1]:443" }, { ip: "2001:db8::1", port: 443 }],
    ["a place without a port", { outsideAddress: "b.example", proxiedTo: "b.example" }, { domain: "b.example", port: 3128 }],
  ])("of what a proxy was asked for, %s, has addresses in ip only, and the port that was asked for", async (_, evidence, destination) => {
    const alerts = await open();
    alerts.take(finding());
    const listed = structuredClone(alerts.list().alerts[0]);
    const { name: __, ...rest } = listed.evidence;
    const alert = { ...listed, evidence: { ...rest, outsidePort: 3128, ...evidence } };
    const { ip, domain, port } = JSON.parse(alertDocument(alert)).destination;
    expect({ ip, domain, port }).toEqual({ ip: undefined, domain: undefined, ...destination });
  });

  it("of a health alert has no ends", async () => {
    const alerts = await open();
    alerts.take({
      detection: "tap.degraded",
      severity: "critical",
      key: ["silence", "eth0#0"],
      atMicros: 0,
      sinceMicros: 0,
      name: "eth0",
      detail: "no packet",
    });
    const found = JSON.parse(alertDocument(alerts.list().alerts[0]));
    expect(found.source).toBeUndefined();
    expect(found.destination).toBeUndefined();
  });
});
