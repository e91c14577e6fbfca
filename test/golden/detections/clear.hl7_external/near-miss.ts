import { judgedFlow as flow, GUEST, IMAGING, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const hl7 = { protocols: ["hl7"], hl7: { messageTypes: ["ORU^R01"] } };

export const scenarios: Scenario[] = [
  {
    tells: "between inside hosts",
    steps: [{ flow: flow({ facts: hl7, direction: "internal", word: "ignored", zone: IMAGING }) }],
    alerts: [],
  },
  { tells: "inside TLS", steps: [{ flow: flow({ facts: { protocols: ["tls"], tls: {} }, outsidePort: 2575, zone: OFFICE }) }], alerts: [] },
  {
    tells: "sent at us from outside, unanswered",
    steps: [
      { flow: flow({ direction: "inbound", facts: hl7, out: 0, packetsOut: 0, zone: GUEST, place: place(["LU"]), party: party("X") }) },
    ],
    alerts: [],
  },
];
