import { authorisation, judgedFlow as flow, party, site } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const SITE = site({
  authorisations: [
    authorisation("A-1", { basis: "GDPR 49(1)(a)", mostUsesIn30Days: 2 }),
    authorisation("A-2", { basis: "GDPR 49(1)(a)" }),
    authorisation("A-3", { basis: "GDPR 49(1)(c)", parties: ["Ended"], until: "2026-10-31" }),
    authorisation("A-4"),
  ],
});
const uses = (rule: string, count: number) =>
  Array.from({ length: count }, (_, id) => ({ flow: flow({ id, start: id, word: "authorised", rule }) }));

export const scenarios: Scenario[] = [
  { tells: "two uses", site: SITE, steps: uses("authorisation:A-1", 2), alerts: [] },
  {
    tells: "two uses of which an exporter sent a record each way",
    site: SITE,
    steps: [false, true, false, true].map((isContinued, id) => ({
      flow: flow({
        id,
        start: id,
        word: "authorised",
        rule: "authorisation:A-1",
        facts: {
          protocols: [],
          export: { kind: "netflow5", observer: "10.0.0.1", isAnswered: true, ...(isContinued ? { isContinued } : {}) },
        },
      }),
    })),
    alerts: [],
  },
  {
    tells: "one flow that goes on and on",
    site: SITE,
    steps: [1, 2, 3, 4].map((n) => ({
      flow: flow({ word: "authorised", rule: "authorisation:A-1", kind: "counted", out: n * 100, newOut: 100, end: n * 60 }),
    })),
    alerts: [],
  },
  { tells: "another basis carries as many as it likes", site: SITE, steps: uses("authorisation:A-4", 40), alerts: [] },
  {
    tells: "after the end of an authorisation that is no derogation",
    site: SITE,
    steps: [{ flow: flow({ party: party("Ended"), lapsed: ["A-4"] }) }],
    alerts: [],
  },
  { tells: "a violation that no derogation was for", site: SITE, steps: [{ flow: flow({ party: party("Other") }) }], alerts: [] },
];
