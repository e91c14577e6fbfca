import { judgedFlow as flow, place, T0 } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const NOW = T0 / 1e6;
const status = (build: string) => ({
  about: "geo" as const,
  status: { sources: [{ name: "whois", kind: "country-database" as const, build, sha256: "", maxAgeDays: 400 }], faults: [] },
});
const APART = place(["US"], {
  claims: [
    { kind: "country-database", source: "one", countries: ["US"] },
    { kind: "country-database", source: "two", countries: ["LU"] },
  ],
});

export const scenarios: Scenario[] = [
  { tells: "35 days", steps: [{ report: status("2026-10-17"), atSeconds: NOW }], alerts: [] },
  {
    tells: "they disagree on a twentieth",
    steps: [{ flow: flow({ out: 95e6 }) }, { flow: flow({ id: 2, place: APART, out: 5e6 }) }],
    alerts: [],
  },
  { tells: "too little to say", steps: [{ flow: flow({ place: APART, out: 5e6 }) }], alerts: [] },
];
