import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DUBLIN = {
  place: place(["IE"], { cloud: { provider: "aws", region: "eu-west-1" } }),
  verdict: "inside-list",
  party: party("Acme", { regions: ["aws:eu-central-1"] }),
} as const;

export const scenarios: Scenario[] = [
  {
    tells: "three flows from a region that is not contracted",
    steps: [1, 2, 3].map((id) => ({ flow: flow({ ...DUBLIN, id, start: id * 3600 }) })),
    alerts: [{ severity: "medium", flows: 3, says: /names aws:eu-central-1; its address is in aws:eu-west-1/ }],
  },
];
