import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const letter = { protocols: ["smtp"], smtp: { dataSent: true, rcptDomains: ["clinic.example"] } };
const RELAY = { "mail.unencrypted": { relays: ["10.20.0.25/32"] } };

export const scenarios: Scenario[] = [
  {
    tells: "a letter from a clinical zone in clear",
    steps: [{ flow: flow({ ...DE, facts: letter }) }],
    alerts: [{ severity: "high", says: /letters for clinic\.example/i }],
  },
  {
    tells: "by the relay",
    settings: RELAY,
    steps: [{ flow: flow({ ...DE, zone: OFFICE, inside: "10.20.0.25", facts: letter }) }],
    alerts: [{ severity: "high" }],
  },
];
