import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  { tells: "all is well", steps: [{ report: { about: "audit" }, atSeconds: 1 }], alerts: [] },
  {
    tells: "tampering does not clear itself",
    steps: [
      { report: { about: "audit", fault: "verification" }, atSeconds: 1 },
      { report: { about: "audit" }, atSeconds: 60 },
    ],
    alerts: [{ severity: "critical", hasCleared: false }],
  },
];
