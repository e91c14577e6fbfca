import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const override = { kind: "override", source: "override", countries: ["LU"] } as const;
const us = { kind: "country-database", source: "one", countries: ["US"] } as const;
const lu = { kind: "country-database", source: "two", countries: ["LU"] } as const;
const AGREED = place(["LU"], { claims: [override, us, lu] });

export const scenarios: Scenario[] = [
  { tells: "an override that one database agrees with", steps: [{ flow: flow({ place: AGREED, verdict: "inside-list" }) }], alerts: [] },
  {
    tells: "two databases that differ, and nobody measured anything: residency.indeterminate tells of it",
    steps: [{ flow: flow({ place: place(["US", "DE"], { isDisputed: true }), verdict: "contradicted", word: "undecided" }) }],
    alerts: [],
  },
  { tells: "a plain foreign address", steps: [{ flow: flow({}) }], alerts: [] },
  {
    tells: "nobody answers",
    steps: [{ flow: flow({ place: place(["US"], { disproved: ["US"] }), verdict: "contradicted", word: "undecided", packetsIn: 0 }) }],
    alerts: [],
  },
];
