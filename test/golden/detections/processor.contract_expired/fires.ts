import { judgedFlow as flow, party, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = { place: place(["DE"], { asn: 64_501 }), verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "the agreement ended yesterday",
    steps: [{ flow: flow({ ...DE, party: party("Acme", { agreementEnds: "2026-11-20" }) }) }],
    alerts: [{ severity: "high", says: /data-processing agreement of Acme ended on 2026-11-20/ }],
  },
  {
    tells: "notice at 30 days, as information",
    steps: [{ flow: flow({ ...DE, party: party("Acme", { agreementEnds: "2026-12-15" }) }) }],
    alerts: [{ severity: "info", says: /ends on 2026-12-15, in 25 days/ }],
  },
  {
    tells: "a certificate that ended",
    steps: [
      {
        flow: flow({
          ...DE,
          party: party("Acme", {
            agreementEnds: "2028-01-01",
            documents: [{ kind: "iso27001", ends: "2026-01-31", reference: undefined }],
          }),
        }),
      },
    ],
    alerts: [{ severity: "high", says: /ISO 27001 certificate of Acme ended/ }],
  },
  {
    tells: "a new notice at each step",
    steps: [0, 30, 53, 61].map((days, n) => ({
      flow: flow({ ...DE, id: n, start: days * 86_400, party: party("Acme", { agreementEnds: "2027-01-19" }) }),
    })),
    alerts: [{ severity: "high" }, { severity: "info" }, { severity: "info" }, { severity: "info" }],
  },
];
