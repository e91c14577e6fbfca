import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "its last day",
    steps: [{ flow: flow({ ...DE, party: party("Acme", { agreementEnds: "2026-11-21" }) }) }],
    alerts: [{ severity: "info" }],
  },
  { tells: "61 days to go", steps: [{ flow: flow({ ...DE, party: party("Acme", { agreementEnds: "2027-01-21" }) }) }], alerts: [] },
  {
    tells: "an older paper with a newer one of its kind",
    steps: [
      {
        flow: flow({
          ...DE,
          party: party("Acme", { agreementEnds: "2026-01-01", documents: [{ kind: "dpa", ends: undefined, reference: undefined }] }),
        }),
      },
    ],
    alerts: [],
  },
  { tells: "no papers at all", steps: [{ flow: flow({ ...DE, party: party("Acme") }) }], alerts: [] },
];
