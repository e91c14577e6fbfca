import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DUBLIN = {
  place: place(["IE"], { cloud: { provider: "aws", region: "eu-west-1" } }),
  verdict: "inside-list",
  party: party("Acme", { regions: ["aws:eu-central-1"] }),
} as const;

export const scenarios: Scenario[] = [
  { tells: "two of them", steps: [1, 2].map((id) => ({ flow: flow({ ...DUBLIN, id, start: id * 3600 }) })), alerts: [] },
  { tells: "three in three days", steps: [0, 1, 2].map((n) => ({ flow: flow({ ...DUBLIN, id: n + 1, start: n * 90_000 }) })), alerts: [] },
  {
    tells: "one flow of many events",
    steps: [1, 2, 3, 4].map((n) => ({ flow: flow({ ...DUBLIN, kind: "counted", out: n * 100, newOut: 100, end: n * 60 }) })),
    alerts: [],
  },
  {
    tells: "the contracted region",
    steps: [1, 2, 3].map((id) => ({ flow: flow({ ...DUBLIN, id, party: party("Acme", { regions: ["aws:eu-west-1"] }) }) })),
    alerts: [],
  },
  {
    tells: "a country that is not approved: that is drift of country",
    steps: [1, 2, 3].map((id) => ({ flow: flow({ ...DUBLIN, id, verdict: "outside-list" }) })),
    alerts: [],
  },
];
