import { BACKUP, judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DUBLIN = {
  place: place(["IE"], { cloud: { provider: "aws", region: "eu-west-1" } }),
  verdict: "inside-list",
  service: ["Amazon S3", "backup"],
} satisfies Parameters<typeof flow>[0];
const REGIONS = { "backup.unapproved_region": { regions: ["aws:eu-central-1"] } };

export const scenarios: Scenario[] = [
  { tells: "one byte less", steps: [{ flow: flow({ zone: BACKUP, out: 1e9 - 1 }) }], alerts: [] },
  {
    tells: "the approved region",
    settings: { "backup.unapproved_region": { regions: ["aws:eu-west-1"] } },
    steps: [{ flow: flow({ ...DUBLIN, out: 2e9 }) }],
    alerts: [],
  },
  { tells: "imaging sends to no backup service", steps: [{ flow: flow({ out: 2e9 }) }], alerts: [] },
  {
    tells: "in two days",
    settings: REGIONS,
    steps: [1, 2].map((id) => ({ flow: flow({ ...DUBLIN, id, start: id * 90_000, out: 6e8 }) })),
    alerts: [],
  },
];
