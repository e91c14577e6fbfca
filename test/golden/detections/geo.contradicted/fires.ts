import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const override = { kind: "override", source: "override", countries: ["LU"] } as const;
const us = { kind: "country-database", source: "one", countries: ["US"] } as const;
const RULED_OUT = { verdict: "contradicted", unboundedVerdict: "outside-list", word: "undecided" } as const;
const ALONE = place(["LU"], { claims: [override, us] });

export const scenarios: Scenario[] = [
  {
    tells: "no light is that fast",
    steps: [{ flow: flow({ ...RULED_OUT, place: place(["US"], { disproved: ["US"] }) }) }],
    alerts: [{ severity: "medium", says: /sooner than light could have brought it from the US, which a source claims/ }],
  },
  {
    tells: "low from the office",
    steps: [{ flow: flow({ ...RULED_OUT, place: place(["US"], { disproved: ["US"] }), zone: OFFICE }) }],
    alerts: [{ severity: "low" }],
  },
  {
    tells: "of two databases the one on the list is left, and the transfer is approved by it",
    steps: [{ flow: flow({ place: place(["DE"], { disproved: ["US"] }), verdict: "inside-list", unboundedVerdict: "contradicted" }) }],
    alerts: [{ severity: "medium", says: /from the US/ }],
  },
  {
    tells: "what is ruled out changes nothing of the verdict",
    steps: [{ flow: flow({ place: place(["DE"], { disproved: ["FR"] }), verdict: "inside-list", unboundedVerdict: "inside-list" }) }],
    alerts: [{ severity: "low" }],
  },
  {
    tells: "one answer alone is a doubt, and the violation stands",
    steps: [{ flow: flow({ place: place(["US"], { doubted: ["US"] }) }) }],
    alerts: [{ severity: "low", says: /sooner than light/ }],
  },
  {
    tells: "an override against every database",
    steps: [{ flow: flow({ place: ALONE, verdict: "inside-list" }) }],
    alerts: [{ severity: "medium", says: /override says another country/ }],
  },
];
