import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    tells: "an output was not reached",
    steps: [{ report: { about: "canary", missing: ["webhook"], withinSeconds: 60 }, atSeconds: 1 }],
    alerts: [{ severity: "critical", says: /did not reach webhook within 60 seconds/ }],
  },
  {
    tells: "the next one arrives",
    steps: [
      { report: { about: "canary", missing: ["webhook"], withinSeconds: 60 }, atSeconds: 1 },
      { report: { about: "canary", missing: [], withinSeconds: 60 }, atSeconds: 3600 },
    ],
    alerts: [{ severity: "critical", hasCleared: true }],
  },
  {
    tells: "a clock behind",
    steps: [{ report: { about: "clock", skewSeconds: -2.5, against: "exporter 10.0.0.1" }, atSeconds: 1 }],
    alerts: [{ severity: "medium", says: /off by -2\.5 seconds.* dated right\. .*Next: Clock: set up/ }],
  },
  {
    tells: "a disk that fills",
    steps: [{ report: { about: "disk", folder: "/var/lib/bordertap", daysLeft: 6.5 }, atSeconds: 1 }],
    alerts: [{ severity: "medium", says: /full in 6\.5 days.*Would end with: room for more days\..*Next: Disk: make room/ }],
  },
];
