import { judgedFlow as flow, OFFICE, party, place, site } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const VENDOR = party("Vendor");
const lane = (more: object) => ({ "remote.support": { lanes: [{ parties: ["Vendor"], zones: ["imaging"], ...more }] } });

export const scenarios: Scenario[] = [
  {
    tells: "a tool by its protocol",
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["teamviewer"] } }) }],
    alerts: [{ severity: "high", says: /no lane is for it/ }],
  },
  {
    tells: "a tool by its name, from the office",
    steps: [{ flow: flow({ ...DE, zone: OFFICE, service: ["AnyDesk", "remote-support"], facts: { protocols: ["tls"], tls: {} } }) }],
    alerts: [{ severity: "high", says: /AnyDesk/ }],
  },
  {
    tells: "a session from outside",
    steps: [{ flow: flow({ direction: "inbound", facts: { protocols: ["rdp"] } }) }],
    alerts: [{ severity: "high", says: /rdp session from the US/i }],
  },
  {
    tells: "in its lane, at another hour: 14:41 local time",
    site: site(),
    settings: lane({ until: "14:30" }),
    steps: [{ flow: flow({ ...DE, party: VENDOR, facts: { protocols: ["teamviewer"] } }) }],
    alerts: [{ severity: "high", says: /its lane is closed at this hour/ }],
  },
  {
    tells: "from a country that the lane does not name",
    settings: lane({ countries: ["LU"] }),
    steps: [{ flow: flow({ ...DE, party: VENDOR, facts: { protocols: ["teamviewer"] } }) }],
    alerts: [{ severity: "high" }],
  },
];
