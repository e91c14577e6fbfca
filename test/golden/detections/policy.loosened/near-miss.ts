import { site } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  {
    tells: "a change that loosens nothing",
    steps: [{ report: { about: "policy", before: site(), after: site(), loosenings: [], revision: "r2" }, atSeconds: 1 }],
    alerts: [],
  },
];
