import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const BOX = { ...DE, name: "dropbox.com", service: ["Dropbox", "personal-cloud"] } satisfies Parameters<typeof flow>[0];

export const scenarios: Scenario[] = [
  { tells: "one byte less", steps: [{ flow: flow({ ...BOX, out: 9_999_999 }) }], alerts: [] },
  {
    tells: "the same in two hours",
    steps: [{ flow: flow({ ...BOX, out: 6e6 }) }, { flow: flow({ ...BOX, id: 2, start: 7200, out: 6e6 }) }],
    alerts: [],
  },
  { tells: "a download", steps: [{ flow: flow({ ...BOX, out: 1000, in: 1e9 }) }], alerts: [] },
];
