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
  { tells: "six days of history", steps: [...history(6), { flow: flow({ ...DE, id: 999, start: 6 * DAY + 60, out: 1.2e9 }) }], alerts: [] },
  {
    tells: "five times, not more",
    steps: [...history(8), { flow: flow({ ...DE, id: 999, start: 8 * DAY + 60, out: 5.5e8 }) }],
    alerts: [],
  },
  {
    tells: "to three parties",
    steps: [
      ...history(8),
      ...["192.0.2.1", "192.0.3.1", "192.0.4.1"].map((outside, n) => ({
        flow: flow({ ...DE, id: 900 + n, start: 8 * DAY + n, outside, out: 4e8 }),
      })),
    ],
    alerts: [],
  },
  {
    tells: "another host's history",
    steps: [...history(8), { flow: flow({ ...DE, id: 999, inside: "10.9.9.9", start: 8 * DAY + 60, out: 1.2e9 }) }],
    alerts: [],
  },
];
