import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const AI = { ...DE, name: "api.openai.com", service: ["OpenAI", "ai"] } satisfies Parameters<typeof flow>[0];

export const scenarios: Scenario[] = [
  {
    tells: "high from imaging",
    steps: [{ flow: flow({ ...AI }) }],
    alerts: [{ severity: "high", says: /OpenAI is on the list of AI services/ }],
  },
  { tells: "low from the office", steps: [{ flow: flow({ ...AI, zone: OFFICE }) }], alerts: [{ severity: "low" }] },
];
