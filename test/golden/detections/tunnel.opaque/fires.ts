import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "SSH to nobody registered",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["ssh"], ssh: {} } }) }],
    alerts: [{ severity: "high", says: /ssh tunnel/i }],
  },
  { tells: "GRE by its number", steps: [{ flow: flow({ ...DE, transport: 47 }) }], alerts: [{ severity: "high", says: /GRE tunnel/ }] },
];
