import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const numbers = (count: number) => ({ protocols: ["http"], content: [{ label: "national-id-lu", count }] });

export const scenarios: Scenario[] = [
  { tells: "two of them", steps: [{ flow: flow({ ...DE, facts: numbers(2) }) }], alerts: [] },
  {
    tells: "other contents",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["http"], content: [{ label: "hl7-pid", count: 9 }] } }) }],
    alerts: [],
  },
  { tells: "inside the house", steps: [{ flow: flow({ direction: "internal", facts: numbers(9) }) }], alerts: [] },
];
