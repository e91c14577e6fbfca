import { judgedFlow as flow, GUEST, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const AI = { ...DE, name: "api.openai.com", service: ["OpenAI", "ai"] } satisfies Parameters<typeof flow>[0];

export const scenarios: Scenario[] = [
  { tells: "under an authorisation", steps: [{ flow: flow({ ...AI, word: "authorised" }) }], alerts: [] },
  { tells: "from the guest network", steps: [{ flow: flow({ ...AI, zone: GUEST, word: "ignored" }) }], alerts: [] },
  { tells: "nobody answers", steps: [{ flow: flow({ ...AI, packetsIn: 0 }) }], alerts: [] },
];
