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
  {
    tells: "a database of 36 days ago",
    steps: [{ report: status("2026-10-16"), atSeconds: NOW }],
    alerts: [{ severity: "medium", hasCleared: false, says: /36 days old; the limit is 35/ }],
  },
  {
    tells: "it is updated: the alert clears itself",
    steps: [
      { report: status("2026-10-16"), atSeconds: NOW },
      { report: status("2026-11-20"), atSeconds: NOW + 3600 },
    ],
    alerts: [{ severity: "medium", hasCleared: true }],
  },
  {
    tells: "one failed to load",
    steps: [{ report: { about: "geo", status: { sources: [], faults: [{ name: "aws", reason: "no JSON" }] } }, atSeconds: NOW }],
    alerts: [{ severity: "medium", says: /could not be loaded or updated: no JSON/ }],
  },
  {
    tells: "databases disagree on a tenth of the bytes",
    steps: [{ flow: flow({ out: 90e6 }) }, { flow: flow({ id: 2, place: APART, out: 10e6 }) }],
    alerts: [{ severity: "medium", says: /disagree on 10 %/ }],
  },
];
