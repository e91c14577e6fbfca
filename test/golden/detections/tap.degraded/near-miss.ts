import type { Scenario } from "../scenario.ts";
import { exporting, minutes, status } from "../status.ts";

export const scenarios: Scenario[] = [
  { tells: "an exporter that speaks every minute", steps: exporting(30), alerts: [] },
  {
    tells: "sets that wait for five minutes",
    steps: [...exporting(5, { waitingSets: 4 }), ...exporting(3, { waitingSets: 0 }, 5)],
    alerts: [],
  },
  { tells: "an exporter that says nothing of sampling", steps: exporting(2, { unsampledRecords: 100 }), alerts: [] },
  { tells: "0.1 % dropped exactly", steps: minutes(900, (_, seen) => ({ drops: seen * 0.001 })), alerts: [] },
  {
    tells: "four bad minutes, one good one",
    steps: minutes(900, (seconds) => ({ drops: Math.floor(seconds / 300) * 287.5 + Math.min(seconds % 300, 230) * 1.25 })),
    alerts: [],
  },
  { tells: "drops that the source cannot know", steps: minutes(440, () => ({ drops: undefined })), alerts: [] },
  {
    tells: "60 seconds of silence",
    steps: [{ status: status(500), atSeconds: 0 }, { tick: 60 }, { status: status(501), atSeconds: 60.5 }, { tick: 100 }],
    alerts: [],
  },
  {
    tells: "a restart of the sensor is no silence and no step back",
    steps: [...minutes(200), ...minutes(440, () => ({ epoch: "e2" }), 210)],
    alerts: [],
  },
  {
    tells: "one way, but only 99 flows",
    steps: minutes(440, (seconds) => ({ closed: Math.floor(seconds * 0.33), oneWay: Math.floor(seconds * 0.33) })),
    alerts: [],
  },
  { tells: "20 % one way exactly", steps: minutes(440, (seconds) => ({ closed: seconds * 5, oneWay: seconds })), alerts: [] },
  { tells: "1 % not decoded exactly", steps: minutes(440, (_, seen) => ({ malformed: seen * 0.01 })), alerts: [] },
];
