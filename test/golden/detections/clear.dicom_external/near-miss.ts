import { judgedFlow as flow, GUEST, IMAGING, OFFICE } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const dicom = { protocols: ["dicom"], dicom: { callingAe: ["WS_RAD7"], calledAe: ["EXTPACS"], result: "accepted" as const } };

export const scenarios: Scenario[] = [
  {
    tells: "between two inside devices",
    steps: [{ flow: flow({ facts: dicom, direction: "internal", word: "ignored", zone: IMAGING }) }],
    alerts: [],
  },
  {
    tells: "inside TLS",
    steps: [{ flow: flow({ facts: { protocols: ["tls"], tls: { version: "1.3" } }, outsidePort: 2762 }) }],
    alerts: [],
  },
  {
    tells: "under TLS, where a dissector could see it",
    steps: [{ flow: flow({ facts: { ...dicom, protocols: ["tls", "dicom"], tls: { version: "1.2" } } }) }],
    alerts: [],
  },
  { tells: "only the port of DICOM", steps: [{ flow: flow({ outsidePort: 104, zone: OFFICE }) }], alerts: [] },
  {
    tells: "a scanner from outside that was rejected",
    steps: [{ flow: flow({ direction: "inbound", facts: { ...dicom, dicom: { ...dicom.dicom, result: "rejected" } }, zone: GUEST }) }],
    alerts: [],
  },
];
