import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DETECTIONS } from "../../../src/detect/index.ts";
import { play } from "./play.ts";
import type { WireScenario } from "./scenario.ts";
import { SITE } from "./site.ts";

/** Without packets of their own: in the other file, or about bordertap itself. */
const WITHOUT: Readonly<Record<string, string>> = {
  "residency.violation": "detections.test.ts",
  "residency.indeterminate": "detections.test.ts",
  "processor.drift.country": "detections.test.ts",
  "processor.unregistered": "detections.test.ts",
  "clear.dicom_external": "detections.test.ts",
  "clear.hl7_external": "detections.test.ts",
  "tap.degraded": "reads the sensor's state, not packets",
  "geo.stale": "reads the state of the databases",
  "audit.integrity": "reads the state of the audit log",
  "policy.loosened": "reads a change of configuration",
  "pipeline.canary_failed": "reads bordertap's own state",
};

it("every detection has packets, or a reason why not", () => {
  for (const { name } of DETECTIONS) expect(existsSync(`${import.meta.dirname}/${name}/scenario.ts`) !== name in WITHOUT, name).toBe(true);
});

const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of folders) {
  describe(name, async () => {
    const { scenario } = (await import(`./${name}/scenario.ts`)) as { scenario: WireScenario };
    const fired = async (packets: WireScenario["nearMisses"][number]["packets"]) =>
      (await play(`${SITE}${scenario.config ?? ""}`, packets(), scenario.geo)).filter(({ detection }) => detection === name);
    it.each(scenario.fires)("fires: $tells", async ({ packets, severity }) => {
      expect((await fired(packets)).map((alert) => alert.severity)).toEqual([severity]);
    });
    it.each(scenario.nearMisses)("near miss: $tells", async ({ packets }) => {
      expect((await fired(packets)).map(({ sentence }) => sentence)).toEqual([]);
    });
  });
}
