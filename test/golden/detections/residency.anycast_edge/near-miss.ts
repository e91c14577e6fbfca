import { judgedFlow as flow, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const EDGE = place([], { anycast: "Cloudflare" });

export const scenarios: Scenario[] = [
  {
    tells: "its contract lists the edge",
    steps: [{ flow: flow({ place: EDGE, party: party("Acme", { isCdnAllowed: true }) }) }],
    alerts: [],
  },
  {
    tells: "a known provider without a contract",
    steps: [{ flow: flow({ place: EDGE, party: party("Debian", { role: "provider" }) }) }],
    alerts: [],
  },
  { tells: "from the office", steps: [{ flow: flow({ place: EDGE, party: party("Acme"), zone: OFFICE }) }], alerts: [] },
  { tells: "nobody answers", steps: [{ flow: flow({ place: EDGE, party: party("Acme"), packetsIn: 0 }) }], alerts: [] },
];
