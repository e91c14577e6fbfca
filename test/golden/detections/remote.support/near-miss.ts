import { judgedFlow as flow, party, place, site } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const VENDOR = party("Vendor");
const lane = (more: object) => ({ "remote.support": { lanes: [{ parties: ["Vendor"], zones: ["imaging"], ...more }] } });

export const scenarios: Scenario[] = [
  {
    tells: "in its lane, on a Saturday at 14:41 local time",
    site: site(),
    settings: lane({ from: "14:00", until: "15:00", days: [6] }),
    steps: [{ flow: flow({ ...DE, party: VENDOR, facts: { protocols: ["teamviewer"] } }) }],
    alerts: [],
  },
  {
    tells: "a lane past midnight",
    site: site(),
    settings: lane({ from: "22:00", until: "15:00", days: [5] }),
    steps: [{ flow: flow({ ...DE, party: VENDOR, facts: { protocols: ["teamviewer"] } }) }],
    alerts: [],
  },
  {
    tells: "under an authorisation",
    steps: [{ flow: flow({ ...DE, word: "authorised", facts: { protocols: ["anydesk"] } }) }],
    alerts: [],
  },
  { tells: "a session that leaves the house", steps: [{ flow: flow({ ...DE, facts: { protocols: ["rdp"] } }) }], alerts: [] },
  {
    tells: "a visitor of the web server",
    steps: [{ flow: flow({ direction: "inbound", facts: { protocols: ["tls"], tls: {} } }) }],
    alerts: [],
  },
  {
    tells: "an open port that a scan found, and nobody answered",
    steps: [{ flow: flow({ direction: "inbound", packetsOut: 0, facts: { protocols: ["ssh"] } }) }],
    alerts: [],
  },
];
