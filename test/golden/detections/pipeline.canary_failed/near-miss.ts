import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  { tells: "it reached every output", steps: [{ report: { about: "canary", missing: [], withinSeconds: 60 }, atSeconds: 1 }], alerts: [] },
  { tells: "two seconds", steps: [{ report: { about: "clock", skewSeconds: 2, against: "x" }, atSeconds: 1 }], alerts: [] },
  {
    tells: "seven days, and a disk that does not fill",
    steps: [
      { report: { about: "disk", folder: "/v", daysLeft: 7 }, atSeconds: 1 },
      { report: { about: "disk", folder: "/v", daysLeft: undefined }, atSeconds: 2 },
    ],
    alerts: [],
  },
];
