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
const change = (before: string[], after: string[]) => ({
  about: "policy" as const,
  before: list(before),
  after: list(after),
  loosenings: [],
  revision: "r2",
});

export const scenarios: Scenario[] = [
  {
    tells: "its certification is current",
    site: SITE,
    steps: [{ flow: flow({ party: certified("2026-11-21"), word: "authorised", rule: "authorisation:A-1" }) }],
    alerts: [],
  },
  {
    tells: "another basis needs none",
    site: SITE,
    steps: [{ flow: flow({ party: party("Acme"), word: "authorised", rule: "authorisation:A-2" }) }],
    alerts: [],
  },
  {
    tells: "a list loses a country that nothing went to",
    steps: [{ flow: flow({ place: place(["LU"]), verdict: "inside-list" }) }, { report: change(["KR", "LU"], ["LU"]), atSeconds: NOW }],
    alerts: [],
  },
  {
    tells: "the flows are 31 days ago",
    steps: [{ flow: flow({ place: place(["KR"]), verdict: "inside-list" }) }, { report: change(["KR"], []), atSeconds: NOW + 31 * 86_400 }],
    alerts: [],
  },
  {
    tells: "a decision that ends in more than half a year",
    site: ending("2027-05-21"),
    steps: [{ flow: flow({ place: place(["GB"]), verdict: "inside-list" }) }],
    alerts: [],
  },
  {
    tells: "no flow relies on the decision that ended",
    site: ending("2026-11-20"),
    steps: [{ flow: flow({ place: place(["LU"]), verdict: "inside-list" }) }],
    alerts: [],
  },
];
