import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const letter = { protocols: ["smtp"], smtp: { dataSent: true, rcptDomains: ["clinic.example"] } };
const RELAY = { "mail.unencrypted": { relays: ["10.20.0.25/32"] } };

export const scenarios: Scenario[] = [
  {
    tells: "STARTTLS was used",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["smtp", "tls"], smtp: { starttls: "used" }, tls: {} } }) }],
    alerts: [],
  },
  {
    tells: "no letter was handed over",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["smtp"], smtp: { helo: "a" } } }) }],
    alerts: [],
  },
  {
    tells: "from the office, not by the relay",
    settings: RELAY,
    steps: [{ flow: flow({ ...DE, zone: OFFICE, facts: letter }) }],
    alerts: [],
  },
  { tells: "a letter that comes in", steps: [{ flow: flow({ ...DE, direction: "inbound", facts: letter }) }], alerts: [] },
];
