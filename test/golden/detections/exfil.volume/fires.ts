import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const DAY = 86_400;
/** Days on which the host sends 110 MB in each of four hours, and nothing else. */
const history = (days: number) =>
  Array.from({ length: days * 4 }, (_, n) => ({
    flow: flow({ ...DE, id: n, start: Math.floor(n / 4) * DAY + (n % 4) * 3600, out: 1.1e8 }),
  }));

export const scenarios: Scenario[] = [
  {
    tells: "ten times its busiest hours, after eight days",
    steps: [...history(8), { flow: flow({ ...DE, id: 999, start: 8 * DAY + 60, out: 1.2e9 }) }],
    alerts: [{ severity: "high", bytesOut: 1.2e9, says: /1\.20 GB within the hour to one party; its own p99 of an hour is 110 MB/ }],
  },
  {
    tells: "in many flows within one hour",
    steps: [...history(8), ...[1, 2, 3].map((n) => ({ flow: flow({ ...DE, id: 900 + n, start: 8 * DAY + n * 60, out: 4e8 }) }))],
    alerts: [{ severity: "high" }],
  },
];
