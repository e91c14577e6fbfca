import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "plain JSON",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["http"], http: { contentTypes: ["application/json"] } } }) }],
    alerts: [],
  },
  { tells: "inside TLS", steps: [{ flow: flow({ ...DE, facts: { protocols: ["tls"], tls: { version: "1.3" } } }) }], alerts: [] },
  {
    tells: "inside the house",
    steps: [{ flow: flow({ ...DE, direction: "internal", facts: { protocols: ["http"], fhir: {} } }) }],
    alerts: [],
  },
];
