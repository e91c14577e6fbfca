import { judgedFlow as flow, OFFICE, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "to a registered party",
    steps: [{ flow: flow({ ...DE, party: party("Acme"), facts: { protocols: ["wireguard"] } }) }],
    alerts: [],
  },
  { tells: "from the office", steps: [{ flow: flow({ ...DE, zone: OFFICE, facts: { protocols: ["wireguard"] } }) }], alerts: [] },
  { tells: "nobody answers", steps: [{ flow: flow({ ...DE, packetsIn: 0, facts: { protocols: ["openvpn"] } }) }], alerts: [] },
  {
    tells: "under an authorisation",
    steps: [{ flow: flow({ ...DE, word: "authorised", facts: { protocols: ["ssh"], ssh: {} } }) }],
    alerts: [],
  },
];
