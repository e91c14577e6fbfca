import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const EDGE = place([], { anycast: "Cloudflare" });

export const scenarios: Scenario[] = [
  {
    tells: "a processor answers from an edge",
    steps: [{ flow: flow({ place: EDGE, party: party("Acme") }) }],
    alerts: [{ severity: "medium", says: /Cloudflare is an edge/ }],
  },
];
