import { judgedFlow as flow, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const ACME = party("Acme", { title: "Acme S.A.", countries: ["LU", "DE"] });

export const scenarios: Scenario[] = [
  {
    tells: "contract names LU and DE, service comes from FR: approved, but not agreed",
    steps: [{ flow: flow({ party: ACME, place: place(["FR"]), verdict: "inside-list" }) }],
    alerts: [{ severity: "high", says: /the contract with Acme S\.A\. names LU, DE; its address is in FR/ }],
  },
  { tells: "and from the US it is critical", steps: [{ flow: flow({ party: ACME }) }], alerts: [{ severity: "critical" }] },
  {
    tells: "an authorised transfer is approved, the contract still names another country",
    steps: [{ flow: flow({ party: ACME, word: "authorised" }) }],
    alerts: [{ severity: "high" }],
  },
  {
    tells: "any zone",
    steps: [{ flow: flow({ party: ACME, zone: OFFICE, place: place(["FR"], { confidence: 70 }), verdict: "inside-list" }) }],
    alerts: [{ severity: "high" }],
  },
];
