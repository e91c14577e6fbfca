import { judgedFlow as flow, GUEST, IMAGING, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

export const scenarios: Scenario[] = [
  { tells: "confidence 79", steps: [{ flow: flow({ place: place(["US"], { confidence: 79 }) }) }], alerts: [] },
  { tells: "nobody answered", steps: [{ flow: flow({ packetsIn: 0, in: 0 }) }], alerts: [] },
  { tells: "no patient data in the zone", steps: [{ flow: flow({ zone: OFFICE }) }], alerts: [] },
  { tells: "an authorisation covers it", steps: [{ flow: flow({ word: "authorised", rule: "authorisation:A-12" }) }], alerts: [] },
  { tells: "the country is on the list", steps: [{ flow: flow({ place: place(["LU"]), verdict: "inside-list" }) }], alerts: [] },
  { tells: "the zone is not judged", steps: [{ flow: flow({ zone: GUEST, word: "ignored" }) }], alerts: [] },
  { tells: "both ends are inside", steps: [{ flow: flow({ direction: "internal", word: "ignored" }) }], alerts: [] },
  {
    tells: "switched off",
    settings: { "residency.violation": { enabled: false } },
    steps: [{ flow: flow({ zone: IMAGING }) }],
    alerts: [],
  },
];
