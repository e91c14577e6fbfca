import { judgedFlow as flow, GUEST, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const dicom = { protocols: ["dicom"], dicom: { callingAe: ["WS_RAD7"], calledAe: ["EXTPACS"], result: "accepted" as const } };

export const scenarios: Scenario[] = [
  {
    tells: "an association to an archive abroad",
    steps: [{ flow: flow({ facts: dicom, outsidePort: 104 }) }],
    alerts: [{ severity: "critical", says: /DICOM association WS_RAD7 to EXTPACS, accepted\./ }],
  },
  {
    tells: "inside the list as well",
    steps: [{ flow: flow({ facts: dicom, place: place(["LU"]), verdict: "inside-list", party: party("Acme") }) }],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "a request that nobody answered went out",
    steps: [{ flow: flow({ facts: { protocols: ["dicom"], dicom: { calledAe: ["X"] } }, packetsIn: 0, in: 0 }) }],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "from a zone that is not judged",
    steps: [{ flow: flow({ facts: dicom, zone: GUEST, word: "ignored" }) }],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "between two outside addresses: a network of the site may be missing",
    steps: [{ flow: flow({ facts: dicom, direction: "transit", zone: undefined, word: "undecided" }) }],
    alerts: [{ severity: "critical", says: /neither end is in the site's own networks/ }],
  },
  {
    tells: "accepted from outside",
    steps: [{ flow: flow({ facts: dicom, direction: "inbound" }) }],
    alerts: [{ severity: "critical", says: /opened from outside/ }],
  },
];
