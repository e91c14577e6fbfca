import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "cloud mail from imaging",
    steps: [{ flow: flow({ ...DE, name: "mail.google.com", service: ["Gmail", "mail-suite"] }) }],
    alerts: [{ severity: "medium", says: /Gmail is a cloud mail/ }],
  },
  { tells: "an office suite", steps: [{ flow: flow({ ...DE, service: ["Microsoft 365", "m365"] }) }], alerts: [{ severity: "medium" }] },
];
