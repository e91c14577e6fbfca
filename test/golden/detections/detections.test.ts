import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openAlerts } from "../../../src/alerts/index.ts";
import { catalogue, createDetections, DETECTIONS } from "../../../src/detect/index.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import type { Scenario } from "./scenario.ts";

const here = import.meta.dirname;

/** One run: detections into alerts, in memory. Returns what stands of that detection, as it would be written out. */
async function play(name: string, { steps, settings, site }: Scenario) {
  const alerts = await openAlerts({
    folder: undefined,
    clock: new ManualClock(),
    policyRevision: "r1",
    builds: { "geo-whois-asn-country": "2026-06-17" },
    catalogue: catalogue(),
  });
  const detections = createDetections({
    ...(settings ? { settings } : {}),
    ...(site ? { site } : {}),
    emit: (finding) => alerts.take(finding),
    clear: (...cleared) => alerts.clear(...cleared),
  });
  for (const step of steps) {
    if ("flow" in step) detections.onFlow(step.flow);
    else if ("report" in step) detections.onReport(step.report, step.atSeconds * 1000);
    else if ("status" in step) detections.onStatus(step.status, step.atSeconds * 1000);
    else detections.onTick(step.tick * 1000);
  }
  const found = structuredClone(alerts.list({ detection: name }).alerts);
  await alerts.close();
  return found;
}

const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it("every detection has a folder, and every folder a detection", () => {
  expect(folders.sort()).toEqual(DETECTIONS.map(({ name }) => name).sort());
});

for (const name of folders) {
  describe(name, async () => {
    const files = readdirSync(`${here}/${name}`).filter((file) => file.endsWith(".ts"));
    it("has a case that fires and one that nearly does", () => {
      expect(files.some((file) => file.startsWith("fires"))).toBe(true);
      expect(files.some((file) => file.startsWith("near-miss"))).toBe(true);
    });
    for (const file of files) {
      const { scenarios } = (await import(`${here}/${name}/${file}`)) as { scenarios: Scenario[] };
      for (const scenario of scenarios) {
        it(`${file.replace(".ts", "")}: ${scenario.tells}`, async () => {
          const found = await play(name, scenario);
          expect(found.map(({ severity }) => severity)).toEqual(scenario.alerts.map(({ severity }) => severity));
          for (const [index, wanted] of scenario.alerts.entries()) {
            const alert = found[index];
            if (wanted.bytesOut !== undefined) expect(alert.bytesOut).toBe(wanted.bytesOut);
            if (wanted.flows !== undefined) expect(alert.flowCount).toBe(wanted.flows);
            if (wanted.countries !== undefined) expect(alert.countries).toEqual(wanted.countries);
            if (wanted.hasCleared !== undefined) expect(alert.clearedMicros !== undefined).toBe(wanted.hasCleared);
            if (wanted.says !== undefined) expect(alert.sentence).toMatch(wanted.says);
          }
          expect(await play(name, scenario)).toEqual(found);
        });
      }
    }
  });
}
