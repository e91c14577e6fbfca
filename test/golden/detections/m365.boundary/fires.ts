import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const TEAMS = { ...DE, name: "teams.microsoft.com", service: ["Microsoft Teams", "m365"] } satisfies Parameters<typeof flow>[0];
const LIST = { "m365.boundary": { exclusions: ["excluded.example"] } };

export const scenarios: Scenario[] = [
  {
    tells: "Microsoft 365 from imaging",
    steps: [{ flow: flow({ ...TEAMS }) }],
    alerts: [{ severity: "medium", says: /Microsoft Teams is a Microsoft 365 service/ }],
  },
  {
    tells: "a service outside the boundary, from the office",
    settings: LIST,
    steps: [{ flow: flow({ ...DE, zone: OFFICE, name: "a.excluded.example" }) }],
    alerts: [{ severity: "medium", says: /outside the EU Data Boundary/ }],
  },
];
