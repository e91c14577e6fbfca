import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "../systemd");
const unit = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;
if (!hasAnalyze) console.log("LEFT OUT: exposure of the systemd units: no systemd-analyze here");

describe("systemd units", () => {
  it("what parses hostile bytes cannot connect out, and what connects out cannot sniff", () => {
    expect(unit("bordertap-sensor.service")).toMatch(/^RestrictAddressFamilies=AF_PACKET AF_UNIX$/m);
    expect(unit("bordertap-sensor.service")).toMatch(/^CapabilityBoundingSet=CAP_NET_RAW$/m);
    expect(unit("bordertap.service")).toMatch(/^CapabilityBoundingSet=$/m);
    expect(unit("bordertap-collector.service")).toMatch(/^CapabilityBoundingSet=$/m);
    expect(unit("bordertap-collector.service")).toMatch(/^SocketBindDeny=any\nSocketBindAllow=udp$/m);
    expect(unit("bordertap-collector.service")).not.toMatch(/AF_PACKET|CAP_/);
    expect(unit("bordertap.service")).not.toMatch(/AF_PACKET|CAP_/);
  });

  it.skipIf(!hasAnalyze).each(["bordertap.service", "bordertap-sensor.service", "bordertap-collector.service"])(
    "%s is little exposed (systemd-analyze security)",
    (name) => {
      // The threshold is ten times the exposure level; 2.0 is deep in "OK".
      const { status, stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=20", `${folder}/${name}`], {
        encoding: "utf8",
      });
      expect(status, stdout.split("\n").at(-2)).toBe(0);
    },
  );
});
