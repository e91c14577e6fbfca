import { describe, expect, it } from "vitest";
import { ExporterWatch } from "../../../src/detect/exporter-watch.ts";
import { createDetections, type Detections } from "../../../src/detect/index.ts";
import type { SensorStatus } from "../../../src/model/sensor-status.ts";
import { exportStatus, status } from "../../golden/detections/status.ts";

/** Detections whose tap.degraded findings and clearings are kept as lines. */
function watching(saved?: unknown) {
  const told: string[] = [];
  const detections = createDetections({
    saved,
    emit(finding) {
      if (finding.detection === "tap.degraded") told.push(`${finding.key.join(" ")}: ${finding.detail}`);
      return undefined;
    },
    clear(detection, key) {
      if (detection === "tap.degraded") told.push(`${key.join(" ")}: over`);
    },
  });
  return { detections, told };
}

const ofSilence = (told: readonly string[]) => told.filter((line) => line.startsWith("silence"));
function speak(detections: Detections, seconds: number, seen: number, more: Partial<SensorStatus> = {}): void {
  detections.onStatus({ ...status(seen), ...more }, seconds * 1000);
}

describe("a silent tap", () => {
  it("is told when no sensor ever reports, once for each thread, and is over when it does", () => {
    const { detections, told } = watching();
    detections.onReport({ about: "sensors", threads: 2 }, 0);
    for (let seconds = 1; seconds <= 61; seconds += 1) detections.onTick(seconds * 1000);
    expect(ofSilence(told)).toEqual([0, 1].map((thread) => `silence #${thread}: no sensor has reported for 61 seconds`));
    speak(detections, 62, 500);
    expect(ofSilence(told).slice(2)).toEqual(["silence #0: over", "silence eth0 (af-packet)#0: over"]);
  });

  it("is told of a sensor that is started again and again and sees nothing", () => {
    const { detections, told } = watching();
    for (let seconds = 0; seconds <= 70; seconds += 10) speak(detections, seconds, 0, { epoch: `e${seconds}` });
    expect(ofSilence(told)).toEqual(["silence #0: over", "silence eth0 (af-packet)#0: no packet for 70 seconds"]);
  });

  it("goes on over a restart that saw no packet, and over a change of configuration", () => {
    const first = watching();
    speak(first.detections, 0, 500);
    speak(first.detections, 90, 500);
    speak(first.detections, 91, 0, { epoch: "e2" });
    expect(ofSilence(first.told).at(-1)).toBe("silence eth0 (af-packet)#0: no packet for 91 seconds");
    const second = watching(JSON.parse(JSON.stringify(first.detections.save())));
    second.detections.onReport({ about: "sensors", threads: 1 }, 91_000);
    speak(second.detections, 92, 0, { epoch: "e2" });
    expect(ofSilence(second.told)).toEqual(["silence eth0 (af-packet)#0: no packet for 92 seconds"]);
    speak(second.detections, 93, 1, { epoch: "e2" });
    expect(ofSilence(second.told).at(-1)).toBe("silence eth0 (af-packet)#0: over");
  });

  it("does not count the time that nobody watched", () => {
    const first = watching();
    speak(first.detections, 0, 500);
    speak(first.detections, 1, 501);
    const second = watching(JSON.parse(JSON.stringify(first.detections.save())));
    second.detections.onReport({ about: "sensors", threads: 1 }, 86_400_000);
    second.detections.onTick(86_430_000);
    expect(ofSilence(second.told)).toEqual([]);
  });

  it.each([undefined, null, [], "x", { version: 1, watches: { "tap.degraded": [{ thread: 0, silentMs: -1 }, null] } }])(
    "saved as %j is nothing",
    (saved) => {
      const { detections, told } = watching(saved);
      speak(detections, 0, 500);
      expect(ofSilence(told)).toEqual(["silence #0: over", "silence eth0 (af-packet)#0: over"]);
    },
  );
});

describe("an exporter's silence", () => {
  /** Messages by the count in the status; what was told last of silence. */
  function exporter() {
    let isSilent = false;
    const watch = new ExporterWatch({ exporterSeconds: 180, templateSeconds: 600 }, (cause, _, isBad) => {
      if (cause === "exporter-silent") isSilent = isBad;
    });
    return {
      says: (seconds: number, packets: number) => watch.onStatus(exportStatus({ packets }).collect!, seconds * 1000),
      isSilentAt(seconds: number): boolean {
        watch.onTick(seconds * 1000);
        return isSilent;
      },
    };
  }

  it("is measured against its own interval: one message in five minutes", () => {
    const { says, isSilentAt } = exporter();
    for (let n = 0; n <= 4; n += 1) says(n * 300, n + 1);
    expect([isSilentAt(1200 + 899), isSilentAt(1200 + 901)]).toEqual([false, true]);
  });

  it("is seen after a sensor began anew, however long the one before ran", () => {
    const { says, isSilentAt } = exporter();
    for (let minute = 0; minute <= 3 * 1440; minute += 1) says(minute * 60, minute + 1);
    const restart = 3 * 86_400;
    for (let n = 0; n < 5; n += 1) says(restart + n * 60, n + 1);
    expect([isSilentAt(restart + 240 + 179), isSilentAt(restart + 240 + 181)]).toEqual([false, true]);
  });

  it("keeps a slow exporter's interval over a restart", () => {
    const { says, isSilentAt } = exporter();
    for (let n = 0; n <= 20; n += 1) says(n * 600, n + 1);
    says(12_600, 1);
    expect([isSilentAt(12_600 + 1799), isSilentAt(12_600 + 1801)]).toEqual([false, true]);
  });
});
