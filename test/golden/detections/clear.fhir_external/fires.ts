import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "a FHIR resource over HTTP, even to an approved country",
    steps: [
      {
        flow: flow({
          ...DE,
          facts: { protocols: ["http", "fhir"], fhir: { resourceTypes: ["Patient"], interactions: ["read"] }, http: {} },
        }),
      },
    ],
    alerts: [{ severity: "critical", says: /FHIR Patient \(read\) over HTTP/ }],
  },
  {
    tells: "by its media type alone",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["http"], http: { contentTypes: ["application/fhir+xml"] } } }) }],
    alerts: [{ severity: "critical" }],
  },
];
