import { judgedFlow as flow } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const STUN = { protocols: ["stun"], stun: { methods: ["allocate"] } };
const media = { transport: 17, packetsOut: 3000, packetsIn: 3000, insidePort: 50_000 } as const;

export const scenarios: Scenario[] = [
  {
    tells: "a minute of media on the flow that spoke TURN",
    steps: [{ flow: flow({ ...media, end: 60, facts: STUN }) }],
    alerts: [{ severity: "high", says: /60 seconds of media/ }],
  },
  {
    tells: "media from the socket that spoke STUN before",
    steps: [
      { flow: flow({ transport: 17, outside: "198.51.100.4", facts: STUN }) },
      { flow: flow({ ...media, id: 2, start: 2, end: 90 }) },
    ],
    alerts: [{ severity: "high" }],
  },
];
