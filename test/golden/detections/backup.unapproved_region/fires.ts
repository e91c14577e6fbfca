import { BACKUP, judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DUBLIN = {
  place: place(["IE"], { cloud: { provider: "aws", region: "eu-west-1" } }),
  verdict: "inside-list",
  service: ["Amazon S3", "backup"],
} satisfies Parameters<typeof flow>[0];
const REGIONS = { "backup.unapproved_region": { regions: ["aws:eu-central-1"] } };

export const scenarios: Scenario[] = [
  {
    tells: "a backup zone sends a gigabyte to the US",
    steps: [{ flow: flow({ zone: BACKUP, out: 1e9 }) }],
    alerts: [{ severity: "critical", says: /US is no approved place for backups/ }],
  },
  {
    tells: "an object store in another region than the approved one, in pieces",
    settings: REGIONS,
    steps: [1, 2].map((id) => ({ flow: flow({ ...DUBLIN, id, start: id * 3600, out: 6e8 }) })),
    alerts: [{ severity: "critical", says: /aws:eu-west-1/ }],
  },
];
