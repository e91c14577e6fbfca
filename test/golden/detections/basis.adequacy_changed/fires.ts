import { authorisation, judgedFlow as flow, party, place, site, T0 } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const SITE = site({ authorisations: [authorisation("A-1", { basis: "GDPR 45(3)" }), authorisation("A-2")] });
const NOW = T0 / 1e6 + 60;
const certified = (ends: string) => party("Acme", { documents: [{ kind: "dpf", ends, reference: undefined }] });
const list = (countries: string[]) => site({ jurisdictions: [{ name: "eu-eea", title: "", countries, source: "" }] });
const ending = (lastDay: string) =>
  site({
    jurisdictions: [
      { name: "eu-eea", title: "", countries: ["GB"], source: "", adequacyEnds: [{ country: "GB", decision: "Decision 1", lastDay }] },
    ],
  });
const toGb = () => ({ flow: flow({ place: place(["GB"]), verdict: "inside-list" as const }) });
const change = (before: string[], after: string[]) => ({
  about: "policy" as const,
  before: list(before),
  after: list(after),
  loosenings: [],
  revision: "r2",
});

export const scenarios: Scenario[] = [
  {
    tells: "a US party without certification, on GDPR 45",
    site: SITE,
    steps: [{ flow: flow({ party: party("Acme"), word: "authorised", rule: "authorisation:A-1" }) }],
    alerts: [{ severity: "high", says: /no current Data Privacy Framework certification of Acme/ }],
  },
  {
    tells: "its certification has ended",
    site: SITE,
    steps: [{ flow: flow({ party: certified("2026-11-20"), word: "authorised", rule: "authorisation:A-1" }) }],
    alerts: [{ severity: "high" }],
  },
  {
    tells: "a list loses a country that flows relied on",
    steps: [{ flow: flow({ place: place(["KR"]), verdict: "inside-list" }) }, { report: change(["KR", "LU"], ["LU"]), atSeconds: NOW }],
    alerts: [{ severity: "high", countries: ["KR"], says: /KR is no longer on it/ }],
  },
  {
    tells: "a list loses a country, and the flow is dated where no calendar reaches",
    steps: [
      { flow: flow({ place: place(["KR"]), verdict: "inside-list", end: 1e16 }) },
      { report: change(["KR", "LU"], ["LU"]), atSeconds: NOW },
    ],
    alerts: [{ severity: "high", says: /KR is no longer on it.*9999-12-31/ }],
  },
  {
    tells: "the decision that a list rests on has ended, and flows go on",
    site: ending("2026-11-20"),
    steps: [toGb()],
    alerts: [{ severity: "high", countries: ["GB"], says: /Decision 1, on which eu-eea approves GB, ended on 2026-11-20/ }],
  },
  {
    tells: "notice before it ends",
    site: ending("2026-12-20"),
    steps: [toGb(), toGb()],
    alerts: [{ severity: "info", says: /Decision 1, on which eu-eea approves GB, ends on 2026-12-20, in 30 days/ }],
  },
];
