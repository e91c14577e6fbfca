import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const TEAMS = { ...DE, name: "teams.microsoft.com", service: ["Microsoft Teams", "m365"] } satisfies Parameters<typeof flow>[0];
const LIST = { "m365.boundary": { exclusions: ["excluded.example"] } };

export const scenarios: Scenario[] = [
  { tells: "Microsoft 365 from the office", settings: LIST, steps: [{ flow: flow({ ...TEAMS, zone: OFFICE }) }], alerts: [] },
  {
    tells: "a name that only looks alike",
    settings: LIST,
    steps: [{ flow: flow({ ...DE, zone: OFFICE, name: "notexcluded.example" }) }],
    alerts: [],
  },
  { tells: "under an authorisation", steps: [{ flow: flow({ ...TEAMS, word: "authorised" }) }], alerts: [] },
];
