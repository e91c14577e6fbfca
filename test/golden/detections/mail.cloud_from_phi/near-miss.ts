import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  { tells: "from the office", steps: [{ flow: flow({ ...DE, zone: OFFICE, service: ["Gmail", "mail-suite"] }) }], alerts: [] },
  { tells: "under an authorisation", steps: [{ flow: flow({ ...DE, word: "authorised", service: ["Gmail", "mail-suite"] }) }], alerts: [] },
  { tells: "another kind of service", steps: [{ flow: flow({ ...DE, service: ["Doctolib", "health"] }) }], alerts: [] },
];
