import { judgedFlow as flow, OFFICE, place } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const DE = place(["DE"], { asn: 64_501 });
const approved = { place: DE, verdict: "inside-list" } as const;

export const scenarios: Scenario[] = [
  {
    tells: "100 kB from imaging to a domain nobody registered",
    steps: [{ flow: flow({ ...approved, name: "up.files.example.co.uk", out: 100_000 }) }],
    alerts: [{ severity: "high", says: /an entry for example\.co\.uk in the register/ }],
  },
  {
    tells: "low from an administration zone",
    steps: [{ flow: flow({ ...approved, zone: OFFICE, out: 100_000 }) }],
    alerts: [{ severity: "low", says: /AS64501/ }],
  },
  {
    tells: "two hosts of one domain together, with the bytes of both",
    steps: [
      { flow: flow({ ...approved, name: "a.example.org", out: 60_000 }) },
      { flow: flow({ ...approved, id: 2, start: 5, name: "b.example.org", out: 60_000 }) },
    ],
    alerts: [{ severity: "high", bytesOut: 120_000, flows: 2 }],
  },
  {
    tells: "the first episode grows, the next one is known",
    steps: [
      { flow: flow({ ...approved, name: "example.org", out: 200_000 }) },
      { flow: flow({ ...approved, id: 2, start: 1800, name: "example.org", out: 50_000 }) },
      { flow: flow({ ...approved, id: 3, start: 9000, name: "example.org", out: 900_000 }) },
    ],
    alerts: [{ severity: "high", bytesOut: 250_000, flows: 2 }],
  },
];
