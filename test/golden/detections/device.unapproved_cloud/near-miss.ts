import { DEVICES, judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const pump = { zone: DEVICES, place: place(["DE"]), verdict: "inside-list", name: "cloud.example" } as const;
const MQTT = { protocols: ["mqtt"], mqtt: {} };
const PROFILE = { "device.unapproved_cloud": { profiles: [{ zones: ["devices"], names: ["vendor.example"], parties: ["Vendor"] }] } };

export const scenarios: Scenario[] = [
  {
    tells: "a name of its profile",
    settings: PROFILE,
    steps: [{ flow: flow({ ...pump, name: "eu.vendor.example", facts: MQTT }) }],
    alerts: [],
  },
  {
    tells: "a party of its profile",
    settings: PROFILE,
    steps: [{ flow: flow({ ...pump, party: party("Vendor"), facts: MQTT }) }],
    alerts: [],
  },
  { tells: "no profile, a registered party", steps: [{ flow: flow({ ...pump, party: party("Vendor"), facts: MQTT }) }], alerts: [] },
  { tells: "time of day", steps: [{ flow: flow({ ...pump, facts: { protocols: ["ntp"] } }) }], alerts: [] },
  { tells: "no device zone", steps: [{ flow: flow({ ...pump, zone: undefined, facts: MQTT }) }], alerts: [] },
];
