import { authorisation, judgedFlow as flow, party, place, site } from "../../../unit/detect/judged.ts";
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
  {
    tells: "three uses where two are allowed",
    site: SITE,
    steps: uses("authorisation:A-1", 3),
    alerts: [{ severity: "medium", says: /carried 3 flows in 30 days, more than 2/ }],
  },
  {
    tells: "three uses of which an exporter sent a record each way",
    site: SITE,
    steps: [false, true, false, true, false].map((isContinued, id) => ({
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
    alerts: [{ severity: "medium", says: /carried 3 flows in 30 days, more than 2/ }],
  },
  { tells: "21 uses of one that says nothing", site: SITE, steps: uses("authorisation:A-2", 21), alerts: [{ severity: "medium" }] },
  {
    tells: "a flow after its end",
    site: SITE,
    steps: [{ flow: flow({ party: party("Ended"), lapsed: ["A-3"] }) }],
    alerts: [{ severity: "medium", says: /A-3 \(GDPR 49\(1\)\(c\)\) ended on 2026-10-31/ }],
  },
  {
    tells: "a flow after its end, to nobody knows where",
    site: SITE,
    steps: [{ flow: flow({ party: party("Ended"), place: place([]), lapsed: ["A-4", "A-3"] }) }],
    alerts: [{ severity: "medium", says: /A-3 \(GDPR 49\(1\)\(c\)\) ended on 2026-10-31/ }],
  },
];
