import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const NOWHERE = place([]);

export const scenarios: Scenario[] = [
  {
    tells: "100 kB to a place nobody can name",
    steps: [{ flow: flow({ place: NOWHERE, out: 100_000 }) }],
    alerts: [{ severity: "medium", says: /in a country that no source can tell, not placed by the list eu-eea/ }],
  },
  {
    tells: "ten flows to one /24 within the hour",
    steps: Array.from({ length: 10 }, (_, n) => ({
      flow: flow({ place: NOWHERE, id: n + 1, start: n * 300, outside: `203.0.113.${n + 1}`, out: 10_000 }),
    })),
    alerts: [{ severity: "medium" }],
  },
];
