import { judgedFlow as flow, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const hl7 = {
  protocols: ["hl7"],
  hl7: { messageTypes: ["ORU^R01"], sendingApplication: ["LAB"], receivingApplication: ["EXT"], messages: 3 },
};

export const scenarios: Scenario[] = [
  {
    tells: "results to a laboratory outside",
    steps: [{ flow: flow({ facts: hl7, outsidePort: 2575 }) }],
    alerts: [{ severity: "critical", says: /HL7 ORU\^R01 from LAB to EXT, 3 messages read\./ }],
  },
  {
    tells: "whatever the country",
    steps: [{ flow: flow({ facts: hl7, place: place(["LU"]), verdict: "inside-list", party: party("Lab"), zone: OFFICE }) }],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "answered to somebody outside",
    steps: [{ flow: flow({ facts: hl7, direction: "inbound" }) }],
    alerts: [{ severity: "critical" }],
  },
];
