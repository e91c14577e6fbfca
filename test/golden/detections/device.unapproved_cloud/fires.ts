import { DEVICES, judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const pump = { zone: DEVICES, place: place(["DE"]), verdict: "inside-list", name: "cloud.example" } as const;
const MQTT = { protocols: ["mqtt"], mqtt: {} };
const PROFILE = { "device.unapproved_cloud": { profiles: [{ zones: ["devices"], names: ["vendor.example"], parties: ["Vendor"] }] } };

export const scenarios: Scenario[] = [
  {
    tells: "a pump speaks MQTT to nobody registered",
    steps: [{ flow: flow({ ...pump, facts: MQTT }) }],
    alerts: [{ severity: "high", says: /mqtt to cloud\.example/i }],
  },
  {
    tells: "outside its profile, though registered",
    settings: PROFILE,
    steps: [{ flow: flow({ ...pump, party: party("Other"), facts: MQTT }) }],
    alerts: [{ severity: "high", says: /its profile does not list/ }],
  },
];
