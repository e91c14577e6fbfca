import { site } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const change = (approvedBy: string | undefined) => ({
  about: "policy" as const,
  before: site(),
  after: site(),
  loosenings: [{ kind: "country" as const, name: "eu-eea", text: "list eu-eea approves CH" }],
  revision: "r2",
  ...(approvedBy === undefined ? {} : { approvedBy }),
});

export const scenarios: Scenario[] = [
  {
    tells: "a country more, by one person",
    steps: [{ report: change(undefined), atSeconds: 1 }],
    alerts: [{ severity: "high", says: /list eu-eea approves CH/ }],
  },
  {
    tells: "as information when a second person approved",
    steps: [{ report: change("M. Weber"), atSeconds: 1 }],
    alerts: [{ severity: "info", says: /approved by M\. Weber/ }],
  },
];
