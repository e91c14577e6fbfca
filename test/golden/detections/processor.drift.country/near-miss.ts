import { judgedFlow as flow, GUEST, IMAGING, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const ACME = party("Acme", { countries: ["LU", "DE"] });

export const scenarios: Scenario[] = [
  { tells: "a contracted country", steps: [{ flow: flow({ party: ACME, place: place(["DE"]), verdict: "inside-list" }) }], alerts: [] },
  {
    tells: "one of the possible countries is contracted",
    steps: [{ flow: flow({ party: ACME, place: place(["FR", "DE"]), verdict: "inside-list" }) }],
    alerts: [],
  },
  {
    tells: "confidence 69",
    steps: [{ flow: flow({ party: ACME, place: place(["FR"], { confidence: 69 }), verdict: "inside-list" }) }],
    alerts: [],
  },
  {
    tells: "the contract names no country",
    steps: [{ flow: flow({ party: party("Bare"), place: place(["FR"]), verdict: "inside-list" }) }],
    alerts: [],
  },
  { tells: "nobody answered", steps: [{ flow: flow({ party: ACME, packetsIn: 0, in: 0 }) }], alerts: [] },
  { tells: "a zone that is not judged", steps: [{ flow: flow({ party: ACME, zone: GUEST, word: "ignored" }) }], alerts: [] },
  { tells: "a stranger in FR", steps: [{ flow: flow({ zone: IMAGING, place: place(["FR"]), verdict: "inside-list" }) }], alerts: [] },
  {
    tells: "an office flow without party",
    steps: [{ flow: flow({ zone: OFFICE, place: place(["FR"]), verdict: "inside-list" }) }],
    alerts: [],
  },
];
