import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const override = { kind: "override", source: "override", countries: ["LU"] } as const;
const us = { kind: "country-database", source: "one", countries: ["US"] } as const;
const ALONE = place(["LU"], { claims: [override, us] });

export const scenarios: Scenario[] = [
  {
    tells: "no light is that fast",
    steps: [{ flow: flow({ verdict: "contradicted", word: "undecided" }) }],
    alerts: [{ severity: "medium", says: /sooner than light/ }],
  },
  {
    tells: "low from the office",
    steps: [{ flow: flow({ verdict: "contradicted", word: "undecided", zone: OFFICE }) }],
    alerts: [{ severity: "low" }],
  },
  {
    tells: "an override against every database",
    steps: [{ flow: flow({ place: ALONE, verdict: "inside-list" }) }],
    alerts: [{ severity: "medium", says: /override says another country/ }],
  },
];
