import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const BOX = { ...DE, name: "dropbox.com", service: ["Dropbox", "personal-cloud"] } satisfies Parameters<typeof flow>[0];

export const scenarios: Scenario[] = [
  {
    tells: "10 MB to Dropbox by two of its names",
    steps: [{ flow: flow({ ...BOX, out: 6e6 }) }, { flow: flow({ ...BOX, id: 2, start: 600, name: "dropboxapi.com", out: 6e6 }) }],
    alerts: [{ severity: "high", says: /12\.\d MB to Dropbox within an hour/ }],
  },
  { tells: "from the office too", steps: [{ flow: flow({ ...BOX, zone: OFFICE, out: 1e7 }) }], alerts: [{ severity: "high" }] },
];
