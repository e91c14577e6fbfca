import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hospitalCapture } from "./hospital-capture.ts";
import { whyNotLive } from "./network.ts";

const root = resolve(import.meta.dirname, "../..");
const hasTools = ["tcpreplay", "unshare", "systemd-sysusers", "systemd-tmpfiles"].every((name) => spawnSync("which", [name]).status === 0);
const reason = whyNotLive() ?? (hasTools && existsSync("/lib/systemd/systemd") ? undefined : "needs systemd, util-linux and tcpreplay");
if (reason) console.log(`LEFT OUT: test/live/systemd: ${reason}`);

const UNITS = ["bordertap", "bordertap-sensor", "bordertap-collector"];

describe.skipIf(reason !== undefined)("the units under a systemd of their own", () => {
  const work = mkdtempSync(join(tmpdir(), "bordertap-systemd-"));
  let packets = 0;
  let boot = "";
  const left = (name: string) =>
    existsSync(join(work, name)) ? readFileSync(join(work, name), "utf8") : `nothing called ${name}\n${boot}`;
  const lineOf = (name: string, unit: string) =>
    left(name)
      .split("\n")
      .find((line) => line.startsWith(`${unit} `));

  beforeAll(() => {
    packets = hospitalCapture(join(work, "day.pcap"));
    writeFileSync(
      join(work, "bordertap.yaml"),
      `capture: { interface: bt-tap }
inside: [10.20.0.0/16]
zones: [{ name: records, networks: [10.20.0.0/16], data: [patient-record] }]
collect: { listen: ["127.0.0.1:2055"], exporters: [192.0.2.1] }
state: { folder: /var/lib/bordertap }
`,
    );
    const { stdout, stderr } = spawnSync("bash", [join(import.meta.dirname, "systemd/boot.sh"), root, work, process.execPath], {
      encoding: "utf8",
      timeout: 170_000,
    });
    boot = `${stdout}${stderr}`;
  }, 180_000);

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(UNITS)("%s starts, confined as it is, and says that it is ready", (unit) => {
    expect(lineOf("started", unit)).toMatch(/ActiveState=active .*SubState=running/);
  });

  it("a packet's way works under those confinements: captured, judged, told", () => {
    const seen = /^bordertap_capture_seen_packets_total\{[^}]*\} (\d+)/m.exec(left("metrics"))?.[1];
    expect(Number(seen)).toBeGreaterThanOrEqual(packets);
    expect(JSON.parse(left("alerts")).data.length).toBeGreaterThan(3);
    expect(JSON.parse(left("healthz")).state).toBe("ok");
  });

  it("a reload is done when systemctl says so", () => {
    expect(left("reload")).toBe("rc 0\n");
    expect(left("journal")).toContain("configuration read again");
  });

  it("a sensor that hangs is ended by the watchdog and followed by another, and what was missed is counted", () => {
    expect(left("watchdog")).toMatch(/ActiveState=active/);
    expect(left("watchdog")).toMatch(/NRestarts=1/);
    expect(left("outage")).toMatch(/sensor_outage/);
  });

  it.each(UNITS)("%s ends when it is told to, as done", (unit) => {
    expect(lineOf("ended", unit)).toMatch(/ActiveState=inactive .*Result=success|Result=success .*ActiveState=inactive/);
  });

  it("keeps its folders to itself", () => {
    expect(left("folders")).toBe("/var/lib/bordertap bordertap bordertap 750\n/run/bordertap bordertap bordertap 770\n");
  });

  it("is exposed to little, by systemd's own measure", () => {
    for (const unit of UNITS) expect(Number(/ (\d+\.\d) /.exec(lineOf("exposure", `${unit}.service`) ?? "")?.[1])).toBeLessThan(2);
    expect(existsSync(join(work, "done"))).toBe(true);
  });
});
