import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const STUN = { protocols: ["stun"], stun: { methods: ["allocate"] } };
const media = { transport: 17, packetsOut: 3000, packetsIn: 3000, insidePort: 50_000 } as const;

export const scenarios: Scenario[] = [
  { tells: "59 seconds", steps: [{ flow: flow({ ...media, end: 59, facts: STUN }) }], alerts: [] },
  {
    tells: "keep-alives for an hour",
    steps: [{ flow: flow({ transport: 17, end: 3600, packetsOut: 120, packetsIn: 120, facts: STUN }) }],
    alerts: [],
  },
  {
    tells: "a relay in an approved country",
    steps: [{ flow: flow({ ...media, place: place(["DE"]), verdict: "inside-list", end: 60, facts: STUN }) }],
    alerts: [],
  },
  { tells: "media without STUN", steps: [{ flow: flow({ ...media, end: 60 }) }], alerts: [] },
];
