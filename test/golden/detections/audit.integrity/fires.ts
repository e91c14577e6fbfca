import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    tells: "the log fails its verification",
    steps: [{ report: { about: "audit", fault: "verification", detail: "entry 12" }, atSeconds: 1 }],
    alerts: [{ severity: "critical", hasCleared: false, says: /fails its own verification: entry 12/ }],
  },
  {
    tells: "a missed checkpoint clears itself",
    steps: [
      { report: { about: "audit", fault: "checkpoint-missed" }, atSeconds: 1 },
      { report: { about: "audit" }, atSeconds: 60 },
    ],
    alerts: [{ severity: "critical", hasCleared: true }],
  },
];
