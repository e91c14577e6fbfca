import { judgedFlow as flow, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;
const numbers = (count: number) => ({ protocols: ["http"], content: [{ label: "national-id-lu", count }] });

export const scenarios: Scenario[] = [
  {
    tells: "three national numbers in clear",
    steps: [{ flow: flow({ ...DE, facts: numbers(3) }) }],
    alerts: [{ severity: "critical", says: /3 valid numbers \(national-id-lu\)/ }],
  },
  {
    tells: "of two countries together",
    steps: [
      {
        flow: flow({
          ...DE,
          facts: {
            protocols: ["http"],
            content: [
              { label: "national-id-lu", count: 2 },
              { label: "national-id-fr", count: 1 },
            ],
          },
        }),
      },
    ],
    alerts: [{ severity: "critical" }],
  },
  {
    tells: "a label of our own",
    settings: { "clear.patient_identifier": { labels: ["case-number"] } },
    steps: [{ flow: flow({ ...DE, facts: { protocols: ["http"], content: [{ label: "case-number", count: 9 }] } }) }],
    alerts: [{ severity: "critical" }],
  },
];
